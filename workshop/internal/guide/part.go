package guide

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/lesson"
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

var namedTests = regexp.MustCompile(`(?m)^\$ go test .*-run '?([\w|]+)`)

// Sections gives the sections of a part that have tests.
func (g *Guide) Sections(part string) ([]Section, error) {
	text, err := os.ReadFile(g.Path(part, "README.md"))
	if err != nil {
		return nil, fmt.Errorf("the lesson of %s cannot be read: %w", part, err)
	}
	document, err := lesson.Parse(part+"/README.md", string(text))
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

// LeadSections checks sections up to the first that is not solved, and tells how it
// goes, and whether all are solved.
func (g *Guide) LeadSections(ctx context.Context, c *console.Console, sections []Section) (solved bool, err error) {
	p := printer{c}
	for _, s := range sections {
		if solved, err := g.leadSection(ctx, p, s); err != nil || !solved {
			return false, err
		}
	}
	return true, nil
}

// slowSection says why somebody waits for a section.
const slowSection = "real processes start, and some are taken away"

func (g *Guide) leadSection(ctx context.Context, p printer, s Section) (solved bool, err error) {
	var skipped []string
	for _, test := range s.Tests {
		done := p.Waiting(fmt.Sprintf("checking section %d, %s", s.Number, test), slowSection)
		o, err := g.Test(ctx, g.Path(s.Part), Colored(p.Console), "-vet=off", "-run", "^"+test+"$")
		done()
		if err != nil {
			return false, err
		}
		r, err := g.reportSection(s, o)
		if err != nil {
			return false, err
		}
		if !r.Passed {
			p.failure(r)
			return false, nil
		}
		if o.Skipped != "" {
			skipped = append(skipped, test+": "+withoutPlace(o.Skipped))
		}
	}
	mark := p.Green("✓")
	if len(skipped) == len(s.Tests) {
		mark = "·"
	}
	p.Printf("%s %s\n", mark, s)
	for _, reason := range skipped {
		p.Printf("  not checked: %s\n", reason)
	}
	return true, nil
}

// reportSection is what an outcome of a test of a section means.
func (g *Guide) reportSection(s Section, o *steptest.Outcome) (Report, error) {
	r, err := g.report(s.Part, o)
	if err != nil || r.Passed {
		return r, err
	}
	r.Run.What = g.CheckSection(s)
	if r.Edit.What == g.Show(s.Part) && len(s.Files) > 0 {
		r.Edit.What = g.Show(s.Part, s.Files[0])
	}
	return r, nil
}

// CheckSection is the command that checks a section, as the learner types it here.
func (g *Guide) CheckSection(s Section) string {
	return fmt.Sprintf("%s check %s %d", g.Command(), lastOf(s.Part), s.Number)
}

// TellNext says which section comes after one that is solved.
func (g *Guide) TellNext(c *console.Console, s Section) error {
	all, err := g.Sections(s.Part)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(other Section) bool { return other.Number == s.Number })
	if i+1 >= len(all) {
		return nil
	}
	next := all[i+1]
	moves := []verb{{"Run", Move{What: g.CheckSection(next), Note: "to check it"}}}
	if read := g.reading(next.Part, strconv.Itoa(next.Number)); read != nil {
		moves = append([]verb{{"Read", Move{What: read.What, Note: next.Title}}}, moves...)
	}
	printer{c}.moves(moves)
	return nil
}

// lastOf gives production of step05-jaeger/production.
func lastOf(part string) string { return part[strings.LastIndex(part, "/")+1:] }

var placeBefore = regexp.MustCompile(`^[\w.-]+\.go:\d+: `)

// withoutPlace gives what a test said without the place in front.
func withoutPlace(said string) string { return placeBefore.ReplaceAllString(said, "") }
