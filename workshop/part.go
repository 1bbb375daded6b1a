package main

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/usage"
)

// sectionsOf gives the sections that the arguments of a command name where they
// begin with a part, as production 3: that one, or all of the part. Where they are
// about a step, it gives none.
func sectionsOf(g *guide.Guide, command string, args []string) ([]guide.Section, error) {
	if len(args) == 0 {
		return nil, nil
	}
	args = apart(args)
	part, err := g.Step(args[0])
	if err != nil || !repository.IsPart(part) {
		return nil, nil // what is wrong with the step is told where one is looked for
	}
	sections, err := g.Sections(part)
	switch rest := args[1:]; {
	case err != nil:
		return nil, err
	case len(sections) == 0:
		return nil, fmt.Errorf("the lesson of %s has no section with a test: clone the workshop anew", part)
	case len(rest) == 0:
		if of := guide.SectionsWith(sections, filepath.Base(args[0])); len(of) > 0 {
			return of, nil
		}
		return sections, nil
	case len(rest) > 1:
		return nil, usage.Errorf("%s: %q is one argument too many: name one section of %s, or none", command, rest[1], part)
	default:
		number, _ := strconv.Atoi(rest[0])
		i := slices.IndexFunc(sections, func(s guide.Section) bool { return s.Number == number })
		if i < 0 {
			return nil, usage.Errorf("%s: %s has no section %q: they are %d to %d, as in %s", command, part, rest[0],
				sections[0].Number, sections[len(sections)-1].Number, typed(command, path.Base(part), "1"))
		}
		return sections[i : i+1], nil
	}
}

// checkSections checks sections of a part, up to the first that is not solved.
func checkSections(ctx context.Context, c *console.Console, g *guide.Guide, sections []guide.Section) error {
	if err := needGo(); err != nil {
		return err
	}
	return g.LeadSections(ctx, c, sections)
}

// apart takes the section from the end of production/3, and puts it behind
// production where it was typed first.
func apart(args []string) []string {
	if part, section := path.Split(args[0]); part != "" && isNumber(section) {
		return append([]string{part, section}, args[1:]...)
	}
	if r, err := repository.Here(); len(args) == 2 && isNumber(args[0]) && err == nil && r.IsPartName(args[1]) {
		return []string{args[1], args[0]}
	}
	return args
}

// hintSections hints at the first of the sections whose gap is open.
func hintSections(c *console.Console, g *guide.Guide, sections []guide.Section, level int) error {
	open, err := g.Open(sections)
	if err != nil {
		return err
	}
	switch s := sections[0]; {
	case open == nil && len(sections) > 1:
		c.Printf("No TODO is left in %s. A hint at one section, as it was shipped: %s\n", s.Part, typed("hint", path.Base(s.Part), strconv.Itoa(s.Number)))
		return nil
	case open == nil && len(s.Files) == 0:
		c.Printf("Section %d of %s has nothing to write: it is there to be run, and to be looked at.\n", s.Number, s.Part)
		return nil
	case open == nil:
		open = &s
	}
	h, err := g.HintAt(*open)
	if err != nil {
		return err
	}
	g.TellHint(c, open.Part, h, level)
	if level == 1 {
		c.Printf("\nWhat yours lacks: %s\n", c.Bold(typed("check", path.Base(open.Part), strconv.Itoa(open.Number))))
	}
	tellMore(c, level, path.Base(open.Part), strconv.Itoa(open.Number))
	return nil
}

// diffSections shows how the files of sections differ from those of a solution.
func diffSections(ctx context.Context, c *console.Console, g *guide.Guide, sections []guide.Section, yes bool) error {
	var files []string
	for _, s := range sections {
		files = append(files, s.Files...)
	}
	part := sections[0].Part
	if len(files) == 0 {
		c.Printf("Section %d of %s has nothing to write, so there is no solution of it.\n", sections[0].Number, part)
		return nil
	}
	open, err := g.Open(sections)
	if err != nil {
		return err
	}
	if open != nil && !yes {
		if agreed, err := askToShow(ctx, c, open.InFull(), path.Base(part), strconv.Itoa(open.Number)); err != nil || !agreed {
			return err
		}
	}
	return g.TellDiff(c, part, files...)
}
