package main

import (
	"bytes"
	"testing"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

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
