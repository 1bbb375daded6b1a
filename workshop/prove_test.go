package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/proof"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// proving runs prove, with these results in the place of go test.
func proving(t *testing.T, results ...proof.Result) (shown, log string, err error) {
	t.Helper()
	t.Setenv("CI", "")
	var out bytes.Buffer
	p := newProver(console.New(&out), workshoptest.Here(t), proof.Plan{Single: true})
	p.log = filepath.Join(t.TempDir(), "new", "prove.log")
	p.run = func(_ context.Context, o proof.Options) error {
		for _, r := range results {
			o.Begun(r)
			o.Report(r)
		}
		return nil
	}
	err = p.prove(t.Context())
	text, _ := os.ReadFile(p.log)
	return out.String(), string(text), err
}

func TestProveShowsWhatFailed(t *testing.T) {
	var verdict strings.Builder
	for i := range 30 {
		fmt.Fprintf(&verdict, "    line %d\n\n", i)
	}
	shown, log, err := proving(t,
		proof.Result{Package: "solutions/step01-spans", Test: "TestProof/mistakes/x", Outcome: proof.Failed, Output: verdict.String(), Took: time.Minute},
		proof.Result{Package: "solutions/step01-spans", Test: "TestProof/starter", Outcome: proof.Passed},
		proof.Result{Package: "workshop", Test: "TestY", Outcome: proof.Skipped, Output: "    y_test.go:3: it is Sunday\n"},
	)
	if !errors.Is(err, errNotProved) {
		t.Errorf("prove gives %v, want %v", err, errNotProved)
	}
	workshoptest.Contains(t, shown,
		"step01-spans mistakes/x took 1 min 0 s\n",
		"\n✗ step01-spans mistakes/x\n  line 0\n  line 1\n", "  line 9\n",
		"\n- workshop TestY was skipped: it is Sunday",
		"\n1 passed, 1 failed, 1 skipped\n")
	workshoptest.Lacks(t, shown, "line 10", "starter")
	workshoptest.Contains(t, log, "=== step01-spans mistakes/x, after 1m0s\n", "line 29\n")
}

func TestProveShowsTenFailures(t *testing.T) {
	var results []proof.Result
	for i := range 13 {
		results = append(results, proof.Result{Package: "workshop", Test: fmt.Sprintf("Test%d", i), Outcome: proof.Failed, Output: "why\n"})
	}
	shown, log, _ := proving(t, results...)
	workshoptest.Contains(t, shown, "✗ workshop Test9\n  why\n\n✗ and 3 more\n", "\n0 passed, 13 failed, 0 skipped\n")
	workshoptest.Contains(t, log, "=== workshop Test12,")
}

func TestProveOfNothing(t *testing.T) {
	shown, _, err := proving(t)
	if err == nil || !strings.Contains(err.Error(), "nothing was proved") {
		t.Errorf("prove gives %v, and says %q; want that nothing was proved", err, shown)
	}
}

func TestProvesWords(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no such case":        {[]string{"prove", "-case", "no-such"}, `prove: there is no case "no-such"`},
		"a typo":              {[]string{"prove", "step03", "-case", "no-propagatr"}, `prove: there is no case "no-propagatr": did you mean -case no-propagator?`},
		"not of that step":    {[]string{"prove", "-case", "no-propagator", "step01"}, `prove: there is no case "no-propagator"`},
		"a case of each step": {[]string{"prove", "-case", "solution"}, `all have a case "solution": add the step, as in go run ./workshop prove step01-spans -case solution`},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), c.args, &stdout, &stderr); code != exitUsage {
				t.Errorf("exit code %d, want %d", code, exitUsage)
			}
			workshoptest.Contains(t, stderr.String(), c.want)
		})
	}
}

// TestProveReal proves one mistake with the real go test.
func TestProveReal(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a step")
	}
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"prove", "-case", "starter", "step01"}, &stdout, &stderr)
	if code != exitOK {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
	workshoptest.Contains(t, stdout.String(), "1 proof to go\n", "1 passed, 0 failed, 0 skipped\n")
}
