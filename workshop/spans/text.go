package spans

import (
	"fmt"
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

// quote gives text escaped and in double quotes.
func quote(text string) string {
	return `"` + Escape(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)) + `"`
}

// columns gives how many columns of a terminal text takes.
func columns(text string) int { return uniseg.StringWidth(text) }

// fits reports whether text takes at most width columns. Unlike columns, it
// reads no further than it must.
func fits(text string, width int) bool { return fitting(text, width) == len(text) }

// clip shortens text that takes more than width columns, to end in "…".
func clip(text string, width int) string {
	if fits(text, width) {
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

// pad fills text with spaces on the right, up to width columns.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-columns(text)))
}

// padLeft fills text with spaces on the left, up to width columns.
func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(0, width-columns(text))) + text
}

// wrap breaks text into at most limit lines: at a space, unless that would leave
// a line half empty. Lines but the first are indented; the last one is clipped.
func wrap(text string, width, limit int) []string {
	const indent = "  "
	var lines []string
	margin := ""
	for len(lines) < limit-1 && !fits(text, width-len(margin)) {
		cut := breakAt(text, width-len(margin))
		lines = append(lines, margin+strings.TrimRight(text[:cut], " "))
		text = strings.TrimLeft(text[cut:], " ")
		margin = indent
	}
	return append(lines, margin+clip(text, width-len(margin)))
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

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}

// grouped writes n with a comma between thousands.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// shorten gives enough of an id to recognize it.
func shorten(id string) string { return clip(Escape(id), 9) }
