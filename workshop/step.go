package main

import (
	"errors"
	"os/exec"
	"strings"

	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/usage"
)

// howStepsAreTyped is for the help of commands that know steps and sections.
const howStepsAreTyped = "A step is typed as 3, step03 or a path; a section of production as production 3."

// guideHere guides through all steps of the clone that the current folder is in.
func guideHere() (*guide.Guide, error) {
	r, err := repository.Here()
	if err != nil {
		return nil, err
	}
	steps, err := r.Steps()
	if err != nil {
		return nil, err
	}
	return guide.New(r, steps, true), nil
}

// needGo says what to do where there is no go command.
func needGo() error {
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("cannot find the go command: install Go from https://go.dev/dl and open a new terminal")
	}
	return nil
}

// joined makes one word of a step that is typed as two: step 2.
func joined(args []string) []string {
	if len(args) > 1 && strings.EqualFold(args[0], "step") {
		return append([]string{args[0] + args[1]}, args[2:]...)
	}
	return args
}

// stepOf gives the step that the arguments of a command name, or at.
func stepOf(g *guide.Guide, command, at string, args []string) (string, error) {
	args = joined(args)
	switch len(args) {
	case 0:
		return at, nil
	case 1:
		return g.Step(args[0])
	}
	return "", usage.Errorf("%s: %q is one argument too many: name one step, or none for the one you are at", command, args[1])
}
