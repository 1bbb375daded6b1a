package guide

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"example.com/tracing-workshop/workshop/internal/console"
)

// Lead checks the steps in order, from the one to go on at up to the first that
// is not solved, or the one that was asked for, and tells how it goes. It gives
// the step that is not solved, and "" if there is none.
func (g *Guide) Lead(ctx context.Context, c *console.Console) (at string, err error) {
	p, steps := printer{c}, g.Steps
	if g.All {
		steps = steps[slices.Index(steps, g.Start()):]
	}
	var last Report
	for i, step := range steps {
		if last, err = g.lead(ctx, p, step, i == 0); err != nil {
			return "", err
		}
		g.Use(step)
		if !last.Solved() {
			return step, nil
		}
		p.Printf("%s %s\n", p.Green("✓"), step)
	}
	if !g.All {
		p.Printf("\nThis is what your program leaves behind:\n\n")
		p.indented(last.Verdict)
		g.goOn(p, last.Step)
		return "", nil
	}
	open, err := g.catchUp(ctx, c)
	if err != nil {
		return "", err
	}
	g.congratulate(p, last, open)
	return "", nil
}

// slowAtFirst says why somebody waits.
const slowAtFirst = "the first time, Go compiles for a minute or two"

// lead checks one step. What is wrong is told as soon as it is known.
func (g *Guide) lead(ctx context.Context, p printer, step string, first bool) (Report, error) {
	done := sync.OnceFunc(p.Waiting("checking "+step, slowAtFirst))
	defer done()
	r, err := g.Check(ctx, step, Colored(p.Console), func(r Report) {
		done()
		if first && g.All && r.Section == "1" && step == g.Steps[0] {
			p.welcome()
		}
		p.failure(r)
	})
	done()
	if err == nil && len(r.Vet) > 0 {
		p.vetting(r)
	}
	return r, err
}

// Colored is the environment of a check whose verdict is for a console.
func Colored(c *console.Console) []string {
	if c.Drawing().Color {
		return []string{"TRACECHECK_COLOR=1"}
	}
	return []string{"TRACECHECK_COLOR="}
}

func (p printer) welcome() {
	p.Printf(`Welcome. In each step you read a lesson, edit a Go program, and let its check
tell you what your traces say. A check that is not met yet looks like this one:

`)
}

// goOn says what comes after a step that is solved.
func (g *Guide) goOn(p printer, step string) {
	next := g.After(step)
	if next == "" {
		if open := g.open(); len(open) > 0 {
			g.tellOpen(p, open)
		} else {
			p.Printf("\nAll steps are solved. Well done!\n")
			for _, part := range g.Repository.Parts() {
				p.Printf("A lesson more: %s\n", g.Show(part, "README.md"))
			}
		}
		return
	}
	word := "check"
	if g.Watching {
		word = "watch"
	}
	run := verb{"Run", Move{What: g.Command() + " " + word + " " + next, Note: "to check it"}}
	if g.Keys {
		run = verb{"Type", Move{What: "n", Note: "to go there"}}
	}
	p.moves([]verb{{"Read", Move{What: g.Show(next, "README.md"), Note: "the next step"}}, run})
}

// open gives the steps that are not known to be solved.
func (g *Guide) open() []string {
	return slices.DeleteFunc(slices.Clone(g.every()), g.solved)
}

func (g *Guide) tellOpen(p printer, open []string) {
	p.Printf("\nNot solved yet: %s. Begin with: %s check %s\n", strings.Join(open, ", "), g.Command(), open[0])
}

// catchUp checks the steps of which it is not known how they are, and gives
// those that are not solved. What is as it was shipped is not.
func (g *Guide) catchUp(ctx context.Context, c *console.Console) (open []string, err error) {
	for _, step := range g.open() {
		if _, known := g.outcome(step); !known && g.begun(step) {
			if _, err := g.Look(ctx, c, step); err != nil {
				return nil, err
			}
		}
	}
	return g.open(), nil
}

// congratulate says that the last step is solved, and what there is beyond.
func (g *Guide) congratulate(p printer, last Report, open []string) {
	step := last.Step
	solved := "The step is solved."
	switch n := len(g.Steps); {
	case len(open) > 0:
		solved = step + " is solved."
	case n > 1:
		solved = fmt.Sprintf("All %d steps are solved.", n)
	}
	p.Printf("\n%s Your traces say all that the lessons asked for. Well done!\n", p.Bold(solved))
	p.Printf("This is what the last program leaves behind:\n\n")
	p.indented(last.Verdict)
	p.Printf(`
From here:
  - the extra credit at the end of each lesson
  - another way to write it:  %s diff %s
  - your own programs:        %s traces
`, g.Command(), step, g.Command())
	for _, part := range g.Repository.Parts() {
		p.Printf("  - a lesson more:          %s\n", g.Show(part, "README.md"))
	}
	if len(open) > 0 {
		g.tellOpen(p, open)
	}
}
