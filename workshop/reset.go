package main

import (
	"context"
	"errors"
	"flag"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/spelling"
	"example.com/tracing-workshop/workshop/internal/terminal"
	"example.com/tracing-workshop/workshop/internal/usage"
)

func resetCommand() command {
	return command{
		name:      "reset",
		arguments: "[file ...]",
		summary:   "bring files of a step back; keep yours",
		define: func(flags *flag.FlagSet) func(context.Context, *console.Console, []string) error {
			all := flags.Bool("all", false, "bring back all files of the step, without asking")
			return func(ctx context.Context, c *console.Console, args []string) error {
				g, err := guideHere()
				if err != nil {
					return err
				}
				return reset(ctx, c, g, args, *all)
			}
		},
	}
}

// reset brings files back: those that are named, or those that somebody chooses.
func reset(ctx context.Context, c *console.Console, g *guide.Guide, args []string, all bool) error {
	step, files, err := toReset(g, joined(args))
	if err != nil {
		return err
	}
	changed, err := g.Changed(step)
	if err != nil {
		return err
	}
	named := slices.Clone(files)
	if files, err = chosen(ctx, c, g, step, files, changed, all); err != nil {
		return err
	}
	if len(files) == 0 {
		c.Printf("%s\n", nothingToReset(step, named, changed))
		return nil
	}
	return g.Reset(c, step, files, time.Now())
}

// nothingToReset says why nothing comes back.
func nothingToReset(step string, named, changed []string) string {
	if len(changed) == 0 {
		return step + " is as it was shipped: there is nothing to bring back."
	}
	if len(named) > 0 {
		return strings.Join(named, ", ") + ": as it was shipped. There is nothing to bring back."
	}
	return "Nothing is changed."
}

// toReset gives the step that arguments name, or the one worked on last, and its
// files among them. A file can be named with its step, and without if that was
// worked on last, or no other has one of that name.
func toReset(g *guide.Guide, args []string) (step string, files []string, err error) {
	if len(args) == 0 {
		return g.At(), nil, nil
	}
	at := g.StepAt(args[0])
	switch name := filepath.Base(args[0]); {
	case at != "" && g.Shipped.Has(at, name): // a path
		step, files = at, args
	case g.Shipped.Has(g.At(), name):
		step, files = g.At(), args
	case len(g.Shipped.Owners(name)) == 1:
		step, files = g.Shipped.Owners(name)[0], args
	default:
		if step, err = g.Step(args[0]); err != nil {
			if near := spelling.Nearest(name, g.Shipped.Names()); near != "" && filepath.Ext(name) != "" {
				return "", nil, usage.Errorf("reset: no step was shipped with a file %s: did you mean %s?", args[0], near)
			}
			return "", nil, err
		}
		files = args[1:]
	}
	if repository.IsPart(step) {
		if files, err = filesOf(g, step, files); err != nil {
			return "", nil, err
		}
	}
	for i, file := range files {
		files[i] = filepath.Base(file)
		if other := g.StepAt(file); other != "" && other != step {
			return "", nil, usage.Errorf("reset: %s is not in %s: name one step at a time", file, step)
		}
		if !g.Shipped.Has(step, files[i]) {
			return "", nil, usage.Errorf("reset: %s was not shipped with a file %s: its files are %s", step, files[i], strings.Join(g.Shipped.Files(step), ", "))
		}
	}
	return step, files, nil
}

// filesOf gives files of a part. The number of a section means those that are
// written there.
func filesOf(g *guide.Guide, part string, named []string) (files []string, err error) {
	sections, err := g.Sections(part)
	if err != nil {
		return nil, err
	}
	for _, name := range named {
		i := slices.IndexFunc(sections, func(s guide.Section) bool { return strconv.Itoa(s.Number) == name && len(s.Files) > 0 })
		if i < 0 {
			files = append(files, name)
			continue
		}
		files = append(files, sections[i].Files...)
	}
	return files, nil
}

// chosen gives those of the files that are changed, or lets somebody choose
// where none is named.
func chosen(ctx context.Context, c *console.Console, g *guide.Guide, step string, files, changed []string, all bool) ([]string, error) {
	if len(files) > 0 {
		return slices.DeleteFunc(files, func(name string) bool { return !slices.Contains(changed, name) }), nil
	}
	if all || len(changed) == 0 {
		return changed, nil
	}
	c.Printf("Of %s, these files are not as they were shipped:\n\n%s\n", c.Bold(step), guide.Choices(changed))
	answer, err := terminal.Ask(ctx, c, "Which one shall come back? Yours is kept. [number, a for all, Enter for none]")
	if errors.Is(err, terminal.ErrNobody) {
		return nil, usage.Errorf("reset: name the files, or add -all: %s", typed("reset", step, changed[0]))
	}
	if err != nil {
		return nil, err
	}
	return guide.Choice(changed, answer), nil
}
