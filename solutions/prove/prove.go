// Package prove proves a step of the workshop, by the step's own test. The go
// command runs it as a learner does, and -overlay puts other files in the place
// of the learner's: the solution, the starter as it is shipped, mistakes, and
// other right answers.
package prove

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/steptest"
)

// Step proves a step:
//
//   - its solution passes, in the workspace and as a module of its own;
//   - its starter fails at the first gap, and the verdict says where that is;
//   - each mistake of the corpus fails, at the check and with the cause that
//     the entry names, and without a gap if the entry says that none is open;
//   - each other right answer passes.
//
// It runs in the folder of the solution alone.
func Step(t *testing.T, step string) {
	atHome(t, step)
	t.Run("solution", func(t *testing.T) {
		t.Parallel()
		passes(t, step, Solution(t, step))
	})
	t.Run("solution without go.work", func(t *testing.T) {
		t.Parallel()
		passes(t, step, Solution(t, step), "GOWORK=off")
	})
	t.Run("starter", func(t *testing.T) {
		t.Parallel()
		failsHelpfully(t, step)
	})
	for _, e := range Corpus(t, "mistakes", step) {
		t.Run("mistakes/"+e.Name, func(t *testing.T) {
			t.Parallel()
			isNamed(t, step, e)
		})
	}
	for _, e := range Corpus(t, "alternatives", step) {
		t.Run("alternatives/"+e.Name, func(t *testing.T) {
			t.Parallel()
			passes(t, step, e.Program)
		})
	}
}

// atHome ends a proof in any folder but that of the solution: in the step's, it
// would run the test of the step, and that the proof again.
func atHome(t *testing.T, step string) {
	t.Helper()
	if folder, err := os.Getwd(); err != nil || !strings.HasSuffix(filepath.ToSlash(folder), "/solutions/"+step) {
		t.Fatalf("this test proves the workshop, and belongs into solutions/%s: remove it from here", step)
	}
}

func passes(t *testing.T, step string, p Program, env ...string) {
	t.Helper()
	pass(t, Verdict(t, step, p, env...))
}

// pass holds an outcome to be that of a right answer.
func pass(t *testing.T, o *steptest.Outcome) {
	t.Helper()
	if !o.Passed {
		t.Errorf("a right answer fails:\n%s", o.Output)
	}
}

func failsHelpfully(t *testing.T, step string) {
	t.Helper()
	failHelpfully(t, Verdict(t, step, Starter(t, step)))
}

// failHelpfully holds an outcome to be that of a program with gaps.
func failHelpfully(t *testing.T, o *steptest.Outcome) {
	t.Helper()
	switch {
	case o.Passed:
		t.Error("the starter passes: there is nothing to learn")
	case o.Cause == "" || o.Cause == "unknown":
		t.Errorf("no cause is named:\n%s", o.Output)
	case o.Gap == "":
		t.Errorf("the first gap is not named:\n%s", o.Output)
	}
}

func isNamed(t *testing.T, step string, e Entry) {
	t.Helper()
	folder := t.TempDir()
	o := Verdict(t, step, e.Program, "TRACECHECK_RECORD="+folder)
	if o.Failing != "" {
		isRecorded(t, filepath.Join(folder, step+".json"), o)
	}
	named(t, e, o)
}

// named holds an outcome to be that of a mistake. Where it depends on the machine
// which check fails, the entry names each of them: one or another.
func named(t *testing.T, e Entry, o *steptest.Outcome) {
	t.Helper()
	switch {
	case o.Passed:
		t.Error("the mistake passes every check: the edit may change nothing that can be seen from outside, or a check is missing")
	case o.Failing == "":
		t.Errorf("no check fails, because the test of the step did not get that far:\n%s", o.Output)
	case o.Cause != e.Field("cause"):
		t.Errorf("the cause is called %q; want %q:\n%s", o.Cause, e.Field("cause"), o.Verdict)
	case !slices.Contains(strings.Split(e.Field("check"), " or "), o.Failing):
		t.Errorf("check %q fails; want %s:\n%s", o.Failing, e.Field("check"), o.Verdict)
	case e.Field("gap") == "none" && o.Gap != "":
		t.Errorf("the gap at %s is filled, and the verdict names it as the place:\n%s", o.Gap, o.Verdict)
	}
}

// isRecorded holds the record of a verdict against what the verdict told.
func isRecorded(t *testing.T, file string, o *steptest.Outcome) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var record struct{ Failure struct{ Check, Cause string } }
	if err := json.Unmarshal(content, &record); err != nil {
		t.Fatal(err)
	}
	if cause := cmp.Or(record.Failure.Cause, "unknown"); record.Failure.Check != o.Failing || cause != o.Cause {
		t.Errorf("the record says %s by %s; want %s by %s", record.Failure.Check, cause, o.Failing, o.Cause)
	}
}

// NeedJaeger ends the test at once on a machine that has no Jaeger, and says
// what to type. To build it takes minutes, in which go test would give up.
func NeedJaeger(t *testing.T) {
	t.Helper()
	if err := steptest.Jaeger(root(t)); err != nil {
		t.Fatal(err)
	}
}
