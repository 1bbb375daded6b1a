package main

import (
	"context"
	"errors"
	"flag"
	"os/exec"
	"path/filepath"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/usage"
	"example.com/tracing-workshop/workshop/steptest"
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
	g := &guide{Console: c, Repository: r, test: steptest.Run, vet: steptest.Vet, steps: steps, all: len(args) == 0}
	if err := g.lead(ctx); err != nil {
		return err
	}
	if g.all && g.at != "" && g.at < jaegerStep {
		buildAhead(c, r)
	}
	return nil
}

// guide leads through the steps.
type guide struct {
	*console.Console
	*repository.Repository
	test  tester
	vet   vetter
	steps []string
	all   bool   // these are all steps
	at    string // the step that is not solved, once that is known
}

// tester runs the test of a step, as [steptest.Run] does.
type tester func(ctx context.Context, folder string, env []string, args ...string) (*steptest.Outcome, error)

// vetter looks at the code of a step, as [steptest.Vet] does.
type vetter func(ctx context.Context, folder string, args ...string) (findings string, err error)

// lead checks the steps in order, up to the first that is not solved.
func (g *guide) lead(ctx context.Context) error {
	var last *steptest.Outcome
	for i, step := range g.steps {
		outcome, err := g.checkStep(ctx, step, i == 0)
		if err != nil {
			return err
		}
		if !outcome.Passed {
			g.at = step
			return nil
		}
		g.Printf("%s %s\n", g.Green("✓"), step)
		last = outcome
	}
	g.congratulate(last)
	return nil
}

// checkStep runs the test of a step, and vet beside it, which go test would run
// first. The verdict is there in two thirds of the time then. A step passes if
// both find nothing; what is wrong is told as soon as it is known.
func (g *guide) checkStep(ctx context.Context, step string, first bool) (*steptest.Outcome, error) {
	vetting, stop := context.WithCancel(ctx)
	defer stop()
	vetted := make(chan []buildProblem, 1)
	go func() {
		// That vet cannot run is for the verdict to say: it needs the same.
		findings, _ := g.vet(vetting, filepath.Join(g.Root, step))
		vetted <- buildProblems(findings)
	}()
	outcome, err := g.verdict(ctx, step)
	if err == nil && !outcome.Passed {
		err = g.explain(step, outcome, first)
	}
	if err != nil || !outcome.Passed && len(outcome.Checks) == 0 {
		stop() // vet would say the same, or nothing
	}
	problems := <-vetted
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		g.explainVet(step, problems, outcome.Passed)
		outcome.Passed = false
	}
	return outcome, nil
}

// verdict runs the test of a step, and shows that it does.
func (g *guide) verdict(ctx context.Context, step string) (*steptest.Outcome, error) {
	done := g.Waiting("checking "+step, "the first time, Go compiles for a minute or two")
	defer done()

	color := "TRACECHECK_COLOR="
	if g.Drawing().Color {
		color += "1"
	}
	return g.test(ctx, filepath.Join(g.Root, step), []string{color}, "-vet=off")
}
