package solutions

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/steptest"
)

// program is the learner's part of a step: its Go files, tests not included,
// and the other files that they write in step 5.
type program map[string]string // name of the file -> its text

// readProgram reads the program in a folder.
func readProgram(t testing.TB, folder string) program {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.go", "jaeger.yaml", "services.env", "answers.yaml"} {
		found, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	p := program{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p[filepath.Base(name)] = string(text)
	}
	return p
}

// verdict runs the test of a step, as a learner does, with p in the place of
// the learner's files. Vet looks at the solutions by themselves.
func verdict(t *testing.T, step string, p program, env ...string) *steptest.Outcome {
	t.Helper()
	o, err := steptest.Run(t.Context(), filepath.Join("..", step), env, "-vet=off", "-overlay", overlay(t, step, p))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// overlay writes p into a temporary folder, and the file that go test
// -overlay reads: it puts p in the place of what is in the step's folder.
func overlay(t testing.TB, step string, p program) string {
	t.Helper()
	folder := t.TempDir()
	target, err := filepath.Abs(filepath.Join("..", step))
	if err != nil {
		t.Fatal(err)
	}
	replace := map[string]string{}
	for name := range readProgram(t, target) {
		replace[filepath.Join(target, name)] = "" // as if it were not there
	}
	for name, text := range p {
		source := filepath.Join(folder, name)
		if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(target, name)] = source
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(path, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// edit applies the hunks of a corpus entry to one file. A hunk is a run of
// lines that begin with a space (kept), a minus (removed) or a plus (added), as
// in a diff; hunks are set apart by a line @@. What a hunk keeps and removes
// must stand in the file exactly once. A single hunk of nothing but plus lines
// is the whole file.
func edit(text, hunks string) (string, error) {
	for _, hunk := range strings.Split(strings.TrimSuffix(hunks, "\n"), "\n@@\n") {
		before, after, err := sides(hunk)
		if err != nil {
			return "", err
		}
		if before == "" {
			return after, nil
		}
		if n := occurrences(text, before); n != 1 {
			return "", fmt.Errorf("these lines stand in the file %d times instead of once:\n%s", n, before)
		}
		text = strings.TrimPrefix(strings.Replace("\n"+text, "\n"+before, "\n"+after, 1), "\n")
	}
	return text, nil
}

// occurrences counts where lines stand in text, also where they overlap.
func occurrences(text, lines string) int {
	n := 0
	for rest := text; rest != ""; {
		if strings.HasPrefix(rest, lines) {
			n++
		}
		_, rest, _ = strings.Cut(rest, "\n")
	}
	return n
}

// sides gives the lines of a hunk before and after it is applied.
func sides(hunk string) (before, after string, err error) {
	for _, line := range strings.Split(hunk, "\n") {
		mark, rest := " ", ""
		if line != "" {
			mark, rest = line[:1], line[1:]
		}
		switch mark {
		case " ":
			before += rest + "\n"
			after += rest + "\n"
		case "-":
			before += rest + "\n"
		case "+":
			after += rest + "\n"
		default:
			return "", "", fmt.Errorf("a line of a hunk begins with a space, a minus or a plus: %q", line)
		}
	}
	return before, after, nil
}
