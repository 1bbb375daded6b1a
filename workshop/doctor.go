package main

import (
	"context"
	"flag"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/repository"
)

func doctorCommand() command {
	return command{
		name:    "doctor",
		summary: "say whether this machine is ready",
		define: func(flags *flag.FlagSet) func(context.Context, *console.Console, []string) error {
			from := flags.String("from", "", "first install all that the steps and Jaeger need from this `folder`, a USB stick\n      or a share, which "+repository.Invocation+" pack has made; no network is needed")
			prefetch := flags.Bool("prefetch", false, "first download and compile all that the steps and Jaeger need, which takes\n      some minutes once; Ctrl-C is fine: the next time goes on from there")
			return func(ctx context.Context, c *console.Console, _ []string) error {
				r, err := repository.Here()
				if err != nil {
					return err
				}
				d := machine.NewDoctor(c, r)
				d.From, d.Prefetch = *from, *prefetch
				return d.Examine(ctx)
			}
		},
	}
}
