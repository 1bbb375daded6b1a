package guide

import (
	"fmt"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
)

// printer tells a learner what reports say.
type printer struct{ *console.Console }

// failure tells what is wrong, and what to do about it.
func (p printer) failure(r Report) {
	p.Printf("%s %s\n\n", p.Bold("→"), p.Bold(r.Step))
	switch {
	case r.Verdict != "":
		p.indented(r.Verdict)
	case len(r.Build) > 0:
		p.Printf("  %s\n\n", "Go cannot compile this program yet, so it cannot be checked:")
		p.problems(r.Build)
		if more := len(r.Build) - mostProblems; more > 0 {
			p.Printf("  %s\n", p.Faint(fmt.Sprintf("and more; the first ones are often the cause of the others (%d left out)", more)))
		}
	default:
		p.Printf("  The check of this program ended before it began. This is what go test said:\n\n")
		p.indented(strings.Join(r.Crash, "\n"))
	}
	p.next(r)
}

// vetting tells what vet found: all that is in the way, or something more.
func (p printer) vetting(r Report) {
	if !r.Passed {
		p.Printf("\n  %s\n\n", "And go vet, which go test runs as well, found this in the code:")
		p.problems(r.Vet)
		return
	}
	p.Printf("%s %s\n\n", p.Bold("→"), p.Bold(r.Step))
	p.Printf("  %s\n\n", "The traces are right. go vet, which go test runs as well, found this in the code:")
	p.problems(r.Vet)
	p.next(r)
}

// mostProblems is how many problems are shown. The first ones matter: others
// often follow from them.
const mostProblems = 5

func (p printer) problems(all []Problem) {
	for _, problem := range all[:min(len(all), mostProblems)] {
		p.Printf("  %s: %s\n", p.Bold(problem.Place), p.Red(problem.Message))
		if problem.Hint != "" {
			p.Printf("      %s\n", problem.Hint)
		}
	}
}

// next says what to do, in this order.
func (p printer) next(r Report) {
	moves := []Move{r.Edit, r.Run}
	verbs := []string{"Edit", "Run"}
	if r.Read != nil {
		moves, verbs = append([]Move{*r.Read}, moves...), append([]string{"Read"}, verbs...)
	}
	width := 0
	for _, m := range moves {
		width = max(width, len(m.What))
	}
	p.Printf("\n%s\n", p.Bold("Next"))
	for i, m := range moves {
		gap := strings.Repeat(" ", width-len(m.What))
		line := fmt.Sprintf("  %-4s  %s%s  %s", verbs[i], p.Bold(m.What), gap, m.Note)
		p.Printf("%s\n", strings.TrimRight(line, " "))
	}
}

// indented prints text, each line moved to the right.
func (p printer) indented(text string) {
	for _, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		p.Printf("%s\n", strings.TrimRight("  "+line, " "))
	}
}
