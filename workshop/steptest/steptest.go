// Package steptest runs a step's own test with the go command, as a learner
// does, and reads the verdict.
package steptest

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// Outcome is what the test of a step said.
type Outcome struct {
	Passed  bool
	Verdict string            // the text of the verdict, without what go test puts around it
	Output  string            // all that go test printed, compiler errors included
	Checks  map[string]string // name of the check -> pass, fail or pending
	Failing string            // name of the check that failed
	Cause   string            // name of the likely cause; "unknown" if there is none
	Section string            // number of the section that explains it
	Skipped string            // what a test said that was skipped, the last one
	Gap     string            // place of that section's TODO, as journey.go:31, if it is still open
}

// Run runs go test, with more arguments if there are any, in the folder of a
// step. A test that fails is an outcome; an error means that it could not be
// run at all.
func Run(ctx context.Context, folder string, env []string, args ...string) (*Outcome, error) {
	cmd, tidy, err := goCommand(ctx, folder, env, append([]string{"test", "-json"}, append(args, ".")...))
	if err != nil {
		return nil, err
	}
	defer tidy()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = proc.Run(cmd)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, fmt.Errorf("cannot run go test in %s: %w", folder, err)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	o := read(&stdout)
	o.Passed = err == nil
	o.Output += stderr.String()
	return o, nil
}

// goCommand prepares a go command in the folder of a step. It builds in a folder
// of its own, since it can leave files behind when it is interrupted; tidy
// removes that.
func goCommand(ctx context.Context, folder string, env, args []string) (cmd *exec.Cmd, tidy func(), err error) {
	work, err := os.MkdirTemp("", "workshop-")
	if err != nil {
		return nil, nil, fmt.Errorf("cannot run the go command: %w", err)
	}
	cmd = proc.Command(ctx, "go", args...)
	cmd.Dir = folder
	cmd.Env = append(append(os.Environ(), "GOTMPDIR="+work), env...)
	return cmd, func() { _ = os.RemoveAll(work) }, nil
}

// event is a line of go test -json (go doc test2json).
type event struct {
	Action, Test, Output string
	Key, Value           string // of an attribute
}

func read(stdout io.Reader) *Outcome {
	o := &Outcome{Checks: map[string]string{}}
	for lines := bufio.NewReader(stdout); ; {
		line, err := lines.ReadString('\n')
		var e event
		if json.Unmarshal([]byte(line), &e) != nil {
			o.Output += line
		} else {
			o.add(e)
		}
		if err != nil {
			return o
		}
	}
}

func (o *Outcome) add(e event) {
	o.Output += e.Output
	text, indented := strings.CutPrefix(e.Output, "    ")
	if e.Action == "output" && e.Test != "" && (indented || e.Output == "\n") {
		o.Verdict += text
	}
	if e.Action == "skip" && e.Test != "" {
		o.Skipped = cmp.Or(strings.TrimSpace(o.Verdict), e.Test)
	}
	switch e.Key {
	case "tracecheck.check":
		name, outcome, _ := strings.Cut(e.Value, " ")
		o.Checks[name] = outcome
		if outcome == "fail" {
			o.Failing = name
		}
	case "tracecheck.cause":
		o.Cause = e.Value
	case "tracecheck.section":
		o.Section = e.Value
	case "tracecheck.gap":
		o.Gap = e.Value
	}
}
