package main

import (
	"context"
	"errors"
	"flag"
	"os/exec"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/usage"
)

func checkCommand() command {
	return command{
		name:      "check",
		arguments: "[step]",
		summary:   "the same, or check this one step",
		define: func(*flag.FlagSet) func(context.Context, *console.Console, []string) error {
			return check
		},
	}
}

// check checks the steps, or the one that is named.
func check(ctx context.Context, c *console.Console, args []string) error {
	if len(args) == 2 && strings.EqualFold(args[0], "step") {
		args = []string{args[0] + args[1]}
	}
	if len(args) > 1 {
		return usage.Errorf("check: %q is one argument too many: name one step, or none for all", args[1])
	}
	r, err := repository.Here()
	if err != nil {
		return err
	}
	steps, err := r.Steps()
	if err != nil {
		return err
	}
	if len(args) == 1 {
		step, err := r.Step(args[0])
		if err != nil {
			return err
		}
		steps = []string{step}
	}
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("cannot find the go command: install Go from https://go.dev/dl and open a new terminal")
	}
	all := len(args) == 0
	at, err := guide.New(r, steps, all).Lead(ctx, c)
	if err != nil {
		return err
	}
	if all && at != "" && at < jaeger.Step {
		machine.BuildAhead(c, r)
	}
	return nil
}
