package main

import (
	"context"
	"flag"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/proof"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/spelling"
	"example.com/tracing-workshop/workshop/internal/usage"
)

func proveCommand() command {
	return command{
		name:      "prove",
		arguments: "[step ...]",
		summary:   "run the tests of the workshop itself",
		define: func(flags *flag.FlagSet) func(context.Context, *console.Console, []string) error {
			name := flags.String("case", "", "prove only this mistake or other right answer, by its `name` in solutions/mistakes\n      or solutions/alternatives, or solution, or starter")
			return func(ctx context.Context, c *console.Console, args []string) error {
				r, err := repository.Here()
				if err != nil {
					return err
				}
				plan, err := planOf(r, args, *name)
				if err != nil {
					return err
				}
				return proof.NewProver(c, r, plan).Prove(ctx)
			}
		},
	}
}

// planOf gives what the words of the command line ask for.
func planOf(r *repository.Repository, args []string, name string) (proof.Plan, error) {
	var steps []string
	for _, arg := range args {
		step, err := r.Step(arg)
		if err != nil {
			return proof.Plan{}, err
		}
		steps = append(steps, step)
	}
	switch {
	case name != "":
		return planCase(r, steps, name)
	case len(steps) > 0:
		return proof.Steps(r.Root, steps...), nil
	}
	return proof.All(r.Root), nil
}

// planCase finds the one step, of those that are named or of all, that has a
// case of that name.
func planCase(r *repository.Repository, steps []string, name string) (proof.Plan, error) {
	if len(steps) == 0 {
		var err error
		if steps, err = r.Steps(); err != nil {
			return proof.Plan{}, err
		}
		for _, part := range r.Parts() {
			if r.Has("solutions", part) {
				steps = append(steps, part)
			}
		}
	}
	var with, names []string
	for _, step := range steps {
		cases, err := proof.Cases(r.Root, step)
		if err != nil {
			return proof.Plan{}, err
		}
		names = append(names, cases...)
		if slices.Contains(cases, name) {
			with = append(with, step)
		}
	}
	switch len(with) {
	case 1:
		return proof.Case(r.Root, with[0], name), nil
	case 0:
		if near := spelling.Nearest(name, names); near != "" {
			return proof.Plan{}, usage.Errorf("prove: there is no case %q: did you mean -case %s?", name, near)
		}
		return proof.Plan{}, usage.Errorf("prove: there is no case %q: the names are those of the files in %s and %s", name, r.Show("solutions", "mistakes"), r.Show("solutions", "alternatives"))
	}
	return proof.Plan{}, usage.Errorf("prove: %s all have a case %q: add the step, as in %s prove %s -case %s", strings.Join(with, ", "), name, repository.Invocation, with[0], name)
}
