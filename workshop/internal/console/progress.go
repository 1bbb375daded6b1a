package console

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/text"
)

// Progress shows how far something is until End is called. On a terminal that
// is one line that changes, and is gone afterwards. Elsewhere it is the lines
// that stay.
type Progress struct {
	console *Console
	hide    func()

	mu    sync.Mutex
	now   string
	notes string
}

// Progress begins to show how far something is.
func (c *Console) Progress(now string) *Progress {
	p := &Progress{console: c, now: now, hide: func() {}}
	if c.Live {
		p.hide = c.showLine(p.line)
	}
	return p
}

// Set says how far it is, and what more there is to know, which follows the time
// that it has taken. Where lines stay, it says nothing.
func (p *Progress) Set(now string, notes ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now, p.notes = now, ""
	for _, note := range notes {
		p.notes += " · " + note
	}
}

// Say says how far it is, also where lines stay.
func (p *Progress) Say(now string) {
	p.Set(now)
	if !p.console.Live {
		p.console.Printf("%s\n", now)
	}
}

// Count says how far it is. Where lines stay, it says each hundredth only.
func (p *Progress) Count(done int, format string, args ...any) {
	if now := fmt.Sprintf(format, args...); done%100 == 0 {
		p.Say(now)
	} else {
		p.Set(now)
	}
}

// End wipes the line.
func (p *Progress) End() { p.hide() }

func (p *Progress) line(took time.Duration) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now + " · " + text.Minutes(took) + p.notes
}

// Waiting shows what is waited for until done is called. On a terminal that is
// one line, which is gone afterwards. Elsewhere nothing is said unless it takes
// long.
func (c *Console) Waiting(what, whySlow string) (done func()) {
	if !c.Live {
		return c.whenSlow(func() { c.Printf("%s … (%s)\n", what, whySlow) })
	}
	return c.showLine(func(took time.Duration) string {
		if took < c.slow {
			return what + " …"
		}
		return fmt.Sprintf("%s … %.0f s (%s)", what, took.Seconds(), whySlow)
	})
}

// whenSlow calls tell unless what is waited for is done before.
func (c *Console) whenSlow(tell func()) (done func()) {
	return beside(func(stop <-chan struct{}) {
		select {
		case <-stop:
		case <-time.After(c.slow):
			tell()
		}
	})
}

// showLine shows a line that changes with the time.
func (c *Console) showLine(line func(took time.Duration) string) (hide func()) {
	return beside(func(stop <-chan struct{}) {
		ticker := time.NewTicker(c.beat)
		defer ticker.Stop()
		began := time.Now()
		shown := 0
		for {
			// A line that is too long could not be wiped.
			letters := []rune(line(time.Since(began)))
			letters = letters[:min(len(letters), c.Drawing().Width-1)]
			c.Printf("\r%s%s", c.Faint(string(letters)), strings.Repeat(" ", max(0, shown-len(letters))))
			shown = max(shown, len(letters))
			select {
			case <-ticker.C:
			case <-stop:
				wipe := min(shown+len("^C"), c.Drawing().Width-1)
				c.Printf("\r%s\r", strings.Repeat(" ", wipe))
				return
			}
		}
	})
}

// beside runs do beside the caller. The function that it gives closes stop, and
// waits for the end of do.
func beside(do func(stop <-chan struct{})) (end func()) {
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() { do(stop) })
	return func() {
		close(stop)
		group.Wait()
	}
}
