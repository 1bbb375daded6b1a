package main

import (
	"fmt"
	"regexp"
	"strings"

	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/steptest"
)

// explain says what the test of a step found, and what to do about it.
func (g *guide) explain(step string, outcome *steptest.Outcome, first bool) error {
	if len(outcome.Checks) > 0 {
		g.explainVerdict(step, outcome, first)
		return nil
	}
	if problems := buildProblems(outcome.Output); len(problems) > 0 {
		g.explainBuild(step, problems)
		return nil
	}
	if reason := gotool.Problem(outcome.Output); reason != "" {
		if advice := g.Advice(g.Path(step), reason); advice != "" {
			reason += "; " + advice
		}
		return fmt.Errorf("go test cannot check %s: %s", step, reason)
	}
	g.explainCrash(step, outcome)
	return nil
}

func (g *guide) explainVerdict(step string, outcome *steptest.Outcome, first bool) {
	if first && g.all && outcome.Section == "1" {
		g.welcome()
	}
	g.Printf("%s %s\n\n", g.Bold("→"), g.Bold(step))
	g.indented(outcome.Verdict)
	g.Printf("\n")

	var next []move
	next = append(next, g.readingOf(step, outcome.Section)...)
	next = append(next, g.editOf(step, outcome))
	g.next(append(next, g.again())...)
}

func (g *guide) welcome() {
	g.Printf(`Welcome. In each step you read a lesson, edit a Go program, and let its check
tell you what your traces say. A check that is not met yet looks like this one:

`)
}

// indented prints text, each line moved to the right.
func (g *guide) indented(text string) {
	for _, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		g.Printf("%s\n", strings.TrimRight("  "+line, " "))
	}
}

// move is something for the learner to do.
type move struct {
	verb string
	what string // a place or a command, ready to be copied
	note string
}

// next says what to do, in this order.
func (g *guide) next(moves ...move) {
	width := 0
	for _, m := range moves {
		width = max(width, len(m.what))
	}
	g.Printf("%s\n", g.Bold("Next"))
	for _, m := range moves {
		gap := strings.Repeat(" ", width-len(m.what))
		line := fmt.Sprintf("  %-4s  %s%s  %s", m.verb, g.Bold(m.what), gap, m.note)
		g.Printf("%s\n", strings.TrimRight(line, " "))
	}
}

// readingOf is the section of the lesson to read, if there is one.
func (g *guide) readingOf(step, section string) []move {
	line, err := g.Section(step, section)
	if err != nil {
		return nil
	}
	return []move{{
		verb: "Read",
		what: fmt.Sprintf("%s:%d", g.Show(step, "README.md"), line),
		note: "section " + section,
	}}
}

var place = regexp.MustCompile(`[\w.-]+\.go:\d+`)

// editOf is where to edit: the place that the verdict names, else the gap of
// the lesson's section.
func (g *guide) editOf(step string, outcome *steptest.Outcome) move {
	edit := move{verb: "Edit", what: g.Show(step), note: "what you wrote for this section"}
	if named := place.FindString(text.Unpainted(outcome.Verdict)); named != "" {
		edit.what, edit.note = g.Show(step, named), ""
		if named == outcome.Gap {
			edit.note = "TODO(" + outcome.Section + ")"
		}
	} else if outcome.Gap != "" {
		edit.what, edit.note = g.Show(step, outcome.Gap), "TODO("+outcome.Section+")"
	}
	return edit
}

// again is the command that checks anew.
func (g *guide) again() move {
	command := g.Command()
	if !g.all {
		command += " check " + g.steps[0]
	}
	return move{verb: "Run", what: command, note: "to check again"}
}

// mostProblems is how many compiler errors are shown. The first ones matter:
// others often follow from them.
const mostProblems = 5

func (g *guide) explainBuild(step string, problems []buildProblem) {
	g.Printf("%s %s\n\n", g.Bold("→"), g.Bold(step))
	g.Printf("  %s\n\n", "Go cannot compile this program yet, so it cannot be checked:")
	for _, p := range problems[:min(len(problems), mostProblems)] {
		g.Printf("  %s: %s\n", g.Bold(g.ShowPlace(step, p.place)), g.Red(p.message))
		if hint := g.hint(step, p); hint != "" {
			g.Printf("      %s\n", hint)
		}
	}
	if more := len(problems) - mostProblems; more > 0 {
		g.Printf("  %s\n", g.Faint(fmt.Sprintf("and more; the first ones are often the cause of the others (%d left out)", more)))
	}
	g.Printf("\n")
	g.next(move{verb: "Edit", what: g.ShowPlace(step, problems[0].place)}, g.again())
}

// explainVet shows what vet found: all that is in the way, or something more.
func (g *guide) explainVet(step string, problems []buildProblem, all bool) {
	if all {
		g.Printf("%s %s\n\n", g.Bold("→"), g.Bold(step))
		g.Printf("  %s\n\n", "The traces are right. go vet, which go test runs as well, found this in the code:")
	} else {
		g.Printf("\n  %s\n\n", "And go vet, which go test runs as well, found this in the code:")
	}
	for _, p := range problems[:min(len(problems), mostProblems)] {
		g.Printf("  %s: %s\n", g.Bold(g.ShowPlace(step, p.place)), g.Red(p.message))
	}
	if all {
		g.Printf("\n")
		g.next(move{verb: "Edit", what: g.ShowPlace(step, problems[0].place)}, g.again())
	}
}

// explainCrash shows what go test said when the checks did not even begin, as
// when a package-level variable of the learner's program panics.
func (g *guide) explainCrash(step string, outcome *steptest.Outcome) {
	g.Printf("%s %s\n\n", g.Bold("→"), g.Bold(step))
	g.Printf("  The check of this program ended before it began. This is what go test said:\n\n")
	lines := crashLines(outcome.Output)
	g.indented(strings.Join(lines, "\n"))
	g.Printf("\n")
	edit := move{verb: "Edit", what: g.Show(step), note: "what you changed last"}
	for _, line := range lines {
		if named := place.FindString(line); named != "" && g.Has(step, fileOf(named)) {
			edit = move{verb: "Edit", what: g.Show(step, named)}
			break
		}
	}
	g.next(edit, g.again())
}

// congratulate says that all is solved, and what there is beyond.
func (g *guide) congratulate(last *steptest.Outcome) {
	step := g.steps[len(g.steps)-1]
	if !g.all {
		g.Printf("\nThis is what your program leaves behind:\n\n")
		g.indented(last.Verdict)
		return
	}
	g.Printf("\n%s Your traces say all that the lessons asked for. Well done!\n", g.Bold(allSolved(len(g.steps))))
	g.Printf("This is what the last program leaves behind:\n\n")
	g.indented(last.Verdict)
	g.Printf(`
From here:
  - the extra credit at the end of each lesson
  - another way to write it:  git diff --no-index %s %s
  - your own programs:        %s traces
`, g.Show(step), g.Show("solutions", step), g.Command())
}

func allSolved(n int) string {
	if n == 1 {
		return "The step is solved."
	}
	return fmt.Sprintf("All %d steps are solved.", n)
}
