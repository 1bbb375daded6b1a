package main

import (
	"context"
	"errors"
	"flag"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/terminal"
	"example.com/tracing-workshop/workshop/internal/usage"
)

func diffCommand() command {
	return command{
		name:      "diff",
		arguments: "[step]",
		summary:   "how yours differs from a solution",
		more:      howStepsAreTyped,
		define: func(flags *flag.FlagSet) func(context.Context, *console.Console, []string) error {
			yes := flags.Bool("yes", false, "show it without asking, also if the step is not solved")
			return func(ctx context.Context, c *console.Console, args []string) error {
				g, err := guideHere()
				if err != nil {
					return err
				}
				sections, err := sectionsOf(g, "diff", args)
				if err != nil {
					return err
				}
				if len(sections) > 0 {
					return diffSections(ctx, c, g, sections, *yes)
				}
				step, err := stepOf(g, "diff", g.At(), args)
				if err != nil {
					return err
				}
				if agreed, err := mayShow(ctx, c, g, step, *yes); err != nil || !agreed {
					return err
				}
				return g.TellDiff(c, step)
			}
		},
	}
}

// mayShow asks whether to show the solution of a step that is not solved.
func mayShow(ctx context.Context, c *console.Console, g *guide.Guide, step string, yes bool) (bool, error) {
	if yes {
		return true, nil
	}
	if err := needGo(); err != nil {
		return false, err
	}
	r, err := g.Look(ctx, c, step)
	if err != nil || r.Solved() {
		return err == nil, err
	}
	return askToShow(ctx, c, step, step)
}

// askToShow asks whether to show the solution of what is not solved, and is typed
// like that.
func askToShow(ctx context.Context, c *console.Console, what string, named ...string) (bool, error) {
	answer, err := terminal.Ask(ctx, c, what+" is not solved yet. Show a solution all the same? [y/N]")
	if errors.Is(err, terminal.ErrNobody) {
		return false, usage.Errorf("diff: %s is not solved yet, and this shows a solution of it: %s", what, typed(append([]string{"diff", "-yes"}, named...)...))
	}
	return terminal.IsYes(answer), err
}
