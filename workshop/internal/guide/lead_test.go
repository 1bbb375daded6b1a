package guide

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/shipped"
	"example.com/tracing-workshop/workshop/internal/verdict"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/steptest"
)

// lead runs a guide with a test that gives outcome for each step.
func lead(t *testing.T, g *Guide, c *console.Console, outcome *steptest.Outcome) string {
	t.Helper()
	var out bytes.Buffer
	c.Writer = &out
	g.Test = func(_ context.Context, _ string, env []string, _ ...string) (*steptest.Outcome, error) {
		outcome.Verdict = strings.ReplaceAll(outcome.Verdict, "$env", strings.Join(env, " "))
		return outcome, nil
	}
	g.Vet = func(context.Context, string, ...string) (string, error) { return "", nil }
	g.Shipped = shipped.Parse(nil) // what these steps hold says nothing
	if _, err := g.Lead(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWelcome(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-spans": workshoptest.StepThatFails, "step02-exporter": workshoptest.StepThatFails})
	start := &steptest.Outcome{Checks: map[string]string{"plan": "pass"}, Section: "1", Gap: "tracing.go:11", Verdict: "There is a span.\n"}
	out := lead(t, New(workshoptest.Here(t), []string{"step01-spans", "step02-exporter"}, true), console.New(nil), start)
	workshoptest.Contains(t, out, "Welcome.", "→ step01-spans\n\n  There is a span.\n", "Next\n", "README.md:3")
}

func TestCongratulations(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-spans": workshoptest.StepThatPasses, "step02-exporter": workshoptest.StepThatPasses})
	solved := &steptest.Outcome{Passed: true, Verdict: "6 of 6 checks\n"}
	out := lead(t, New(workshoptest.Here(t), []string{"step01-spans", "step02-exporter"}, true), console.New(nil), solved)
	workshoptest.Contains(t, out, "✓ step01-spans\n✓ step02-exporter\n\nAll 2 steps are solved.", "Well done!", "  6 of 6 checks\n",
		"go run ./workshop diff step02-exporter\n", "go run ./workshop traces\n")
}

// TestPlaceOfTheVerdict prefers the line that the likely cause names to the TODO.
func TestPlaceOfTheVerdict(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-spans": workshoptest.StepThatFails})
	for _, test := range []struct{ verdict, gap, want string }{
		{"It leaves through os.Exit (\x1b[1mmain.go:33\x1b[0m). TODO(2) in journey.go:31 is the place.", "journey.go:31", "Edit  step01-spans/main.go:33\n"},
		{"TODO(2) in journey.go:31 is the place.", "journey.go:31", "Edit  step01-spans/journey.go:31  TODO(2)\n"},
		{"There is none.", "journey.go:31", "Edit  step01-spans/journey.go:31  TODO(2)\n"},
		{"There is none.", "", "Edit  step01-spans              what you wrote for this section\n"},
	} {
		outcome := &steptest.Outcome{Checks: map[string]string{"span": "fail"}, Section: "2", Gap: test.gap, Verdict: test.verdict}
		workshoptest.Contains(t, lead(t, New(workshoptest.Here(t), []string{"step01-spans"}, true), console.New(nil), outcome), test.want)
	}
}

func TestColor(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-spans": workshoptest.StepThatFails})
	outcome := &steptest.Outcome{Checks: map[string]string{"span": "fail"}, Section: "2", Verdict: "$env\n"}
	colored := console.New(nil)
	colored.Drawing = func() spans.Options { return spans.Options{Color: true, Width: 80} }
	workshoptest.Contains(t, lead(t, New(workshoptest.Here(t), []string{"step01-spans"}, true), colored, outcome), "\x1b[1mstep01-spans\x1b[0m", "TRACECHECK_COLOR=1\n")
}

// TestRecordOfBrokenProgram leaves a record for those who show verdicts, if there
// are any: the test of the step cannot, as it was never built.
func TestRecordOfBrokenProgram(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-spans": workshoptest.StepThatFails})
	t.Setenv(progress.Folder, t.TempDir())
	t.Setenv(verdict.Variable, "")
	r := workshoptest.Here(t)
	broken := &steptest.Outcome{Output: "./journey.go:25:7: undefined: attribute\n"}
	folder, err := verdict.Folder(r.Root)
	if err != nil {
		t.Fatal(err)
	}
	for _, asked := range []bool{false, true} {
		if asked {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			before := verdict.Record{Step: "step01-spans", Passed: true, Failure: &verdict.Failure{Section: 4}}
			if err := before.Write(folder); err != nil {
				t.Fatal(err)
			}
		}
		lead(t, New(r, []string{"step01-spans"}, true), console.New(nil), broken)
		record, err := verdict.Read(folder, "step01-spans")
		switch {
		case !asked && err == nil:
			t.Error("there is a record, which nobody has asked for")
		case asked && (err != nil || record.Passed || record.Failure.Section != 4 || record.Problems == nil || len(record.Problems.Lines) != 1 || !strings.HasSuffix(record.Problems.Lines[0].Place, "journey.go:25")):
			t.Errorf("got %+v, %v", record, err)
		}
	}
}

func TestFold(t *testing.T) {
	const wrong, traces, todo = "→ step\n\n  It must be.\n  ✗ It is not,\n    at all.\n\n", "  $ go run\n    (no span)\n\n", "  Likely cause: this\n  What to do:   that\n"
	for _, test := range [][3]string{
		{wrong, traces, todo},
		{wrong, traces, strings.Replace(todo, "Likely cause:", "Cause:       ", 1)},
		{"  Go cannot compile this program yet\n\n  a.go:3: no\n", "", ""},
		{"", "", ""},
	} {
		var got [3]string
		got[0], got[1], got[2] = Fold(test[0] + test[1] + test[2])
		if got != test {
			t.Errorf("got %q, want %q", got, test)
		}
	}
}
