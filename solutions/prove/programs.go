package prove

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/steptest"
)

// Learners is a program that somebody wrote in a step, and what its verdict
// should be.
type Learners struct {
	Name    string // STEP/NAME
	Step    string
	Program Program
	passes  bool
	checks  []string // any of which may fail
	causes  []string // any of which may be named
}

// ReadLearners reads the programs in folder, which counts from the root of the
// workshop. Each is a folder STEP/NAME with the
// files that differ from the solution of the step, or, where there is a file base
// that says "starter", from its starter; a file drop names those that it does
// not have. The first line of a file expect is "pass", or "fail" with a check and
// a cause. There may be several of them, as in one|other; * is any, and the cause
// none says that to name none is right.
func ReadLearners(t testing.TB, folder string) []Learners {
	t.Helper()
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(root(t), folder)
	}
	files, err := filepath.Glob(filepath.Join(folder, "step[0-9][0-9]-*", "*", "expect"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s holds no program: there is no STEP/NAME/expect in it (%v)", folder, err)
	}
	var all []Learners
	for _, file := range files {
		all = append(all, readLearners(t, filepath.Dir(file)))
	}
	return all
}

func readLearners(t testing.TB, folder string) Learners {
	t.Helper()
	step := filepath.Base(filepath.Dir(folder))
	l := Learners{Name: step + "/" + filepath.Base(folder), Step: step, Program: Solution(t, step)}
	if slices.Equal(words(t, filepath.Join(folder, "base")), []string{"starter"}) {
		l.Program = Starter(t, step)
	}
	for name, text := range read(t, folder) {
		l.Program[name] = text
	}
	for _, name := range words(t, filepath.Join(folder, "drop")) {
		delete(l.Program, name)
	}
	expect := words(t, filepath.Join(folder, "expect"))
	switch {
	case len(expect) > 0 && expect[0] == "pass":
		l.passes = true
	case len(expect) > 2 && expect[0] == "fail":
		l.checks, l.causes = strings.Split(expect[1], "|"), strings.Split(expect[2], "|")
	default:
		t.Fatalf("%s/expect begins neither with pass nor with fail, a check and a cause", folder)
	}
	return l
}

// words gives the words of a file, or none if it is not there.
func words(t testing.TB, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Fields(string(text))
}

// Judgements are what [Learners.Judge] gives.
var Judgements = []string{"right", "false pass", "false fail", "wrong cause", "no cause", "broken"}

// Judge compares a verdict with what it should be. "broken" is a program that
// does not compile. "no cause" is honest: such a verdict says what was seen.
func (l Learners) Judge(o *steptest.Outcome) string {
	named := o.Cause
	if named == "" || named == "unknown" {
		named = "none"
	}
	fits := slices.Contains(l.causes, named) || slices.Contains(l.causes, "*")
	switch {
	case !o.Passed && o.Failing == "":
		return "broken"
	case l.passes && o.Passed, !l.passes && !o.Passed && fits:
		return "right"
	case o.Passed:
		return "false pass"
	case l.passes:
		return "false fail"
	case named == "none":
		return "no cause"
	}
	return "wrong cause"
}

// Wanted says what the verdict should be.
func (l Learners) Wanted() string {
	if l.passes {
		return "pass"
	}
	return strings.Join(l.checks, "|") + " " + strings.Join(l.causes, "|")
}
