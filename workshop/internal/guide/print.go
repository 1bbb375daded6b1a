package guide

import (
	"fmt"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/text"
)

// printer tells a learner what reports say.
type printer struct{ *console.Console }

// Parts puts a report into words, for a console that shows them later: what was
// found, and what to do next.
func (g *Guide) Parts(c *console.Console, r Report) (found, next string) {
	found = told(c, func(p printer) {
		switch {
		case r.Solved() || r.Unchecked():
			p.Printf("%s %s\n\n", p.mark(r), p.Bold(r.title()))
			p.indented(r.Verdict)
			p.skipped(r)
		case r.Passed:
			p.findings(r)
		default:
			p.wrong(r)
			p.alsoVet(r)
		}
	})
	next = told(c, func(p printer) {
		switch {
		case r.Of != nil && r.Passed:
			g.goOnSection(p)
		case !r.Solved():
			p.next(r)
		default:
			g.goOn(p, r.Step)
		}
	})
	return found, next
}

// told gives what tell prints for a console.
func told(c *console.Console, tell func(printer)) string {
	var b strings.Builder
	own := *c
	own.Writer = &b
	tell(printer{&own})
	return b.String()
}

// failure tells what is wrong, and what to do about it.
func (p printer) failure(r Report) {
	p.wrong(r)
	p.next(r)
}

// wrong tells what is wrong.
func (p printer) wrong(r Report) {
	p.Printf("%s %s\n\n", p.Bold("→"), p.Bold(r.title()))
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
}

// vetting tells what vet found: all that is in the way, or something more.
func (p printer) vetting(r Report) {
	if !r.Passed {
		p.alsoVet(r)
		return
	}
	p.findings(r)
	p.next(r)
}

// alsoVet tells what vet found besides what is wrong.
func (p printer) alsoVet(r Report) {
	if len(r.Vet) > 0 {
		p.Printf("\n  %s\n\n", "And go vet, which go test runs as well, found this in the code:")
		p.problems(r.Vet)
	}
}

// findings tells what vet found in a program whose traces are right.
func (p printer) findings(r Report) {
	p.Printf("%s %s\n\n", p.Bold("→"), p.Bold(r.Step))
	p.Printf("  %s\n\n", "The traces are right. go vet, which go test runs as well, found this in the code:")
	p.problems(r.Vet)
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
	moves := []verb{{"Edit", r.Edit}, {"Run", r.Run}}
	if r.Read != nil {
		moves = append([]verb{{"Read", *r.Read}}, moves...)
	}
	p.moves(moves)
}

// verb is a move, and how it is done.
type verb struct {
	word string
	Move
}

// moves lists what to do.
func (p printer) moves(all []verb) {
	width := 0
	for _, m := range all {
		width = max(width, len(m.What))
	}
	p.Printf("\n%s\n", p.Bold("Next"))
	for _, m := range all {
		if m.What == "" {
			continue
		}
		gap := strings.Repeat(" ", width-len(m.What))
		line := fmt.Sprintf("  %-4s  %s%s  %s", m.word, p.Bold(m.What), gap, m.Note)
		p.Printf("%s\n", strings.TrimRight(line, " "))
	}
}

// indented prints text, each line moved to the right.
func (p printer) indented(text string) {
	for _, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		p.Printf("%s\n", strings.TrimRight("  "+line, " "))
	}
}

// Fold cuts what [Guide.Parts] says of a verdict into what is wrong, the traces
// that show it, and what is to be done about it. Where there is little room, the
// traces are the part to be left out. Another text is all head.
func Fold(told string) (wrong, traces, todo string) {
	lines := strings.SplitAfter(told, "\n")
	said, begins, ends := false, -1, -1
	for i, line := range lines {
		line = strings.TrimSpace(text.Unpainted(line))
		switch {
		case strings.HasPrefix(line, "✗ "):
			said = true
		case said && line == "" && begins < 0:
			begins = i
		case begins >= 0 && (strings.HasPrefix(line, "Likely cause:") || strings.HasPrefix(line, "Cause:")):
			ends = i
		}
		if ends >= 0 {
			return strings.Join(lines[:begins+1], ""), strings.Join(lines[begins+1:ends], ""), strings.Join(lines[ends:], "")
		}
	}
	return told, "", ""
}
