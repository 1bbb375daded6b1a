// Package solutions proves the workshop: with the step's own tests, run by the
// go command as a learner runs them, and with other files in the place of the
// learner's.
package solutions

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"example.com/tracing-workshop/workshop/tracecheck"
)

// steps gives the names of the steps that have a solution here.
func steps(t testing.TB) []string {
	t.Helper()
	folders, err := filepath.Glob("step[0-9][0-9]-*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no solutions found (%v)", err)
	}
	return folders
}

// forEachStep runs a subtest for each step, several at a time.
func forEachStep(t *testing.T, test func(t *testing.T, step string)) {
	for _, step := range steps(t) {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			test(t, step)
		})
	}
}

func TestSolutionsPass(t *testing.T) {
	forEachStep(t, func(t *testing.T, step string) {
		if o := verdict(t, step, readProgram(t, step)); !o.Passed {
			t.Errorf("the solution fails:\n%s", o.Output)
		}
	})
}

// TestSolutionsPassWithoutWorkspace runs the steps as modules of their own: all
// that a solution imports has to be in the go.mod of the step already.
func TestSolutionsPassWithoutWorkspace(t *testing.T) {
	forEachStep(t, func(t *testing.T, step string) {
		if o := verdict(t, step, readProgram(t, step), "GOWORK=off"); !o.Passed {
			t.Errorf("the solution fails:\n%s", o.Output)
		}
	})
}

// TestStartersFailHelpfully runs the steps as they are shipped: they must fail
// at the first gap, and the verdict must say where that is.
func TestStartersFailHelpfully(t *testing.T) {
	forEachStep(t, func(t *testing.T, step string) {
		o := verdict(t, step, readProgram(t, filepath.Join("..", step)))
		switch {
		case o.Passed:
			t.Error("the starter passes: there is nothing to learn")
		case o.Cause == "" || o.Cause == "unknown":
			t.Errorf("no cause is named:\n%s", o.Output)
		case o.Gap == "":
			t.Errorf("the first gap is not named:\n%s", o.Output)
		}
	})
}

// entry is a variant of a solution: a mistake, or another right answer.
type entry struct {
	step  string
	name  string
	about string  // the text before the first file
	prog  program // the solution with the edits of the entry
}

// entries reads a corpus: a folder for each step, a file for each entry.
func entries(t *testing.T, corpus string) []entry {
	t.Helper()
	var all []entry
	for _, step := range steps(t) {
		files, err := filepath.Glob(filepath.Join(corpus, step, "*.txtar"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s holds no entry for %s (%v)", corpus, step, err)
		}
		for _, file := range files {
			all = append(all, readEntry(t, step, file))
		}
	}
	return all
}

func readEntry(t testing.TB, step, file string) entry {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	e := entry{
		step:  step,
		name:  strings.TrimSuffix(filepath.Base(file), ".txtar"),
		about: string(archive.Comment),
		prog:  readProgram(t, step),
	}
	for _, f := range archive.Files {
		if e.prog[f.Name], err = edit(e.prog[f.Name], string(f.Data)); err != nil {
			t.Fatalf("%s: %s: %v", file, f.Name, err)
		}
	}
	return e
}

// field gives the value of a line "key: value" in the entry's text.
func (e entry) field(key string) string {
	for line := range strings.Lines(e.about) {
		if value, found := strings.CutPrefix(line, key+": "); found {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// TestMistakesAreNamed runs each mistake of the corpus: it must fail, at the
// check and with the cause that the entry names.
func TestMistakesAreNamed(t *testing.T) {
	for _, e := range entries(t, "mistakes") {
		t.Run(e.step+"/"+e.name, func(t *testing.T) {
			t.Parallel()
			o := verdict(t, e.step, e.prog)
			switch {
			case o.Passed:
				t.Error("the mistake passes")
			case o.Cause != e.field("cause"):
				t.Errorf("the cause is called %q; want %q:\n%s", o.Cause, e.field("cause"), o.Output)
			case o.Failing != e.field("check"):
				t.Errorf("check %q fails; want %q:\n%s", o.Failing, e.field("check"), o.Output)
			}
		})
	}
}

// TestAlternativesPass runs each other right answer of the corpus.
func TestAlternativesPass(t *testing.T) {
	for _, e := range entries(t, "alternatives") {
		t.Run(e.step+"/"+e.name, func(t *testing.T) {
			t.Parallel()
			if o := verdict(t, e.step, e.prog); !o.Passed {
				t.Errorf("a right answer fails:\n%s", o.Output)
			}
		})
	}
}

// TestEveryMistakeIsExplained holds the catalogue of causes, the corpus and
// docs/mistakes.md together.
func TestEveryMistakeIsExplained(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "mistakes.md"))
	if err != nil {
		t.Fatal(err)
	}
	var explained []string
	for line := range strings.Lines(string(page)) {
		if name, found := strings.CutPrefix(line, "### "); found {
			explained = append(explained, strings.TrimSpace(name))
		}
	}
	causes := tracecheck.Causes()
	for _, cause := range causes {
		if !slices.Contains(explained, cause) {
			t.Errorf("docs/mistakes.md has no section %q", cause)
		}
	}
	for _, name := range explained {
		if !slices.Contains(causes, name) {
			t.Errorf("docs/mistakes.md explains %q, which no verdict names", name)
		}
	}
}
