package main

import (
	"context"
	"flag"

	"example.com/tracing-workshop/workshop/internal/console"
)

func listCommand() command {
	return command{
		name:    "list",
		summary: "the steps, their checks, what is done",
		define: func(*flag.FlagSet) func(context.Context, *console.Console, []string) error {
			return list
		},
	}
}

// list tells how the steps stand. What was edited since its last check is
// checked.
func list(ctx context.Context, c *console.Console, _ []string) error {
	g, err := guideHere()
	if err != nil {
		return err
	}
	if err := needGo(); err != nil {
		return err
	}
	return g.List(ctx, c, g.Start(), true)
}
