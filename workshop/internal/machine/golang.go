package machine

import (
	"context"
	"errors"
	"fmt"
	goversion "go/version"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/repository"
)

// examineGo looks at the go command that the learner's terminal runs.
func (d *Doctor) examineGo(ctx context.Context) {
	env, err := d.goVariables(ctx, d.Root)
	if ctx.Err() != nil {
		return
	}
	if errors.Is(err, exec.ErrNotFound) {
		d.fail("Go", "There is no go command on PATH.\nInstall Go from https://go.dev/dl and open a new terminal.")
		return
	}
	if err != nil {
		d.fail("Go", "The go command does not work: %v", err)
		return
	}
	d.env = env
	has, needs := env["GOVERSION"], d.NeededGo()
	switch {
	case env["GOWORK"] == "off":
		d.fail("Go", "GOWORK is off, so that Go does not see how the folders belong together.\nTake it out of the environment; or: go env -u GOWORK")
	case goversion.IsValid(has) && goversion.Compare(has, needs) < 0: // another one is somebody's own build
		d.fail("Go", "%s is too old: the workshop needs %s or later.\nInstall it from https://go.dev/dl and open a new terminal.", has, needs)
	default:
		d.ok("Go", "%s", has)
	}
}

// examineModules looks for all that the steps, their tests and this command
// are made of, without the network.
func (d *Doctor) examineModules(ctx context.Context) {
	done := d.Waiting("looking at the modules", "the machine is busy")
	missing, err := d.missingModules(ctx)
	done()
	fetch := d.Bold(repository.Invocation + " doctor -prefetch")
	switch {
	case ctx.Err() != nil:
	case err != nil:
		d.fail("modules", "%s", strings.TrimSpace(fmt.Sprintf("The go command cannot list them: %v\n%s", err, d.Advice(d.Root, err.Error()))))
	case len(missing) == 0:
		d.ok("modules", "all here: the steps need no network from now on")
	case d.env["GOPROXY"] == "off":
		d.missing = missing
		d.fail("modules", "Not all are here, and GOPROXY=off forbids to download. Missing:\n%s\nSet GOPROXY to what it was; then: %s", missing[0], fetch)
	default:
		d.missing = missing
		d.warn("modules", "Not all are here yet. Missing:\n%s\nWhile there is a network: %s", missing[0], fetch)
	}
}

var lookup = regexp.MustCompile(`(\S+@v\S+): module lookup disabled`)

// missingModules gives the modules that would have to be downloaded, as far as
// the go command sees: it stops at one that it needs for seeing further.
// Mistakes in a learner's program are of no interest here.
func (d *Doctor) missingModules(ctx context.Context) ([]string, error) {
	steps, given, err := d.Packages()
	if err != nil {
		return nil, err
	}
	cmd := gotool.Command(ctx, d.Root, append([]string{"list", "-e", "-deps", "-test", "-f", "{{with .Error}}{{.}}{{end}}"}, slices.Concat(steps, given)...)...)
	cmd.Env = append(cmd.Environ(), "GOPROXY=off")
	out, err := proc.Output(cmd)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		out = append(out, exit.Stderr...)
	}
	var missing []string
	for _, match := range lookup.FindAllSubmatch(out, -1) {
		missing = append(missing, string(match[1]))
	}
	slices.Sort(missing)
	if missing = slices.Compact(missing); len(missing) > 0 {
		return missing, nil
	}
	return nil, gotool.Said(err)
}
