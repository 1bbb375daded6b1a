// Package console is what a command writes to: a terminal, a pipe or a file. It
// shows how far something is without leaving traces of that on a terminal.
package console

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
)

// Console writes to one output.
type Console struct {
	io.Writer
	// Drawing gives the width and the colours for drawing at this moment.
	Drawing func() spans.Options
	// Live tells that a line which was written can be wiped again.
	Live bool
	// slow is when somebody who waits gets to know why; beat is how often the
	// time on a live line changes.
	slow, beat time.Duration
}

// New gives a console that writes to w, and finds out what w is.
func New(w io.Writer) *Console {
	c := &Console{Writer: w, Drawing: plain, slow: 3 * time.Second, beat: time.Second}
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		proc.UnderstandEscapes(file)
		c.Drawing = func() spans.Options { return spans.TerminalOptions(file) }
		c.Live = os.Getenv("TERM") != "dumb"
	}
	return c
}

func plain() spans.Options { return spans.Options{Width: 80} }

// Printf writes text. Whether somebody reads it is not this program's concern.
func (c *Console) Printf(format string, args ...any) { fmt.Fprintf(c, format, args...) }

func (c *Console) Bold(s string) string   { return c.paint(text.Bold, s) }
func (c *Console) Faint(s string) string  { return c.paint(text.Faint, s) }
func (c *Console) Green(s string) string  { return c.paint(text.Green, s) }
func (c *Console) Yellow(s string) string { return c.paint(text.Yellow, s) }
func (c *Console) Red(s string) string    { return c.paint(text.Red, s) }

func (c *Console) paint(style text.Style, s string) string {
	return text.Painter(c.Drawing().Color).Paint(style, s)
}
