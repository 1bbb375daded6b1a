package watch

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/terminal"
)

// view is what the screen shows.
type view struct {
	report     *guide.Report // the last one, nil before the first
	head, next string        // the verdict
	took       string        // how long it took
	notice     string        // above the verdict, until a key is pressed
	other      string        // in the place of the verdict, as a hint
	passing    bool          // that only stands in for the verdict
	level      int           // of the last hint about this verdict
	all        bool          // more may be shown than fits
	left       int           // lines that are left out
	status     string
	question   *question
}

// question waits for a key.
type question struct {
	text   string
	answer func(key rune) error
}

// greet says what is watched.
func (w *Watcher) greet() {
	if w.screen == nil {
		w.Printf("Watching %s: save a file of it, and it is checked. Ctrl-C ends this.\n%s", w.watched(), w.notice)
		return
	}
	w.head = w.Bold("→") + " " + w.Bold(w.watched()) + "\n\n  Save a file of it, and it is checked.\n"
	w.draw()
}

// announce says that a check has begun. The last verdict stays until its end.
func (w *Watcher) announce() {
	w.level, w.all = 0, false
	if w.screen == nil {
		return
	}
	w.status = "checking …"
	if w.report == nil {
		w.status = "checking " + w.watched() + " … (" + w.slow() + ")"
	}
	if w.other == "" && w.question == nil {
		w.showStatus()
		return
	}
	w.other, w.question = "", nil
	w.draw()
}

// slow says why somebody waits.
func (w *Watcher) slow() string {
	if w.Only != nil {
		return "real processes start"
	}
	return "the first time, Go compiles for a minute or two"
}

// tell shows what was found. One verdict after the other has the place for one
// at its end only.
func (w *Watcher) tell(f finding) {
	if w.screen == nil && !f.final {
		return
	}
	w.report = &f.report
	if f.err != nil {
		w.report = nil
		w.head, w.next = w.Red(f.err.Error())+"\n", ""
	} else {
		w.head, w.next = w.Parts(w.Console, f.report)
	}
	if w.took = seconds(f.took); f.saved {
		w.took += " after the save"
	}
	if w.screen == nil {
		w.Printf("\n%s%s\n%s\n", w.head, w.next, w.Faint("("+w.took+")"))
		return
	}
	w.status = w.outcome() + " · " + w.took
	if w.report == nil || !w.report.Solved() {
		w.status += " · save, and it is checked again"
	}
	if w.reading() {
		w.showStatus()
		return
	}
	w.other = ""
	w.draw()
}

// reading tells whether somebody reads something else since the check began,
// or is asked: a verdict waits for the end of that.
func (w *Watcher) reading() bool { return w.other != "" && !w.passing || w.question != nil }

func (w *Watcher) outcome() string {
	switch {
	case w.report == nil:
		return w.Red("✗") + " " + w.watched() + " cannot be checked"
	case w.report.Unchecked():
		return "· " + w.watched() + " cannot be checked on this machine"
	case w.report.Solved():
		return w.Green("✓") + " " + w.watched() + " is solved"
	}
	return w.Red("✗") + " " + w.watched()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// draw shows the page anew.
func (w *Watcher) draw() {
	head, middle, tail := guide.Fold(w.head)
	page := terminal.Page{Head: w.notice + head, Middle: middle, Tail: tail, Next: w.next, All: w.all, Bar: func(left int) [2]string {
		w.left = left
		return w.bar()
	}}
	if w.other != "" {
		page.Head, page.Middle, page.Tail, page.Next = w.other, "", "", ""
	}
	w.screen.Show(page)
}

// showStatus shows the status alone.
func (w *Watcher) showStatus() {
	if w.screen != nil {
		w.screen.Bar(w.bar())
	}
}

func (w *Watcher) bar() [2]string {
	if w.question != nil {
		return [2]string{w.Bold(w.question.text), ""}
	}
	var words []string
	for _, k := range w.offered() {
		words = append(words, w.Bold(k.name)+" "+k.word)
	}
	return [2]string{w.status, strings.Join(words, "  ")}
}

// printed gives what tell prints, for a page.
func (w *Watcher) printed(tell func(c *console.Console) error) (string, error) {
	var b bytes.Buffer
	own := *w.Console
	own.Writer, own.Live = &b, false
	err := tell(&own)
	return b.String(), err
}
