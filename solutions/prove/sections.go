package prove

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"example.com/tracing-workshop/workshop/steptest"
)

// Sections proves a step in which each section has a test of its own. An entry of
// its corpora names that in its field test.
//
//   - With the solution, each test passes.
//   - With the starter, each test fails at its gap that a mistake names, since it
//     is about something that the learner writes; the others pass.
//   - Mistakes and other right answers are as with [Step].
//
// What a test skips for want of a program on this machine is skipped here, too.
func Sections(t *testing.T, step string) {
	atHome(t, step)
	mistakes := Corpus(t, "mistakes", step)
	for _, test := range tests(t, step) {
		learners := slices.ContainsFunc(mistakes, func(e Entry) bool { return e.Field("test") == test })
		t.Run("solution/"+test, func(t *testing.T) {
			t.Parallel()
			pass(t, section(t, step, test, Solution(t, step)))
		})
		t.Run("starter/"+test, func(t *testing.T) {
			t.Parallel()
			o := section(t, step, test, Starter(t, step))
			if learners {
				failHelpfully(t, o)
			} else {
				pass(t, o)
			}
		})
	}
	for _, e := range mistakes {
		t.Run("mistakes/"+e.Name, func(t *testing.T) {
			t.Parallel()
			named(t, e, section(t, step, e.Field("test"), e.Program))
		})
	}
	for _, e := range Corpus(t, "alternatives", step) {
		t.Run("alternatives/"+e.Name, func(t *testing.T) {
			t.Parallel()
			pass(t, section(t, step, e.Field("test"), e.Program))
		})
	}
}

var testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)

// tests gives the names of the tests of a step, of a file at a time.
func tests(t *testing.T, step string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), step, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range testFunction.FindAllStringSubmatch(string(text), -1) {
			names = append(names, match[1])
		}
	}
	if len(names) == 0 {
		t.Fatalf("%s has no test", step)
	}
	return names
}

// section runs one test of a step with p in the place of the learner's files.
func section(t *testing.T, step, test string, p Program) *steptest.Outcome {
	t.Helper()
	if !slices.Contains(tests(t, step), test) {
		t.Fatalf("%s has no test %q: the field test of an entry names one", step, test)
	}
	o := GoTest(t, step, p, nil, "-vet=off", "-run", "^"+test+"$")
	if o.Passed && o.Skipped != "" {
		t.Skip(o.Skipped)
	}
	return o
}
