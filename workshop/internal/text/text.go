// Package text makes text fit for a terminal: escaped, measured in columns,
// clipped, wrapped and coloured.
package text

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Escape makes text from anywhere safe to show in a line of a terminal. What
// would move the cursor, change colours, turn the direction of writing or not be
// seen is written as Go would write it: \n, \x1b, \u202e. A combining mark is
// escaped where it would combine with what stands in front of the text.
func Escape(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case isVisible(r, i == 0):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}

// The two joiners are invisible, but emoji and many scripts are written with them.
const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

func isVisible(r rune, first bool) bool {
	if r == zeroWidthNonJoiner || r == zeroWidthJoiner || unicode.IsMark(r) {
		return !first
	}
	return unicode.IsPrint(r)
}

// Quote gives text escaped and in double quotes.
func Quote(text string) string {
	return `"` + Escape(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)) + `"`
}

// Excerpt gives the beginning of what a program wrote, in one line of at most
// width columns: what does not print becomes a space.
func Excerpt(text string, width int) string {
	return Clip(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text), width)
}

// escapeSequence is what [Painter] writes.
var escapeSequence = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// Unpainted gives text without its colours.
func Unpainted(text string) string {
	if !strings.Contains(text, "\x1b") {
		return text
	}
	return escapeSequence.ReplaceAllString(text, "")
}

// Width gives how many columns of a terminal text takes, which may be coloured.
func Width(text string) int { return uniseg.StringWidth(Unpainted(text)) }

// Fits reports whether text takes at most width columns. Unlike [Width], it
// reads no further than it must.
func Fits(text string, width int) bool { return fitting(text, width) == len(text) }

// Clip shortens text that takes more than width columns, to end in "…".
func Clip(text string, width int) string {
	if Fits(text, width) {
		return text
	}
	if width < 1 {
		return ""
	}
	return text[:fitting(text, width-1)] + "…"
}

// fitting gives how many bytes of text fit into width columns, without taking a
// character apart.
func fitting(text string, width int) int {
	fit, state := 0, -1
	for fit < len(text) {
		var cluster string
		var wide int
		cluster, _, wide, state = uniseg.FirstGraphemeClusterInString(text[fit:], state)
		width -= wide
		if width < 0 {
			break
		}
		fit += len(cluster)
	}
	return fit
}

// Pad fills text with spaces on the right, up to width columns.
func Pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-Width(text)))
}

// PadLeft fills text with spaces on the left, up to width columns.
func PadLeft(text string, width int) string {
	return strings.Repeat(" ", max(0, width-Width(text))) + text
}

// Plural gives a number of things, as "1 span" or "1,200 spans".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Grouped(n) + " " + noun + "s"
}

// Grouped writes n with a comma between thousands.
func Grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Capitalize makes the first letter a capital one.
func Capitalize(text string) string { return changeFirst(text, strings.ToUpper) }

// Uncapitalize makes the first letter a small one.
func Uncapitalize(text string) string { return changeFirst(text, strings.ToLower) }

func changeFirst(text string, change func(string) string) string {
	if text == "" {
		return ""
	}
	return change(text[:1]) + text[1:]
}

// Sentence makes a sentence of an error: with a capital letter, and a full stop.
func Sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.TrimRight(Capitalize(text), ".") + "."
}
