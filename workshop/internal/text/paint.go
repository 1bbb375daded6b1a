package text

import "strings"

// Style is the parameters of an SGR control sequence (ECMA-48, section
// 8.3.117).
type Style string

const (
	Plain   Style = ""
	Bold    Style = "1"
	Faint   Style = "2"
	Red     Style = "31"
	Green   Style = "32"
	Yellow  Style = "33"
	Blue    Style = "34"
	Magenta Style = "35"
	Cyan    Style = "36"
)

// Painter colours text, if it is true, or leaves it alone.
type Painter bool

// Paint colours a text.
func (p Painter) Paint(s Style, text string) string {
	if !p || s == Plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// Words colours every word by itself, so that a line can break in between (see
// [Paragraph]).
func (p Painter) Words(s Style, text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		words[i] = p.Paint(s, word)
	}
	return strings.Join(words, " ")
}
