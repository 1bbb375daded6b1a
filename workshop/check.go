package main

import (
	"context"
	"flag"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/usage"
	"example.com/tracing-workshop/workshop/internal/verdict"
)

func checkCommand() command {
	return command{
		name:      "check",
		arguments: "[step]",
		summary:   "the same, or check this one step",
		more:      howStepsAreTyped,
		define: func(*flag.FlagSet) func(context.Context, *console.Console, []string) error {
			return check
		},
	}
}

// check checks the steps from the one to go on at, or the one that is named.
func check(ctx context.Context, c *console.Console, args []string) error {
	args = joined(args)
	g, err := guideHere()
	if err != nil {
		return err
	}
	sections, err := sectionsOf(g, "check", args)
	if err != nil {
		return err
	}
	if len(sections) > 0 {
		return checkSections(ctx, c, g, sections)
	}
	if len(args) > 1 {
		return usage.Errorf("check: %q is one argument too many: name one step, or none for all", args[1])
	}
	if len(args) == 1 {
		step, err := g.Step(args[0])
		if err != nil {
			return err
		}
		g.Steps, g.All = []string{step}, false
	}
	if err := needGo(); err != nil {
		return err
	}
	if _, asked := verdict.Asked(g.Root); asked {
		g.Anew()
	}
	at, err := g.Lead(ctx, c)
	if err != nil {
		return err
	}
	if g.All && at != "" && at < jaeger.Step {
		machine.BuildAhead(c, g.Repository)
	}
	return nil
}
