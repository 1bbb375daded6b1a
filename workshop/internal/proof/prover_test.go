package proof

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
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// proving runs prove, with these results in the place of go test.
func proving(t *testing.T, results ...Result) (shown, log string, err error) {
	t.Helper()
	t.Setenv("CI", "")
	var out bytes.Buffer
	p := NewProver(console.New(&out), workshoptest.Here(t), Plan{Single: true})
	p.log = filepath.Join(t.TempDir(), "new", "prove.log")
	p.run = func(_ context.Context, o Options) error {
		for _, r := range results {
			o.Begun(r)
			o.Report(r)
		}
		return nil
	}
	err = p.Prove(t.Context())
	text, _ := os.ReadFile(p.log)
	return out.String(), string(text), err
}

func TestProveShowsWhatFailed(t *testing.T) {
	var verdict strings.Builder
	for i := range 30 {
		fmt.Fprintf(&verdict, "    line %d\n\n", i)
	}
	shown, log, err := proving(t,
		Result{Package: "solutions/step01-spans", Test: "TestProof/mistakes/x", Outcome: Failed, Output: verdict.String(), Took: time.Minute},
		Result{Package: "solutions/step01-spans", Test: "TestProof/starter", Outcome: Passed},
		Result{Package: "workshop", Test: "TestY", Outcome: Skipped, Output: "    y_test.go:3: it is Sunday\n"},
	)
	if !errors.Is(err, ErrNotProved) {
		t.Errorf("prove gives %v, want %v", err, ErrNotProved)
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
	var results []Result
	for i := range 13 {
		results = append(results, Result{Package: "workshop", Test: fmt.Sprintf("Test%d", i), Outcome: Failed, Output: "why\n"})
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
