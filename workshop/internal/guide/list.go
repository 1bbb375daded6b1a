package guide

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/text"
)

// Standing is how a step stands.
type Standing struct {
	Step   string
	Solved bool
	Begun  bool // it is not as it was shipped
	Known  bool // the last check was of these very files
	Checks []Standpoint
}

// Standpoint is how a check stands: pass, fail, pending, or "" if that is not
// known.
type Standpoint struct{ Name, Outcome string }

// Standings gives how all steps stand, from what is remembered.
func (g *Guide) Standings() []Standing {
	var all []Standing
	for _, step := range g.every() {
		o, known := g.outcome(step)
		s := Standing{Step: step, Solved: known && o.Solved, Begun: g.begun(step), Known: known}
		for _, name := range checks(g.Path(step, "step_test.go"), o.Checks) {
			outcome := ""
			if known {
				outcome = o.Checks[name]
			}
			s.Checks = append(s.Checks, Standpoint{name, outcome})
		}
		all = append(all, s)
	}
	return all
}

// begun tells whether a step is not as it was shipped.
func (g *Guide) begun(step string) bool {
	_, changed := g.edited(step)
	return changed || len(g.Shipped.Files(step)) == 0
}

// checks gives the names of the checks in the test of a step, in their order,
// and then those that are told of and do not stand there.
func checks(file string, told map[string]string) []string {
	var names []string
	if parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution); err == nil {
		ast.Inspect(parsed, func(n ast.Node) bool {
			if name, ok := nameOf(n); ok {
				names = append(names, name)
			}
			return true
		})
	}
	for _, name := range slices.Sorted(maps.Keys(told)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// nameOf gives the name of a check: Name: "plan".
func nameOf(n ast.Node) (name string, ok bool) {
	pair, isPair := n.(*ast.KeyValueExpr)
	if !isPair {
		return "", false
	}
	key, isName := pair.Key.(*ast.Ident)
	value, isText := pair.Value.(*ast.BasicLit)
	if !isName || !isText || key.Name != "Name" {
		return "", false
	}
	name, err := strconv.Unquote(value.Value)
	return name, err == nil
}

// List tells how all steps stand, and marks the one that the learner is at. With
// find, it checks those first of which it is not known.
func (g *Guide) List(ctx context.Context, c *console.Console, at string, find bool) error {
	if find {
		if _, err := g.catchUp(ctx, c); err != nil {
			return err
		}
	}
	all := g.Standings()
	printer{c}.standings(all, at)
	for _, part := range g.Repository.Parts() {
		if err := g.listPart(c, part, nameWidth(all)); err != nil {
			return err
		}
	}
	return nil
}

// nameWidth is how long the longest name of a step is.
func nameWidth(all []Standing) int {
	width := 0
	for _, s := range all {
		width = max(width, len(s.Step))
	}
	return width
}

func (p printer) standings(all []Standing, at string) {
	width := nameWidth(all)
	for _, s := range all {
		mark := " "
		switch {
		case s.Solved:
			mark = p.Green("✓")
		case s.Step == at:
			mark = p.Bold("→")
		}
		label := mark + " " + text.Pad(p.Bold(s.Step), width) + "  "
		for _, line := range text.Paragraph(label, p.checks(s, s.Step == at), min(p.Drawing().Width, 80)) {
			p.Printf("%s\n", line)
		}
	}
}

// checks tells how the checks of a step stand. A check and its mark stay in one
// line. The names of those that are far away are left out.
func (p printer) checks(s Standing, near bool) string {
	passed := 0
	var names, words []string
	for _, c := range s.Checks {
		names = append(names, c.Name)
		word := "·\u00a0" + c.Name
		switch c.Outcome {
		case "pass":
			word, passed = p.Green("✓")+"\u00a0"+c.Name, passed+1
		case "fail":
			word = p.Red("✗") + "\u00a0" + c.Name
		}
		words = append(words, word)
	}
	total := strconv.Itoa(len(s.Checks))
	switch {
	case s.Solved:
		return "all " + text.Plural(len(s.Checks), "check")
	case s.Known && passed+len(words) > 0:
		return strconv.Itoa(passed) + " of " + total + " checks: " + strings.Join(words, " ")
	case s.Begun:
		return "not checked as it is now: " + strings.Join(names, ", ")
	case near:
		return "not begun: " + strings.Join(names, ", ")
	}
	return "not begun, " + text.Plural(len(names), "check")
}
