package guide

import (
	"context"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/lesson"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/steptest"
)

// Section is one of the lesson of a part, as step05-jaeger/production. None builds
// on another.
type Section struct {
	Part   string
	Number int
	Title  string
	Tests  []string // those that its commands name
	Files  []string // those that a learner writes in
}

func (s Section) String() string { return fmt.Sprintf("%d. %s", s.Number, s.Title) }

// InFull names the section where its title does not help.
func (s Section) InFull() string { return fmt.Sprintf("%s, section %d", s.Part, s.Number) }

var namedTests = regexp.MustCompile(`(?m)^\$ go test .*-run '?([\w|]+)`)

// Sections gives the sections of a part that have tests.
func (g *Guide) Sections(part string) ([]Section, error) {
	content, err := os.ReadFile(g.Path(part, "README.md"))
	if err != nil {
		return nil, fmt.Errorf("the lesson of %s cannot be read: %w", part, err)
	}
	document, err := lesson.Parse(part+"/README.md", string(content))
	if err != nil {
		return nil, err
	}
	var all []Section
	for _, heading := range document.Sections {
		s := Section{Part: part, Number: heading.Number, Title: heading.Title}
		for _, b := range document.Blocks {
			if b.Section == s.Number {
				s.add(b)
			}
		}
		if len(s.Tests) > 0 {
			all = append(all, s)
		}
	}
	return all, nil
}

func (s *Section) add(b lesson.Block) {
	if b.File != "" && b.Language == "yaml" && !slices.Contains(s.Files, b.File) {
		s.Files = append(s.Files, b.File)
	}
	for _, match := range namedTests.FindAllStringSubmatch(b.Text, -1) {
		for name := range strings.SplitSeq(match[1], "|") {
			if !slices.Contains(s.Tests, name) {
				s.Tests = append(s.Tests, name)
			}
		}
	}
}

// Open gives the first of the sections whose gap is open, or nil.
func (g *Guide) Open(sections []Section) (*Section, error) {
	for i, s := range sections {
		gaps, err := lesson.Gaps(g.Path(s.Part))
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", s.Part, err)
		}
		if gaps[strconv.Itoa(s.Number)] != "" {
			return &sections[i], nil
		}
	}
	return nil, nil
}

// listPart tells which sections of a part have a gap that is open. Their checks
// take minutes, so none is made.
func (g *Guide) listPart(c *console.Console, part string, width int) error {
	sections, err := g.Sections(part)
	if err != nil {
		return err
	}
	gaps, err := lesson.Gaps(g.Path(part))
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", part, err)
	}
	var open []string
	for _, s := range sections {
		if number := strconv.Itoa(s.Number); gaps[number] != "" {
			open = append(open, number)
		}
	}
	state := "no TODO is left"
	if len(open) > 0 {
		state = "a TODO is left in section " + strings.Join(open, ", ")
	}
	c.Printf("  %s  %s\n", text.Pad(c.Bold(path.Base(part)), width), state)
	return nil
}

// SectionsWith gives those of the sections in which a learner writes a file.
func SectionsWith(all []Section, file string) []Section {
	return slices.DeleteFunc(slices.Clone(all), func(s Section) bool { return !slices.Contains(s.Files, file) })
}

// LeadSections checks sections up to the first that is not solved, and tells how it
// goes, and what comes after the last one.
func (g *Guide) LeadSections(ctx context.Context, c *console.Console, sections []Section) error {
	p := printer{c}
	for _, s := range sections {
		g.Only = &s
		done := p.Waiting(fmt.Sprintf("checking section %d", s.Number), slowSection)
		r, err := g.Check(ctx, s.Part, Colored(c), func(Report) {})
		done()
		if err != nil {
			return err
		}
		if !r.Passed {
			p.failure(r)
			return nil
		}
		p.Printf("%s %s\n", p.mark(r), s)
		p.skipped(r)
	}
	g.goOnSection(p)
	return nil
}

// slowSection says why somebody waits for a section.
const slowSection = "real processes start, and some are taken away"

// mark stands before what passed. What this machine cannot check is not solved.
func (p printer) mark(r Report) string {
	if r.Unchecked() {
		return "·"
	}
	return p.Green("✓")
}

func (p printer) skipped(r Report) {
	for _, reason := range r.Skipped {
		p.Printf("  not checked: %s\n", reason)
	}
}

// checkSection runs the tests of a section up to the first that does not pass.
func (g *Guide) checkSection(ctx context.Context, s Section, env []string) (Report, error) {
	passed := Report{Step: s.Part, Of: &s, Passed: true}
	for _, test := range s.Tests {
		o, err := g.Test(ctx, g.Path(s.Part), env, "-vet=off", "-run", "^"+test+"$")
		if err != nil {
			return Report{Step: s.Part, Of: &s}, err
		}
		switch r, err := g.reportSection(s, o); {
		case err != nil || !r.Passed:
			return r, err
		case o.Skipped != "":
			passed.Skipped = append(passed.Skipped, test+": "+withoutPlace(o.Skipped))
		default:
			passed.Verdict = r.Verdict
		}
	}
	return passed, nil
}

// reportSection is what an outcome of a test of a section means.
func (g *Guide) reportSection(s Section, o *steptest.Outcome) (Report, error) {
	r, err := g.report(s.Part, o)
	r.Of = &s
	if r.Edit.What == g.Show(s.Part) && len(s.Files) > 0 {
		r.Edit.What = g.Show(s.Part, s.Files[0])
	}
	return r, err
}

// NextSection gives the section that comes after the one that is checked, or nil.
func (g *Guide) NextSection() *Section {
	all, err := g.Sections(g.Only.Part)
	if err != nil {
		return nil // whoever reads the lesson is told
	}
	i := slices.IndexFunc(all, func(s Section) bool { return s.Number > g.Only.Number })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// goOnSection says what comes after a section that is solved.
func (g *Guide) goOnSection(p printer) {
	next := g.NextSection()
	if next == nil {
		p.moves([]verb{{"Read", Move{What: g.Show(g.Only.Part, "README.md"), Note: "what comes after the sections"}}})
		return
	}
	run := verb{"Run", Move{What: g.checking("check", *next), Note: "to check it"}}
	switch {
	case g.Keys:
		run = verb{"Type", Move{What: "n", Note: "to go there"}}
	case g.Watching:
		run.What = g.checking("watch", *next)
	}
	moves := []verb{run}
	if read := g.reading(next.Part, strconv.Itoa(next.Number)); read != nil {
		moves = append([]verb{{"Read", Move{What: read.What, Note: next.Title}}}, moves...)
	}
	p.moves(moves)
}

// checking is a command about a section, as the learner types it here.
func (g *Guide) checking(command string, s Section) string {
	return fmt.Sprintf("%s %s %s %d", g.Command(), command, path.Base(s.Part), s.Number)
}

var placeBefore = regexp.MustCompile(`^[\w.-]+\.go:\d+: `)

// withoutPlace gives what a test said without the place in front.
func withoutPlace(said string) string { return placeBefore.ReplaceAllString(said, "") }
