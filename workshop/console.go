package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
)

// console is what a command writes to: a terminal, a pipe or a file.
type console struct {
	w io.Writer
	// drawing gives the width and the colours for drawing at this moment.
	drawing func() spans.Options
	live    bool // a line that was written can be wiped again
	// slow is when somebody who waits gets to know why; beat is how often the
	// time on a live line changes.
	slow, beat time.Duration
}

func newConsole(w io.Writer) *console {
	c := &console{w: w, drawing: plainDrawing, slow: 3 * time.Second, beat: time.Second}
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		proc.UnderstandEscapes(file)
		c.drawing = func() spans.Options { return spans.TerminalOptions(file) }
		c.live = os.Getenv("TERM") != "dumb"
	}
	return c
}

func plainDrawing() spans.Options { return spans.Options{Width: 80} }

// printf writes text. Whether somebody reads it is not this program's concern.
func (c *console) printf(format string, args ...any) { fmt.Fprintf(c.w, format, args...) }

func (c *console) bold(s string) string   { return c.paint(text.Bold, s) }
func (c *console) faint(s string) string  { return c.paint(text.Faint, s) }
func (c *console) green(s string) string  { return c.paint(text.Green, s) }
func (c *console) yellow(s string) string { return c.paint(text.Yellow, s) }
func (c *console) red(s string) string    { return c.paint(text.Red, s) }

func (c *console) paint(style text.Style, s string) string {
	return text.Painter(c.drawing().Color).Paint(style, s)
}

// waiting shows what is waited for until done is called. On a terminal that is
// one line, which is gone afterwards. Elsewhere nothing is said unless it takes
// long.
func (c *console) waiting(what, whySlow string) (done func()) {
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		if c.live {
			c.showWaiting(stop, what, whySlow)
		} else {
			c.tellWaiting(stop, what, whySlow)
		}
	})
	return func() {
		close(stop)
		group.Wait()
	}
}

func (c *console) tellWaiting(stop <-chan struct{}, what, whySlow string) {
	select {
	case <-stop:
	case <-time.After(c.slow):
		c.printf("%s … (%s)\n", what, whySlow)
	}
}

func (c *console) showWaiting(stop <-chan struct{}, what, whySlow string) {
	c.showLine(stop, func(took time.Duration) string {
		if took < c.slow {
			return what + " …"
		}
		return fmt.Sprintf("%s … %.0f s (%s)", what, took.Seconds(), whySlow)
	})
}

// showLine shows a line that changes with the time, until stop is closed.
func (c *console) showLine(stop <-chan struct{}, text func(took time.Duration) string) {
	ticker := time.NewTicker(c.beat)
	defer ticker.Stop()
	began := time.Now()
	shown := 0
	for {
		// A line that is too long could not be wiped.
		letters := []rune(text(time.Since(began)))
		letters = letters[:min(len(letters), c.drawing().Width-1)]
		c.printf("\r%s%s", c.faint(string(letters)), strings.Repeat(" ", max(0, shown-len(letters))))
		shown = max(shown, len(letters))
		select {
		case <-ticker.C:
		case <-stop:
			wipe := min(shown+len("^C"), c.drawing().Width-1)
			c.printf("\r%s\r", strings.Repeat(" ", wipe))
			return
		}
	}
}
