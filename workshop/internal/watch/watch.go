// Package watch checks a step whenever a file of it is saved, and helps on the
// press of a key.
package watch

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/saves"
	"example.com/tracing-workshop/workshop/internal/terminal"
)

// Watcher watches one step at a time.
type Watcher struct {
	*guide.Guide
	*console.Console
	// Page opens the page of the workshop in a browser, and gives its address.
	// Without it there is no key for it.
	Page func(ctx context.Context) (address string, err error)
	// Notice is shown above the first verdict.
	Notice string

	keys    <-chan rune      // nil where there is no keyboard
	screen  *terminal.Screen // nil where verdicts follow one another
	resized <-chan os.Signal // nil where that cannot be told
	restore func()           // makes the terminal what it was
	watch   func(ctx context.Context, folder string) (<-chan time.Time, error)
	now     func() time.Time

	step    string
	saved   <-chan time.Time
	leave   context.CancelFunc // ends the watching of the step
	running *run               // the check that is at work, or nil
	found   chan finding
	view
}

// New gives one that shows a page on the console, if that is a terminal with a
// keyboard, and writes one verdict after the other if not.
func New(g *guide.Guide, c *console.Console) *Watcher {
	g.Watching = true
	w := &Watcher{Guide: g, Console: c, restore: func() {}, watch: saves.Watch, now: time.Now, leave: func() {}, found: make(chan finding)}
	out, isFile := c.Writer.(*os.File)
	if !isFile || !c.Live || !term.IsTerminal(int(os.Stdin.Fd())) {
		return w
	}
	keys, restore, err := terminal.Keys(os.Stdin)
	if err != nil {
		return w
	}
	resized, stop := proc.Resized()
	w.keys, w.resized, g.Keys = keys, resized, true
	w.restore = func() { stop(); restore() }
	w.screen = &terminal.Screen{Out: out, Size: func() (columns, rows int) {
		columns, rows, err := term.GetSize(int(out.Fd()))
		if err != nil || columns < 1 || rows < 1 {
			return 80, 24
		}
		return columns, rows
	}}
	return w
}

// Run watches a step until ctx ends, or somebody has enough. It leaves nothing
// behind: no check, and the terminal as it was.
func (w *Watcher) Run(ctx context.Context, step string) error {
	defer w.restore()
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP) // the terminal is closed
	defer stop()
	defer w.end()
	if err := w.enter(ctx, step); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case began := <-w.saved:
			w.check(ctx, began)
		case f := <-w.found:
			w.take(f)
		case <-w.resized:
			w.draw()
		case key, there := <-w.keys:
			if !there || key == 'q' || key == terminal.ControlC || key == terminal.ControlD {
				return nil
			}
			if err := w.press(ctx, key); err != nil {
				return err
			}
		}
	}
}

// enter begins to watch a step, and checks it.
func (w *Watcher) enter(ctx context.Context, step string) error {
	w.stopCheck()
	w.leave()
	watching, leave := context.WithCancel(ctx)
	saved, err := w.watch(watching, w.Path(step))
	if err != nil {
		leave()
		return fmt.Errorf("%w; %s check %s after each edit does the same", err, w.Command(), step)
	}
	w.step, w.saved, w.leave = step, saved, leave
	if w.Only == nil {
		w.Use(step)
	}
	w.view = view{notice: w.Notice}
	w.Notice = ""
	w.greet()
	w.check(ctx, time.Time{})
	return nil
}

// watched is what is watched, as people call it.
func (w *Watcher) watched() string {
	if w.Only != nil {
		return w.Only.InFull()
	}
	return w.step
}

func (w *Watcher) end() {
	w.stopCheck()
	w.leave()
	if w.screen != nil {
		w.screen.End()
	}
}
