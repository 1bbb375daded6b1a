package main

import (
	"context"
	"flag"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/stick/pack"
	"example.com/tracing-workshop/workshop/internal/usage"
)

func packCommand() command {
	return command{
		name:      "pack",
		arguments: "DIR",
		summary:   "make a USB stick for rooms without network",
		define: func(flags *flag.FlagSet) func(context.Context, *console.Console, []string) error {
			platforms := flags.String("for", strings.Join(pack.Carried, ","), "the `platforms` that the stick has a ready Jaeger for; to build one takes 6 to\n      15 minutes, once")
			return func(ctx context.Context, c *console.Console, args []string) error {
				if len(args) != 1 {
					return usage.Errorf("pack: name the folder of the stick, and nothing else after it, as: %s pack /media/stick", repository.Invocation)
				}
				r, err := repository.Here()
				if err != nil {
					return err
				}
				chosen, err := pack.ParsePlatforms(*platforms)
				if err != nil {
					return usage.Errorf("pack: -for: %v", err)
				}
				return pack.New(c, r, chosen).Pack(ctx, args[0])
			}
		},
	}
}
