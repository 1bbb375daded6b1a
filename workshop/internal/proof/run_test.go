package proof

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// workshop writes a small one: a step with one mistake and one other right
// answer, two documents, and a package of tests.
func workshop(t *testing.T, tests string) Plan {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":                              "module example.com/tracing-workshop\n\ngo 1.26\n",
		"README.md":                           "",
		"docs/a.md":                           "",
		"solutions/mistakes/step01-x/m.txtar": "",
		"solutions/alternatives/step01-x/a.txtar": "",
		"solutions/step01-x/proof_test.go": `package x

import "testing"

func TestProof(t *testing.T) {
	for _, name := range []string{"solution", "solution without go.work", "starter", "mistakes/m", "alternatives/a"} {
		t.Run(name, func(t *testing.T) { t.Parallel() })
	}
}
`,
		"workshop/internal/lesson/lesson_test.go": `package lesson

import "testing"

func TestDocuments(t *testing.T) {
	t.Run("README.md", func(t *testing.T) { t.Error("it is not so") })
	t.Run("docs/a.md", func(t *testing.T) {})
}
`,
		"workshop/some_test.go": "package workshop\n\nimport \"testing\"\n\n" + tests,
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return All(root)
}

// proved runs a plan, and gives a line for each proof, in order.
func proved(t *testing.T, p Plan, o Options) (lines []string, err error) {
	t.Helper()
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "-mod=mod")
	begun := map[string]bool{}
	o.Begun = func(r Result) { begun[r.Package+r.Test] = true }
	o.Report = func(r Result) {
		line := strings.TrimSpace(r.Package + " " + r.Test + ": " + string(r.Outcome))
		if r.Outcome != Passed {
			words := strings.Fields(strings.ReplaceAll(r.Output, "\n", " "))
			line += ": " + strings.Join(words[:min(len(words), 12)], " ")
		}
		if r.Outcome == Skipped {
			line += " (" + r.Reason() + ")"
		}
		if r.Test != "" && !begun[r.Package+r.Test] && r.Test != "TestProof" {
			t.Errorf("%s %s ends, and has not begun", r.Package, r.Test)
		}
		lines = append(lines, line)
	}
	err = p.Run(t.Context(), o)
	slices.Sort(lines)
	return lines, err
}

func check(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

const someTests = "\nconst text = `\nfunc TestInText(t *testing.T) {}\n`\n" + `
func TestGood(t *testing.T) {
	t.Run("part", func(t *testing.T) {})
}

func TestBad(t *testing.T) {
	t.Error("zero is not one")
	t.Run("part", func(t *testing.T) {
		t.Run("of it", func(t *testing.T) { t.Error("one is not two") })
	})
}

func TestNot(t *testing.T) { t.Skip("it is Sunday") }
`

func TestRunAll(t *testing.T) {
	p := workshop(t, someTests)
	lines, err := proved(t, p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, lines,
		"solutions/step01-x TestProof/alternatives/a: pass",
		"solutions/step01-x TestProof/mistakes/m: pass",
		"solutions/step01-x TestProof/solution: pass",
		"solutions/step01-x TestProof/solution_without_go.work: pass",
		"solutions/step01-x TestProof/starter: pass",
		"workshop TestBad: fail: some_test.go:15: zero is not one part/of_it: some_test.go:17: one is not two",
		"workshop TestGood: pass",
		"workshop TestNot: skip: some_test.go:21: it is Sunday (it is Sunday)",
		"workshop/internal/lesson TestDocuments/README.md: fail: lesson_test.go:6: it is not so",
		"workshop/internal/lesson TestDocuments/docs/a.md: pass",
	)
	if n, err := p.Count(t.Context()); n != len(lines) || err != nil {
		t.Errorf("Count gives %d, %v; want %d", n, err, len(lines))
	}
}

func TestRunPart(t *testing.T) {
	p := workshop(t, someTests)
	for name, c := range map[string]struct {
		plan Plan
		want []string
	}{
		"a step": {Steps(p.root, "step01-x"), []string{
			"solutions/step01-x TestProof/alternatives/a: pass",
			"solutions/step01-x TestProof/mistakes/m: pass",
			"solutions/step01-x TestProof/solution: pass",
			"solutions/step01-x TestProof/solution_without_go.work: pass",
			"solutions/step01-x TestProof/starter: pass",
		}},
		"a mistake":    {Case(p.root, "step01-x", "m"), []string{"solutions/step01-x TestProof/mistakes/m: pass"}},
		"the starter":  {Case(p.root, "step01-x", "starter"), []string{"solutions/step01-x TestProof/starter: pass"}},
		"the solution": {Case(p.root, "step01-x", "solution"), []string{"solutions/step01-x TestProof/solution: pass"}},
	} {
		t.Run(name, func(t *testing.T) {
			lines, err := proved(t, c.plan, Options{})
			if err != nil {
				t.Fatal(err)
			}
			check(t, lines, c.want...)
		})
	}
}

// TestWhatCannotRun has packages that do not compile, or die.
func TestWhatCannotRun(t *testing.T) {
	for name, c := range map[string]struct{ tests, want string }{
		"it does not compile": {"func TestX(t *testing.T) { nothing() }", "workshop : fail: # example.com/tracing-workshop/workshop [example.com/tracing-workshop/workshop.test] workshop/some_test.go:5:28: undefined: nothing"},
		"it dies":             {"import \"os\"\n\nfunc TestX(t *testing.T) { println(\"a last word\"); os.Exit(3) }", "workshop : fail: TestX did not end. a last word"},
	} {
		t.Run(name, func(t *testing.T) {
			p := workshop(t, c.tests)
			p.Packages = []string{"./workshop"}
			lines, err := proved(t, p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			check(t, lines, c.want)
		})
	}
}

// TestRunHangs ends what hangs, and shows no stacks.
func TestRunHangs(t *testing.T) {
	p := workshop(t, "import \"time\"\n\nfunc TestHangs(t *testing.T) { time.Sleep(time.Hour) }")
	p.Packages = []string{"./workshop"}
	// On a busy machine it takes a while until the test is at work at all.
	for patience := 3 * time.Second; ; patience *= 3 {
		lines, err := proved(t, p, Options{Patience: patience})
		if len(lines) > 0 {
			t.Fatalf("what was ended counts as failed:\n%s", strings.Join(lines, "\n"))
		}
		want := fmt.Sprintf("nothing has happened for %v; at work: ", patience)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("Run gives %v; want that nothing happened", err)
		}
		if strings.Contains(err.Error(), want+"example.com/tracing-workshop/workshop TestHangs") {
			return
		}
		if patience > time.Minute {
			t.Fatalf("Run gives %v; want who is at work", err)
		}
	}
}

func TestRunStopped(t *testing.T) {
	p := workshop(t, "import \"time\"\n\nfunc TestHangs(t *testing.T) { time.Sleep(time.Hour) }")
	p.Packages = []string{"./workshop"}
	t.Setenv("GOWORK", "off")
	ctx, cancel := context.WithCancel(t.Context())
	err := p.Run(ctx, Options{
		Begun:  func(Result) { cancel() },
		Report: func(r Result) { t.Errorf("what was stopped counts: %+v", r) },
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Run gives %v, want %v", err, context.Canceled)
	}
}

// TestRealPlans holds what the plans say of the real workshop to its files.
func TestRealPlans(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	steps, err := filepath.Glob(filepath.Join(root, "step[0-9][0-9]-*"))
	if err != nil || len(steps) == 0 {
		t.Fatalf("no steps (%v)", err)
	}
	sum := 0
	for _, folder := range steps {
		step := filepath.Base(folder)
		cases, err := Cases(root, step)
		if err != nil || len(cases) < 10 {
			t.Errorf("%s has the cases %v (%v)", step, cases, err)
		}
		n, err := Steps(root, step).Count(t.Context())
		if want := len(cases) + 2; n != want || err != nil { // the solution without go.work, and the lesson
			t.Errorf("%s has %d proofs (%v), want %d", step, n, err, want)
		}
		sum += n
		if got, want := Steps(root, step).Jaeger, step == "step05-jaeger"; got != want {
			t.Errorf("%s needs a Jaeger: %v", step, got)
		}
	}
	if n, err := All(root).Count(t.Context()); n <= sum || err != nil {
		t.Errorf("all has %d proofs (%v), want more than %d", n, err, sum)
	}
}

// TestFetchWithoutNetwork says what cannot be had.
func TestFetchWithoutNetwork(t *testing.T) {
	p := workshop(t, "import _ \"example.com/nowhere\"\n")
	for name, value := range map[string]string{"GOWORK": "off", "GOFLAGS": "-mod=mod", "GOPROXY": "off"} {
		t.Setenv(name, value)
	}
	if err := p.Fetch(t.Context()); err == nil || !strings.Contains(err.Error(), "example.com/nowhere") {
		t.Errorf("Fetch gives %v; want what is missing", err)
	}
}

// TestProofsOfAPart counts solution and starter once for each test of the part.
func TestProofsOfAPart(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"step05-x/production/a_test.go":                      "package production\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {}\n\nfunc TestB(t *testing.T) {}\n",
		"solutions/mistakes/step05-x/production/m.txtar":     "",
		"solutions/alternatives/step05-x/production/a.txtar": "",
		"solutions/alternatives/step05-x/not-of-it.txtar":    "",
		"solutions/step05-x/production/proof_test.go":        "",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := All(root).proofsOfStep(filepath.Join(root, "solutions", "step05-x", "production")); got != 2+2*2 {
		t.Errorf("%d proofs; want one mistake, one right answer, and two of each of two tests", got)
	}
}
