package guide

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/shipped"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
	"example.com/tracing-workshop/workshop/steptest"
)

var threeSteps = []string{"step01-a", "step02-b", "step03-c"}

// learner is at a workshop of three steps. A step passes if its a.go is "right".
type learner struct {
	*Guide
	asked []string // the steps that were checked
}

func newLearner(t *testing.T) *learner {
	t.Helper()
	t.Setenv(progress.Folder, t.TempDir())
	workshoptest.Repository(t, map[string]string{"step01-a": "package main\n", "step02-b": "package main\n", "step03-c": "package main\n"})
	for _, step := range threeSteps {
		saveFile(t, step, "shipped\n")
	}
	return comesBack(t)
}

// comesBack is the same one later: what is remembered is all that there is.
func comesBack(t *testing.T) *learner {
	t.Helper()
	l := &learner{Guide: New(workshoptest.Here(t), threeSteps, true)}
	l.Shipped = shipped.Parse([]byte("-- step01-a/a.go --\nshipped\n-- step02-b/a.go --\nshipped\n-- step03-c/a.go --\nshipped\n"))
	l.Vet = func(context.Context, string, ...string) (string, error) { return "", nil }
	l.Test = func(_ context.Context, folder string, _ []string, _ ...string) (*steptest.Outcome, error) {
		l.asked = append(l.asked, filepath.Base(folder))
		text, err := os.ReadFile(filepath.Join(folder, "a.go"))
		if string(text) == "right\n" {
			return &steptest.Outcome{Passed: true, Checks: map[string]string{"x": "pass"}, Verdict: "1 of 1\n"}, err
		}
		return &steptest.Outcome{Checks: map[string]string{"x": "fail"}, Section: "1", Verdict: "not yet\n"}, err
	}
	return l
}

func saveFile(t *testing.T, step, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(step, "a.go"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// editedIn has a step edited when some time has gone by.
func editedIn(t *testing.T, step string, d time.Duration) {
	t.Helper()
	at := time.Now().Add(d)
	if err := os.Chtimes(filepath.Join(step, "a.go"), at, at); err != nil {
		t.Fatal(err)
	}
}

// goesOn runs the command without an argument, and gives what it says, and the
// steps that it has checked.
func goesOn(t *testing.T) (out string, checked []string) {
	t.Helper()
	l := comesBack(t)
	var b bytes.Buffer
	if _, err := l.Lead(t.Context(), console.New(&b)); err != nil {
		t.Fatal(err)
	}
	return b.String(), l.asked
}

// checksOne is check with an argument.
func checksOne(t *testing.T, step string) (out string) {
	t.Helper()
	l := comesBack(t)
	l.Steps, l.All = []string{step}, false
	var b bytes.Buffer
	if _, err := l.Lead(t.Context(), console.New(&b)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func expectChecked(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("checked are %q, want %q", got, want)
	}
}

// TestInOrder leads somebody from the first step to the last.
func TestInOrder(t *testing.T) {
	newLearner(t)
	out, checked := goesOn(t)
	expectChecked(t, checked, "step01-a")
	workshoptest.Contains(t, out, "Welcome.", "→ step01-a")

	saveFile(t, "step01-a", "right\n")
	out, checked = goesOn(t)
	expectChecked(t, checked, "step01-a", "step02-b")
	workshoptest.Contains(t, out, "✓ step01-a\n→ step02-b")
	workshoptest.Lacks(t, out, "Welcome", "Not solved yet")

	saveFile(t, "step02-b", "right\n")
	_, checked = goesOn(t)
	expectChecked(t, checked, "step02-b", "step03-c")
	saveFile(t, "step03-c", "right\n")
	out, checked = goesOn(t)
	expectChecked(t, checked, "step03-c")
	workshoptest.Contains(t, out, "✓ step03-c\n\nAll 3 steps are solved.", "Well done!")
	workshoptest.Lacks(t, out, "Not solved yet")
}

// TestFromTheMiddle begins with step 2, and is not sent back to step 1.
func TestFromTheMiddle(t *testing.T) {
	newLearner(t)
	workshoptest.Contains(t, checksOne(t, "step02-b"), "→ step02-b", "check step02-b")
	_, checked := goesOn(t)
	expectChecked(t, checked, "step02-b")

	saveFile(t, "step02-b", "right\n")
	workshoptest.Contains(t, checksOne(t, "step02-b"), "✓ step02-b\n", "Next\n  Read  step03-c/README.md", "  Run   go run ./workshop check step03-c")
	if l := comesBack(t); l.At() != "step02-b" || l.Start() != "step03-c" {
		t.Errorf("the step at hand is %s, and the one to go on at %s", l.At(), l.Start())
	}
	out, checked := goesOn(t)
	expectChecked(t, checked, "step03-c")
	workshoptest.Lacks(t, out, "step01", "Welcome")

	saveFile(t, "step03-c", "right\n")
	out, checked = goesOn(t)
	expectChecked(t, checked, "step03-c")
	workshoptest.Contains(t, out, "step03-c is solved.", "Not solved yet: step01-a. Begin with: go run ./workshop check step01-a\n")
	workshoptest.Contains(t, checksOne(t, "step03-c"), "Not solved yet: step01-a.")
}

// TestNothingIsRemembered goes by what was edited, and checks at the end what
// nobody has checked here.
func TestNothingIsRemembered(t *testing.T) {
	newLearner(t)
	saveFile(t, "step01-a", "right\n")
	saveFile(t, "step02-b", "mine\n")
	_, checked := goesOn(t)
	expectChecked(t, checked, "step02-b")
	saveFile(t, "step02-b", "right\n")
	saveFile(t, "step03-c", "right\n")
	editedIn(t, "step03-c", time.Hour)
	out, checked := goesOn(t)
	expectChecked(t, checked, "step03-c", "step01-a", "step02-b")
	workshoptest.Contains(t, out, "All 3 steps are solved.")
}

// TestEditedSince goes on at a step that was edited after another one was used
// here, as somebody does who types go test.
func TestEditedSince(t *testing.T) {
	l := newLearner(t)
	saveFile(t, "step01-a", "mine\n")
	l.Use("step02-b")
	if at := l.Start(); at != "step02-b" {
		t.Errorf("it goes on at %s", at)
	}
	editedIn(t, "step01-a", time.Hour)
	if at := l.Start(); at != "step01-a" {
		t.Errorf("it goes on at %s", at)
	}
}

func TestList(t *testing.T) {
	newLearner(t)
	saveFile(t, "step01-a", "right\n")
	saveFile(t, "step02-b", "mine\n")
	write := "package main\n\nvar checks = []struct{ Name string }{{Name: \"first\"}, {Name: \"x\"}}\n"
	for _, step := range threeSteps {
		if err := os.WriteFile(filepath.Join(step, "step_test.go"), []byte(write), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l := comesBack(t)
	var b bytes.Buffer
	if err := l.List(t.Context(), console.New(&b), "step02-b", false); err != nil {
		t.Fatal(err)
	}
	expectChecked(t, l.asked)
	workshoptest.Contains(t, b.String(), "  step01-a  not checked as it is now: first, x\n", "→ step02-b  not checked", "  step03-c  not begun, 2 checks\n")
	b.Reset()
	if err := l.List(t.Context(), console.New(&b), "step02-b", true); err != nil {
		t.Fatal(err)
	}
	expectChecked(t, l.asked, "step01-a", "step02-b")
	workshoptest.Contains(t, b.String(), "✓ step01-a  all 2 checks\n", "→ step02-b  0 of 2 checks: · first ✗ x\n", "  step03-c  not begun, 2 checks\n")
}

// TestHintWhileItDoesNotCompile is about the gap of the last verdict.
func TestHintWhileItDoesNotCompile(t *testing.T) {
	l := newLearner(t)
	lesson := "## 1. One\n\n**Write** a.\n\n<details>\n<summary>A way</summary>\n</details>\n\n## 2. Two\n\n**Write** b.\n"
	if err := os.WriteFile("step01-a/README.md", []byte(lesson), 0o600); err != nil {
		t.Fatal(err)
	}
	saveFile(t, "step01-a", "package main\n\n// TODO(1): this\n// TODO(2): that\n")
	expect := func(want int) {
		t.Helper()
		if h, err := l.Hint(Report{Step: "step01-a"}); err != nil || h.Section != want {
			t.Errorf("the hint is %+v, %v; want section %d", h, err, want)
		}
	}
	expect(1)
	l.note(Report{Step: "step01-a", Section: "2"}, "earlier")
	l.note(Report{Step: "step01-a"}, "now")
	expect(2)
	if h, err := l.Hint(Report{Step: "step01-a", Passed: true}); h != nil || err != nil {
		t.Errorf("a step that is solved has the hint %+v, %v", h, err)
	}
}

func TestDiff(t *testing.T) {
	l := newLearner(t)
	for name, text := range map[string]string{
		"solutions/step01-a/a.go": "one\ntwo\n", "solutions/step01-a/b.go": "new\n", "solutions/step01-a/proof_test.go": "proof\n",
		"step01-a/a.go": "one\r\nmine\r\n", "step01-a/helper.go": "helper\n", "step01-a/step_test.go": "test\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := l.TellDiff(console.New(&b), "step01-a"); err != nil {
		t.Fatal(err)
	}
	workshoptest.Contains(t, b.String(), "step01-a/a.go\n     one\n    -mine\n    +two\n", "step01-a/b.go\n    +new\n", "step01-a/helper.go is yours alone.")
	workshoptest.Lacks(t, b.String(), "proof", "test", "go.mod", "no difference")
	if err := l.TellDiff(console.New(&b), "step02-b"); err == nil || !strings.Contains(err.Error(), "the solution of step02-b cannot be read") {
		t.Errorf("without a solution the error is %v", err)
	}
}

func TestChoice(t *testing.T) {
	names := []string{"a.go", "b.go"}
	for answer, want := range map[string][]string{"1": {"a.go"}, "2": {"b.go"}, "a": names, "ALL": names, "": nil, "0": nil, "3": nil, "x": nil} {
		if got := Choice(names, answer); !slices.Equal(got, want) {
			t.Errorf("%q chooses %q, want %q", answer, got, want)
		}
	}
}
