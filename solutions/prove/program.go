package prove

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/steptest"
)

// Program is the learner's part of a step: its Go files, tests not included,
// and the other files that they write in step 5.
type Program map[string]string // name of the file -> its text

// Starter reads the program of a step as it is shipped: all of its Go files, and
// those of the others that its solution has, too. The rest is given, and not the
// learner's. Where a solution has no Go file, they are given as well.
func Starter(t testing.TB, step string) Program {
	t.Helper()
	p, solution := read(t, filepath.Join(root(t), step)), Solution(t, step)
	writesGo := false
	for name := range solution {
		writesGo = writesGo || isGo(name)
	}
	maps.DeleteFunc(p, func(name, _ string) bool {
		_, solved := solution[name]
		return !solved && !(isGo(name) && writesGo)
	})
	return p
}

func isGo(name string) bool { return strings.HasSuffix(name, ".go") }

// Solution reads the solution of a step.
func Solution(t testing.TB, step string) Program {
	t.Helper()
	return read(t, filepath.Join(root(t), "solutions", step))
}

// Steps gives the names of the steps that have a solution, in their order.
func Steps(t testing.TB) []string {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(root(t), "solutions", "step[0-9][0-9]-*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no solutions found (%v)", err)
	}
	for i, folder := range folders {
		folders[i] = filepath.Base(folder)
	}
	return folders
}

// root is the folder of the workshop, which holds go.work.
func root(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for !exists(filepath.Join(folder, "go.work")) {
		if filepath.Dir(folder) == folder {
			t.Fatal("these tests run in the workshop's repository, whose root has a go.work")
		}
		folder = filepath.Dir(folder)
	}
	return folder
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func read(t testing.TB, folder string) Program {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.go", "*.yaml", "*.env"} {
		found, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	p := Program{}
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

// Verdict runs the test of a step, as a learner does, with p in the place of
// the learner's files. Vet looks at the solutions by themselves.
func Verdict(t testing.TB, step string, p Program, env ...string) *steptest.Outcome {
	t.Helper()
	return GoTest(t, step, p, env, "-vet=off")
}

// GoTest runs go test with these arguments in a step, with p in the place of
// the learner's files.
func GoTest(t testing.TB, step string, p Program, env []string, args ...string) *steptest.Outcome {
	t.Helper()
	args = append(args, "-overlay", Overlay(t, step, p))
	env = append([]string{"TRACECHECK_RECORD=off"}, env...) // these are not the learner's programs
	env = append(env, "TRACECHECK_SHUFFLE=1")               // no verdict depends on the order of the causes
	o, err := steptest.Run(t.Context(), filepath.Join(root(t), step), env, args...)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Overlay writes p into a temporary folder, and the file that the go command's
// -overlay reads: it puts p in the place of what is in the step's folder.
func Overlay(t testing.TB, step string, p Program) (file string) {
	t.Helper()
	folder, target := t.TempDir(), filepath.Join(root(t), step)
	replace := map[string]string{}
	for name := range Starter(t, step) {
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
	file = filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(file, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
