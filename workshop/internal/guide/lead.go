package guide

import (
	"context"
	"fmt"
	"sync"

	"example.com/tracing-workshop/workshop/internal/console"
)

// Lead checks the steps in order, up to the first that is not solved, and tells
// how it goes. It gives that step, and "" if all are solved.
func (g *Guide) Lead(ctx context.Context, c *console.Console) (at string, err error) {
	p := printer{c}
	var last Report
	for i, step := range g.Steps {
		if last, err = g.lead(ctx, p, step, i == 0); err != nil {
			return "", err
		}
		if !last.Solved() {
			return step, nil
		}
		p.Printf("%s %s\n", p.Green("✓"), step)
	}
	g.congratulate(p, last.Verdict)
	return "", nil
}

// lead checks one step. What is wrong is told as soon as it is known.
func (g *Guide) lead(ctx context.Context, p printer, step string, first bool) (Report, error) {
	done := sync.OnceFunc(p.Waiting("checking "+step, "the first time, Go compiles for a minute or two"))
	defer done()
	color := "TRACECHECK_COLOR="
	if p.Drawing().Color {
		color += "1"
	}
	r, err := g.Check(ctx, step, []string{color}, func(r Report) {
		done()
		if first && g.All && r.Section == "1" {
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

func (p printer) welcome() {
	p.Printf(`Welcome. In each step you read a lesson, edit a Go program, and let its check
tell you what your traces say. A check that is not met yet looks like this one:

`)
}

// congratulate says that all is solved, and what there is beyond.
func (g *Guide) congratulate(p printer, verdict string) {
	step := g.Steps[len(g.Steps)-1]
	if !g.All {
		p.Printf("\nThis is what your program leaves behind:\n\n")
		p.indented(verdict)
		return
	}
	solved := "The step is solved."
	if n := len(g.Steps); n > 1 {
		solved = fmt.Sprintf("All %d steps are solved.", n)
	}
	p.Printf("\n%s Your traces say all that the lessons asked for. Well done!\n", p.Bold(solved))
	p.Printf("This is what the last program leaves behind:\n\n")
	p.indented(verdict)
	p.Printf(`
From here:
  - the extra credit at the end of each lesson
  - another way to write it:  git diff --no-index %s %s
  - your own programs:        %s traces
`, g.Show(step), g.Show("solutions", step), g.Command())
}
