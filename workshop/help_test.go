package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/shipped"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// firstStep makes a workshop whose step01-spans is the one that was shipped,
// with a test of its own, and a solution.
func firstStep(t *testing.T, test string) {
	t.Helper()
	t.Setenv(progress.Folder, t.TempDir())
	workshoptest.Repository(t, map[string]string{"step01-spans": test})
	write(t, "step01-spans/README.md", "# A step\n\n## 2. A span\n\n**Write**, at `TODO(2)`: call `Start`.\n\n<details>\n<summary>One way to write it</summary>\n\n"+
		"```go journey.go\nfunc journey() { Start() }\n```\n\n</details>\n")
	write(t, "solutions/step01-spans/journey.go", "package main\n\nfunc journey() { Start() }\n")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestHint(t *testing.T) {
	firstStep(t, workshoptest.StepThatFails)
	workshoptest.Contains(t, workshop(t, "hint"), "Hint 1 of 3 · step01-spans, section 2: A span\n", "Read  step01-spans/README.md:3", "More: go run ./workshop hint -level 2 step01-spans\n")
	workshoptest.Contains(t, workshop(t, "hint", "-level", "2"), "Hint 2 of 3", "Write, at `TODO(2)`: call `Start`.", "hint -level 3 step01-spans\n")
	last := workshop(t, "hint", "1", "-level", "3")
	workshoptest.Contains(t, last, "Hint 3 of 3", "One way to write it", "func journey() { Start() }")
	workshoptest.Lacks(t, last, "More:")
	write(t, "step01-spans/step_test.go", workshoptest.StepThatPasses)
	workshoptest.Contains(t, workshop(t, "hint"), "✓ step01-spans is solved: there is nothing to hint at.\n")
}

func TestListCommand(t *testing.T) {
	firstStep(t, workshoptest.StepThatFails)
	workshoptest.Contains(t, workshop(t, "list"), "→ step01-spans  1 of 2 checks: ✓ plan ✗ span\n")
}

// TestDiffAsks shows no solution by accident.
func TestDiffAsks(t *testing.T) {
	firstStep(t, workshoptest.StepThatFails)
	code, stdout, stderr := outcome(t, "diff")
	if code != exitUsage || strings.Contains(stdout, "Start()") {
		t.Errorf("exit code %d, stdout %q; want %d and no solution", code, stdout, exitUsage)
	}
	workshoptest.Contains(t, stderr, "step01-spans is not solved yet, and this shows a solution of it: go run ./workshop diff -yes step01-spans\n")
	workshoptest.Contains(t, workshop(t, "diff", "-yes", "step01-spans"), "+func journey() { Start() }")
	write(t, "step01-spans/step_test.go", workshoptest.StepThatPasses)
	workshoptest.Contains(t, workshop(t, "diff"), "+func journey() { Start() }")
}

func TestReset(t *testing.T) {
	firstStep(t, workshoptest.StepThatFails)
	write(t, "step01-spans/journey.go", "package mine\n")
	t.Run("nobody can be asked", func(t *testing.T) {
		code, _, stderr := outcome(t, "reset")
		if code != exitUsage {
			t.Errorf("exit code %d, want %d", code, exitUsage)
		}
		workshoptest.Contains(t, stderr, "reset: name the files, or add -all: go run ./workshop reset step01-spans ")
	})
	for name, args := range map[string][]string{
		"the step and the file": {"reset", "1", "journey.go"},
		"the file":              {"reset", "journey.go"},
		"a path":                {"reset", "step01-spans/journey.go"},
		"a step in two words":   {"reset", "step", "1", "journey.go"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(progress.Folder, t.TempDir())
			write(t, "step01-spans/journey.go", "package mine\n")
			out := workshop(t, args...)
			workshoptest.Contains(t, out, "✓ "+filepath.Join("step01-spans", "journey.go")+" is as it was shipped.\n", "Yours is kept. To get it back:\n")
			kept, _ := filepath.Glob(filepath.Join(os.Getenv(progress.Folder), "kept", "step01-spans-*", "journey.go"))
			if len(kept) != 1 || !strings.Contains(out, kept[0]) {
				t.Fatalf("kept are %q, and it says\n%s", kept, out)
			}
			expectFile(t, kept[0], "package mine\n")
			want, _ := shipped.Workshop().Text("step01-spans", "journey.go")
			expectFile(t, "step01-spans/journey.go", want)
			workshoptest.Contains(t, workshop(t, args...), "journey.go: as it was shipped. There is nothing to bring back.\n")
		})
	}
	t.Run("no cache folder", func(t *testing.T) {
		t.Setenv(progress.Folder, os.DevNull)
		write(t, "step01-spans/journey.go", "package mine\n")
		workshoptest.Contains(t, workshop(t, "reset", "journey.go"), "Yours is kept.", filepath.Join("step01-spans", "_kept-"))
	})
	t.Run("all", func(t *testing.T) {
		workshop(t, "reset", "-all")
		workshoptest.Contains(t, workshop(t, "reset"), "step01-spans is as it was shipped: there is nothing to bring back.\n")
	})
	t.Run("in the folder of the step", func(t *testing.T) {
		write(t, "step01-spans/main.go", "package mine\n")
		t.Chdir("step01-spans")
		workshoptest.Contains(t, workshop(t, "reset", "main.go"), "✓ main.go is as it was shipped.\n")
	})
	t.Run("not shipped", func(t *testing.T) {
		_, _, stderr := outcome(t, "reset", "1", "helper.go")
		workshoptest.Contains(t, stderr, "reset: step01-spans was not shipped with a file helper.go: its files are go.mod, ")
	})
}

func expectFile(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s is %q (%v), want %q", path, got, err, want)
	}
}
