package terminal

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
)

// Screen shows one page at a time on a terminal in raw mode.
type Screen struct {
	Out  io.Writer
	Size func() (columns, rows int)
}

// Page is what a screen shows.
type Page struct {
	Head   string // of it, Middle and Tail, what there is room for is shown
	Middle string // lines of it are left out first, the last ones
	Tail   string // is left out next, and Head last
	Next   string // is always shown, below the others
	// Bar gives the lines at the bottom, where so many lines are left out.
	Bar func(left int) [barRows]string
	All bool // show all, though that may be more than fits
}

// barRows is how many lines a bar has.
const barRows = 2

// Show clears the screen and shows a page.
func (s *Screen) Show(p Page) {
	columns, rows := s.Size()
	body, left := fit(p, columns, rows-barRows)
	body = append(body, bar(p.Bar(left), columns))
	s.print("\x1b[2J\x1b[H" + strings.Join(body, "\n")) // at once: nobody sees a part
}

// Bar changes the lines at the bottom.
func (s *Screen) Bar(lines [barRows]string) {
	columns, _ := s.Size()
	s.print("\x1b[1A\r" + bar(lines, columns))
}

// End leaves the cursor below what is shown.
func (s *Screen) End() { s.print("\n") }

// print writes text to a terminal that goes down at a line's end, and not back
// to its beginning.
func (s *Screen) print(text string) {
	fmt.Fprint(s.Out, strings.ReplaceAll(text, "\n", "\r\n"))
}

// bar clips the lines at the bottom: a longer one would move the others.
func bar(lines [barRows]string, columns int) string {
	for i, line := range lines {
		if !text.Fits(text.Unpainted(line), columns-1) {
			line = text.Clip(text.Unpainted(line), columns-1)
		}
		lines[i] = "\x1b[2K" + line
	}
	return strings.Join(lines[:], "\n")
}

// fit gives the lines of a page that have room on a screen, and how many are
// left out.
func fit(p Page, columns, rows int) (lines []string, left int) {
	head, middle, tail, next := split(p.Head), split(p.Middle), split(p.Tail), split(p.Next)
	over := height(slices.Concat(head, middle, tail, next), columns) - rows
	if p.All || over <= 0 {
		return slices.Concat(head, middle, tail, next), 0
	}
	over++ // the note takes a row
	for _, part := range []*[]string{&middle, &tail, &head} {
		for over > 0 && len(*part) > 0 {
			last := len(*part) - 1
			over -= height((*part)[last:], columns)
			*part, left = (*part)[:last], left+1
		}
	}
	note := fmt.Sprintf("  … %s left out: v shows all", text.Plural(left, "line"))
	if p.Middle == "" {
		return slices.Concat(head, tail, []string{note}, next), left
	}
	return slices.Concat(head, middle, []string{note}, tail, next), left
}

// height is how many rows lines take.
func height(lines []string, columns int) int {
	rows := 0
	for _, line := range lines {
		rows += max(1, (text.Width(line)+columns-1)/columns)
	}
	return rows
}

func split(text string) []string {
	if text = strings.TrimRight(text, "\n"); text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
