package watch

import (
	"context"
	"fmt"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/hint"
	"example.com/tracing-workshop/workshop/internal/terminal"
)

// key is one that somebody can press.
type key struct {
	letter rune
	name   string
	word   string
	press  func(w *Watcher, ctx context.Context) error
	shown  func(w *Watcher) bool // nil is always
}

// keys are all, in the order in which they are offered. Quitting is for [Run].
func keys() []key {
	return []key{
		{'h', "h", "hint", (*Watcher).hint, nil},
		{'l', "l", "list", (*Watcher).list, nil},
		{'n', "n", "next", (*Watcher).goOn, func(w *Watcher) bool {
			return w.report != nil && (w.report.Solved() || w.report.Unchecked()) && w.more()
		}},
		{'d', "d", "diff", (*Watcher).diff, nil},
		{'r', "r", "reset", (*Watcher).reset, nil},
		{'p', "p", "page", (*Watcher).page, func(w *Watcher) bool { return w.Page != nil }},
		{'c', "c", "check", (*Watcher).again, nil},
		{'v', "v", "view all", (*Watcher).viewAll, func(w *Watcher) bool { return w.left > 0 }},
		{terminal.Enter, "Enter", "verdict", (*Watcher).verdict, func(w *Watcher) bool { return w.other != "" }},
		{'q', "q", "quit", nil, nil},
	}
}

// offered are the keys that do something now.
func (w *Watcher) offered() []key {
	var all []key
	for _, k := range keys() {
		if k.shown == nil || k.shown(w) {
			all = append(all, k)
		}
	}
	return all
}

// press does what a key is for. An error ends the watching.
func (w *Watcher) press(ctx context.Context, typed rune) error {
	if asked := w.question; asked != nil {
		w.question = nil
		return asked.answer(typed)
	}
	if typed == terminal.Escape || typed == '\n' {
		typed = terminal.Enter
	}
	for _, k := range w.offered() {
		if k.letter == typed && k.press != nil {
			w.notice = ""
			return k.press(w, ctx)
		}
	}
	return nil
}

// show shows something in the place of the verdict. What cannot be told is said
// in its place.
func (w *Watcher) show(tell func(c *console.Console) error) error {
	text, err := w.printed(tell)
	if err != nil {
		text += w.Red(err.Error()) + "\n"
	}
	w.other, w.passing, w.all = text, false, false
	w.draw()
	return nil
}

// say shows one line in the place of the verdict.
func (w *Watcher) say(format string, args ...any) error {
	w.other, w.passing, w.all = fmt.Sprintf(format, args...)+"\n", false, false
	w.draw()
	return nil
}

func (w *Watcher) ask(text string, answer func(key rune) error) error {
	w.question = &question{text, answer}
	w.draw()
	return nil
}

// hint tells the next level of the hint about this verdict, and after the last
// one the first again.
func (w *Watcher) hint(context.Context) error {
	if w.report == nil {
		err := w.say("There is a hint as soon as there is a verdict.")
		w.passing = true
		return err
	}
	if w.report.Solved() {
		return w.say("%s is solved: there is nothing to hint at.", w.watched())
	}
	h, err := w.Hint(*w.report)
	if err != nil {
		return w.say("%v", err)
	}
	if h == nil {
		return w.say("No section of the lesson is about this: the verdict says what is in the way.")
	}
	w.level = w.level%hint.Levels + 1
	return w.show(func(c *console.Console) error {
		w.TellHint(c, w.step, h, w.level)
		if w.level < hint.Levels {
			c.Printf("\nPress h again to be told more.\n")
		}
		return nil
	})
}

func (w *Watcher) list(ctx context.Context) error {
	return w.show(func(c *console.Console) error { return w.List(ctx, c, w.step, false) })
}

// more tells whether something comes after what is watched.
func (w *Watcher) more() bool {
	if w.Only != nil {
		return w.NextSection() != nil
	}
	return w.After(w.step) != ""
}

func (w *Watcher) goOn(ctx context.Context) error {
	if w.Only == nil {
		return w.enter(ctx, w.After(w.step))
	}
	w.stopCheck() // which reads the section
	w.Only = w.NextSection()
	return w.enter(ctx, w.step)
}

func (w *Watcher) again(ctx context.Context) error {
	w.check(ctx, time.Time{})
	return nil
}

// diff shows how the solution differs, and asks first if the step is not solved.
func (w *Watcher) diff(context.Context) error {
	var files []string // all
	if w.Only != nil {
		if files = w.Only.Files; len(files) == 0 {
			return w.say("There is nothing to write in this section, so there is no solution of it.")
		}
	}
	show := func() error {
		return w.show(func(c *console.Console) error { return w.TellDiff(c, w.step, files...) })
	}
	if w.report != nil && w.report.Solved() {
		return show()
	}
	return w.ask(w.watched()+" is not solved yet. Show a solution all the same? y/n", func(key rune) error {
		if key == 'y' || key == 'Y' {
			return show()
		}
		w.draw()
		return nil
	})
}

// reset asks which file to bring back.
func (w *Watcher) reset(context.Context) error {
	changed, err := w.Changed(w.step)
	if err != nil {
		return w.say("%v", err)
	}
	if len(changed) == 0 {
		return w.say("%s is as it was shipped: there is nothing to bring back.", w.step)
	}
	before := w.other
	w.other = "These files are not as they were shipped:\n\n" + guide.Choices(changed)
	return w.ask("Which one shall come back? Yours is kept. A number, a for all, Enter for none", func(key rune) error {
		w.other = before
		return w.bringBack(guide.Choice(changed, string(key)))
	})
}

// bringBack brings files back, and tells above the verdict where the learner's
// are. That they are saved has them checked.
func (w *Watcher) bringBack(names []string) error {
	if len(names) > 0 {
		text, err := w.printed(func(c *console.Console) error { return w.Reset(c, w.step, names, w.now()) })
		if err != nil {
			text += w.Red(err.Error()) + "\n"
		}
		w.notice, w.other = text+"\n", ""
	}
	w.draw()
	return nil
}

func (w *Watcher) page(ctx context.Context) error {
	address, err := w.Page(ctx)
	if err != nil {
		return w.say("The page cannot be opened: %v", err)
	}
	return w.say("The page is at %s", address)
}

// viewAll shows what does not fit, for the terminal to scroll.
func (w *Watcher) viewAll(context.Context) error {
	w.all = true
	w.draw()
	return nil
}

func (w *Watcher) verdict(context.Context) error {
	w.other, w.all = "", false
	w.draw()
	return nil
}
