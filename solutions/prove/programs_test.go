package prove

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/tracing-workshop/workshop/steptest"
)

func TestReadLearners(t *testing.T) {
	const step = "step01-spans"
	folder := t.TempDir()
	for name, text := range map[string]string{
		"other/journey.go": "package main // by a learner\n",
		"other/expect":     "fail first-check|second-check some-cause|none\nWhat it does.\n",
		"other/drop":       "main.go\n",
		"begun/expect":     "pass\n",
		"begun/base":       "starter\n",
	} {
		file := filepath.Join(folder, step, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := ReadLearners(t, folder)
	if len(all) != 2 || all[0].Name != step+"/begun" || all[1].Name != step+"/other" {
		t.Fatalf("read %v", all)
	}
	begun, other := all[0], all[1]
	if starter := Starter(t, step)["journey.go"]; begun.Program["journey.go"] != starter {
		t.Error("a program based on the starter is not")
	}
	if got := other.Program["journey.go"]; got != "package main // by a learner\n" {
		t.Errorf("journey.go is %q", got)
	}
	if _, ok := other.Program["main.go"]; ok {
		t.Error("main.go was not dropped")
	}
	if begun.Wanted() != "pass" || other.Wanted() != "first-check|second-check some-cause|none" {
		t.Errorf("wanted are %q and %q", begun.Wanted(), other.Wanted())
	}
	for _, test := range []struct {
		program Learners
		outcome steptest.Outcome
		want    string
	}{
		{begun, steptest.Outcome{Passed: true}, "right"},
		{begun, steptest.Outcome{Failing: "first-check", Cause: "some-cause"}, "false fail"},
		{begun, steptest.Outcome{}, "broken"},
		{other, steptest.Outcome{Passed: true}, "false pass"},
		{other, steptest.Outcome{Failing: "second-check", Cause: "some-cause"}, "right"},
		{other, steptest.Outcome{Failing: "second-check", Cause: "unknown"}, "right"},
		{other, steptest.Outcome{Failing: "first-check", Cause: "other-cause"}, "wrong cause"},
		{Learners{causes: []string{"some-cause"}}, steptest.Outcome{Failing: "first-check", Cause: "unknown"}, "no cause"},
	} {
		if got := test.program.Judge(&test.outcome); got != test.want {
			t.Errorf("%+v is %q, want %q", test.outcome, got, test.want)
		}
	}
}
