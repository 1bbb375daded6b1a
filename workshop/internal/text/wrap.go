package text

import "strings"

// Wrap breaks text into at most limit lines: at a space, unless that would leave
// a line half empty. Lines but the first are indented; the last one is clipped.
func Wrap(text string, width, limit int) []string {
	const indent = "  "
	var lines []string
	margin := ""
	for len(lines) < limit-1 && !Fits(text, width-len(margin)) {
		cut := breakAt(text, width-len(margin))
		lines = append(lines, margin+strings.TrimRight(text[:cut], " "))
		text = strings.TrimLeft(text[cut:], " ")
		margin = indent
	}
	return append(lines, margin+Clip(text, width-len(margin)))
}

func breakAt(text string, width int) int {
	cut := fitting(text, width)
	if strings.HasPrefix(text[cut:], " ") {
		return cut
	}
	if space := strings.LastIndexByte(text[:cut], ' '); space > cut/2 {
		return space
	}
	return cut
}

// Paragraph gives the lines of a text after a label, none of them longer than
// width unless a word is, with the lines after the first indented by the width
// of the label. It breaks between words only, and not at U+00A0, which becomes
// a space. Label and text may be coloured.
func Paragraph(label, text string, width int) []string {
	indent := strings.Repeat(" ", Width(label))
	var lines []string
	line, taken, empty := label, len(indent), true
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' }) {
		if !empty && taken+1+Width(word) > width {
			lines = append(lines, Line(line))
			line, taken, empty = indent, len(indent), true
		}
		if !empty {
			line, taken = line+" ", taken+1
		}
		line, taken, empty = line+word, taken+Width(word), false
	}
	return append(lines, Line(line))
}

// Line gives a line without the spaces at its end, and with a space for each
// U+00A0.
func Line(text string) string {
	return strings.TrimRight(strings.ReplaceAll(text, "\u00a0", " "), " ")
}
