package guide

import (
	"os"
	"slices"
	"time"

	"example.com/tracing-workshop/workshop/internal/progress"
)

// Start gives the step to go on at: the one that was worked on last. That is
// what was used last here, or edited since then; where nothing is remembered,
// the last one that is not as it was shipped. If the check of its files has
// passed already, it is the next one that is not known to be solved.
func (g *Guide) Start() string {
	at := g.At()
	if !g.solved(at) {
		return at
	}
	if next := g.After(at); next != "" {
		return next
	}
	return at
}

// At gives the step that was worked on last, whether it is solved or not.
func (g *Guide) At() string {
	last, used := g.Progress.Last()
	if !slices.Contains(g.every(), last) {
		last = ""
	}
	remembered, newest := last != "", used
	for _, step := range g.every() {
		edited, changed := g.edited(step)
		switch {
		case changed && !remembered:
			last = step
		case changed && edited.After(used) && !edited.Before(newest):
			last, newest = step, edited
		}
	}
	if last == "" {
		return g.every()[0]
	}
	return last
}

// edited tells whether a step is not as it was shipped, and since when.
func (g *Guide) edited(step string) (since time.Time, changed bool) {
	names, err := g.Shipped.Changed(step, g.Path(step))
	if err != nil {
		return since, false
	}
	for _, name := range names {
		if info, err := os.Stat(g.Path(step, name)); err == nil && info.ModTime().After(since) {
			since = info.ModTime()
		}
	}
	return since, len(names) > 0
}

// every gives all steps, also where one was asked for.
func (g *Guide) every() []string {
	if all, err := g.Repository.Steps(); err == nil && !g.All {
		return all
	}
	return g.Steps
}

// Use remembers that the learner works on a step.
func (g *Guide) Use(step string) { g.Progress.Use(step, time.Now()) }

// After gives the first step after one that is not known to be solved, and ""
// if there is none.
func (g *Guide) After(step string) string {
	all := g.every()
	for _, next := range all[slices.Index(all, step)+1:] {
		if !g.solved(next) {
			return next
		}
	}
	return ""
}

// solved tells whether the last check of a step has passed, and was of the files
// that are there.
func (g *Guide) solved(step string) bool {
	o, known := g.outcome(step)
	return known && o.Solved
}

// outcome gives what the last check of the files that are there said.
func (g *Guide) outcome(step string) (progress.Outcome, bool) {
	return g.Progress.Outcome(step, progress.Fingerprint(g.Path(step)))
}
