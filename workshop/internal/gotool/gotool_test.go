package gotool

import "testing"

func TestProblem(t *testing.T) {
	for output, want := range map[string]string{
		"":                                "",
		"go: downloading x v1.0.0\n# x\n": "",
		"go: downloading x v1.0.0\ngo: cannot find main module; see 'go help'\n":       "cannot find main module; see 'go help'",
		"go: errors parsing go.work:\ngo.work:3: unknown directive: us\n":              "errors parsing go.work: go.work:3: unknown directive: us",
		"go: updates to go.mod needed; to update it:\n\tgo mod tidy\nFAIL x [setup]\n": "updates to go.mod needed; to update it: go mod tidy",
		"go: nothing more:": "nothing more:",
	} {
		if got := Problem(output); got != want {
			t.Errorf("in %q the problem is %q, want %q", output, got, want)
		}
	}
}
