package guide

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/hint"
	"example.com/tracing-workshop/workshop/internal/lesson"
	"example.com/tracing-workshop/workshop/internal/text"
)

// Hint gives what the lesson says about the gap that a report is about. It is
// nil where the step is solved, and where no section of the lesson helps.
func (g *Guide) Hint(r Report) (*hint.Hint, error) {
	section, err := g.gap(r)
	if err != nil || section == 0 {
		return nil, err
	}
	return g.hintAt(r.Step, section)
}

// HintAt gives what the lesson says about the gap of a section of a part.
func (g *Guide) HintAt(s Section) (*hint.Hint, error) { return g.hintAt(s.Part, s.Number) }

func (g *Guide) hintAt(step string, section int) (*hint.Hint, error) {
	content, err := os.ReadFile(g.Path(step, "README.md"))
	if err != nil {
		return nil, fmt.Errorf("the lesson of %s cannot be read: %w", step, err)
	}
	return hint.Of(g.Shipped, step, string(content), section)
}

// gap gives the section that a report is about: the one that the verdict names.
// Where the program could not be checked, it is that of the last verdict, or the
// first one whose gap is open.
func (g *Guide) gap(r Report) (section int, err error) {
	switch {
	case r.Solved():
		return 0, nil
	case r.Of != nil && len(r.Of.Files) == 0:
		return 0, nil // there is nothing to write
	case r.Of != nil:
		return r.Of.Number, nil
	}
	before, _ := g.outcome(r.Step)
	if section, err := strconv.Atoi(cmp.Or(r.Section, before.Section)); err == nil {
		return section, nil
	}
	gaps, err := lesson.Gaps(g.Path(r.Step))
	if err != nil {
		return 0, fmt.Errorf("%s cannot be read: %w", r.Step, err)
	}
	var open []int
	for number := range gaps {
		if n, err := strconv.Atoi(number); err == nil {
			open = append(open, n)
		}
	}
	if len(open) == 0 {
		return 0, nil
	}
	return slices.Min(open), nil
}

// TellHint tells one level of a hint, from 1 on.
func (g *Guide) TellHint(c *console.Console, step string, h *hint.Hint, level int) {
	p := printer{c}
	p.Printf("%s · %s, section %d: %s\n", p.Bold(fmt.Sprintf("Hint %d of %d", level, hint.Levels)), step, h.Section, h.Title)
	switch level {
	case 1:
		p.Printf("\n  Read  %s\n", p.Bold(fmt.Sprintf("%s:%d", g.Show(step, "README.md"), h.Line)))
	case 2:
		p.Printf("\n")
		p.paragraphs(h.Write)
	default:
		p.Printf("\n  %s, as what it takes away (-) and adds (+):\n", h.Label)
		for _, e := range h.Edits {
			p.Printf("\n  %s\n", p.Bold(g.Show(step, e.File)))
			p.diff(e.Diff)
		}
	}
}

func (p printer) paragraphs(all []hint.Paragraph) {
	width := min(p.Drawing().Width, 80) - 1
	for i, one := range all {
		if i > 0 && !one.Row && one.Label == "" || i > 0 && one.Row && !all[i-1].Row {
			p.Printf("\n")
		}
		if one.Row {
			p.Printf("  %s\n", one.Text)
			continue
		}
		for _, line := range text.Paragraph("  "+one.Label, one.Text, width) {
			p.Printf("%s\n", line)
		}
	}
}

// diff prints the lines of a unified diff, without a head. In the place of where
// a hunk stands in the file is a line that says that some are left out.
func (p printer) diff(diff string) {
	for i, line := range strings.Split(strings.TrimRight(diff, "\n"), "\n") {
		line = strings.TrimRight(strings.ReplaceAll(line, "\t", "    "), " ")
		switch {
		case strings.HasPrefix(line, "@@") && i == 0:
			continue
		case strings.HasPrefix(line, "@@"):
			line = p.Faint("…")
		case strings.HasPrefix(line, "+"):
			line = p.Green(line)
		case strings.HasPrefix(line, "-"):
			line = p.Red(line)
		}
		p.Printf("%s\n", strings.TrimRight("    "+line, " "))
	}
}
