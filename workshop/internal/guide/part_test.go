package guide

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shipped"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
	"example.com/tracing-workshop/workshop/steptest"
)

const partLesson = "# Beyond\n\n## 1. One\n\n```console\n$ go test ./step01-a/production -run TestOne\n```\n\n**Write**, in `one.yaml`, a key.\n\n" +
	"<details>\n<summary>One way to write it</summary>\n\n```yaml one.yaml\nkey: right\n```\n\n</details>\n\n```console\n$ go test ./step01-a/production -run TestOne\n```\n\n" +
	"## 2. Two\n\n```console\n$ go test ./step01-a/production -v -run 'TestTwo|TestMore'\n$ go test ./step01-a/production -run TestThird\n```\n\n" +
	"## And so on\n\n```console\n$ go test ./elsewhere -run '^$' -bench Load\n```\n"

// atPart has a workshop with a part, whose tests say what outcomes has.
func atPart(t *testing.T, outcomes map[string]*steptest.Outcome) (g *Guide, ran *[]string) {
	t.Helper()
	workshoptest.Repository(t, map[string]string{"step01-a": "package main\n"})
	for name, text := range map[string]string{"go.mod": "", "README.md": partLesson, "one.yaml": "key: wrong # TODO(1)\n"} {
		name = filepath.Join("step01-a", "production", name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	g = New(workshoptest.Here(t), []string{"step01-a"}, true)
	g.Shipped = shipped.Parse([]byte("-- step01-a/production/one.yaml --\nkey: wrong # TODO(1)\n"))
	ran = new([]string)
	g.Test = func(_ context.Context, folder string, _ []string, args ...string) (*steptest.Outcome, error) {
		if folder != g.Path("step01-a", "production") {
			t.Errorf("the tests run in %s", folder)
		}
		name := strings.Trim(args[slices.Index(args, "-run")+1], "^$")
		*ran = append(*ran, name)
		if o := outcomes[name]; o != nil {
			return o, nil
		}
		return &steptest.Outcome{Passed: true, Checks: map[string]string{"x": "pass"}}, nil
	}
	return g, ran
}

func sectionsOf(t *testing.T, g *Guide) []Section {
	t.Helper()
	all, err := g.Sections("step01-a/production")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func leadSections(t *testing.T, g *Guide, sections []Section) (said string) {
	t.Helper()
	var out bytes.Buffer
	if err := g.LeadSections(t.Context(), console.New(&out), sections); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestSections takes from a lesson what is checked in each section, and where.
func TestSections(t *testing.T) {
	g, _ := atPart(t, nil)
	all := sectionsOf(t, g)
	if len(all) != 2 || all[0].String() != "1. One" || !slices.Equal(all[0].Tests, []string{"TestOne"}) || !slices.Equal(all[0].Files, []string{"one.yaml"}) ||
		!slices.Equal(all[1].Tests, []string{"TestTwo", "TestMore", "TestThird"}) || len(all[1].Files) > 0 {
		t.Errorf("the sections are %+v", all)
	}
	if open, err := g.Open(all); err != nil || open == nil || open.Number != 1 {
		t.Errorf("open is %v (%v), want section 1", open, err)
	}
	if open, err := g.Open(all[1:]); err != nil || open != nil {
		t.Errorf("open is %v (%v), want none", open, err)
	}
}

// TestLeadSections stops at the first test that does not pass.
func TestLeadSections(t *testing.T) {
	skipped := &steptest.Outcome{Passed: true, Skipped: "a_test.go:9: Kafka is not fetched yet"}
	t.Run("all pass", func(t *testing.T) {
		g, ran := atPart(t, map[string]*steptest.Outcome{"TestMore": skipped})
		said := leadSections(t, g, sectionsOf(t, g))
		if want := []string{"TestOne", "TestTwo", "TestMore", "TestThird"}; !slices.Equal(*ran, want) {
			t.Errorf("it runs %q, want %q", *ran, want)
		}
		if want := "✓ 1. One\n✓ 2. Two\n  not checked: TestMore: Kafka is not fetched yet\n"; !strings.HasPrefix(said, want) {
			t.Errorf("it says\n%s\nwant\n%s", said, want)
		}
	})
	t.Run("all are skipped", func(t *testing.T) {
		g, _ := atPart(t, map[string]*steptest.Outcome{"TestOne": skipped})
		said := leadSections(t, g, sectionsOf(t, g)[:1])
		workshoptest.Contains(t, said, "· 1. One\n  not checked: TestOne: Kafka is not fetched yet\n", "\nNext\n",
			"  Read  step01-a/production/README.md:24", "Two\n", "  Run   go run ./workshop check production 2", "to check it\n")
	})
	t.Run("one fails", func(t *testing.T) {
		g, ran := atPart(t, map[string]*steptest.Outcome{"TestTwo": {Verdict: "Two and two.\n✗ It is five.\n", Checks: map[string]string{"sum": "fail"}, Section: "2"}})
		said := leadSections(t, g, sectionsOf(t, g))
		if want := []string{"TestOne", "TestTwo"}; !slices.Equal(*ran, want) {
			t.Errorf("it runs %q, want %q", *ran, want)
		}
		workshoptest.Contains(t, said, "✓ 1. One\n→ step01-a/production, section 2\n", "  ✗ It is five.\n",
			"  Read  step01-a/production/README.md:24", "section 2\n", "  Run   go run ./workshop check production 2", "to check again\n")
		workshoptest.Lacks(t, said, "✓ 2")
	})
	t.Run("its gap is filled", func(t *testing.T) {
		g, _ := atPart(t, map[string]*steptest.Outcome{"TestOne": {Verdict: "✗ No.\n", Checks: map[string]string{"x": "fail"}, Section: "1"}})
		said := leadSections(t, g, sectionsOf(t, g))
		workshoptest.Contains(t, said, "  Edit  step01-a/production/one.yaml ")
	})
	t.Run("Jaeger names a line", func(t *testing.T) {
		g, _ := atPart(t, map[string]*steptest.Outcome{"TestOne": {Verdict: "✗ Jaeger does not start with one.yaml: 'x': expected a map,\ngot \"string\" (line\n1: key: wrong).\n", Checks: map[string]string{"x": "fail"}, Section: "1", Gap: "one.yaml:1"}})
		said := leadSections(t, g, sectionsOf(t, g))
		workshoptest.Contains(t, said, "  Edit  step01-a/production/one.yaml:1", "what Jaeger does not take\n")
	})
	t.Run("its gap is open", func(t *testing.T) {
		g, _ := atPart(t, map[string]*steptest.Outcome{"TestOne": {Verdict: "✗ No.\n", Checks: map[string]string{"x": "fail"}, Section: "1", Gap: "one.yaml:1"}})
		said := leadSections(t, g, sectionsOf(t, g))
		workshoptest.Contains(t, said, "  Edit  step01-a/production/one.yaml:1", "TODO(1)\n")
	})
}

// TestUncheckedSection is not solved, and keeps nobody from going on.
func TestUncheckedSection(t *testing.T) {
	g, _ := atPart(t, map[string]*steptest.Outcome{"TestOne": {Passed: true, Skipped: "a_test.go:9: Kafka is not fetched yet"}})
	g.Only, g.Watching = &sectionsOf(t, g)[0], true
	r, err := g.Check(t.Context(), "step01-a/production", nil, func(r Report) { t.Errorf("it fails: %+v", r) })
	if err != nil || r.Solved() || !r.Unchecked() {
		t.Errorf("solved is %v, unchecked %v (%v)", r.Solved(), r.Unchecked(), err)
	}
	found, next := g.Parts(console.New(nil), r)
	workshoptest.Contains(t, found, "· step01-a/production, section 1\n", "not checked: TestOne: Kafka is not fetched yet\n")
	workshoptest.Contains(t, next, "go run ./workshop watch production 2")
}

// TestNextSection tells a watcher what comes next, and how to go there.
func TestNextSection(t *testing.T) {
	g, _ := atPart(t, nil)
	all := sectionsOf(t, g)
	g.Watching = true
	for name, c := range map[string]struct {
		section int
		keys    bool
		want    string
	}{
		"without keys": {0, false, "✓ step01-a/production, section 1\n|Read step01-a/production/README.md:24 Two Run go run ./workshop watch production 2 to check it"},
		"with keys":    {0, true, "|Type n to go there"},
		"the last one": {1, true, "✓ step01-a/production, section 2\n|Read step01-a/production/README.md what comes after the sections"},
	} {
		g.Only, g.Keys = &all[c.section], c.keys
		r, err := g.Check(t.Context(), "step01-a/production", nil, func(r Report) { t.Errorf("it fails: %+v", r) })
		if err != nil || !r.Solved() {
			t.Fatalf("%s: %+v, %v", name, r, err)
		}
		found, next := g.Parts(console.New(nil), r)
		head, tail, _ := strings.Cut(c.want, "|")
		if next = strings.Join(strings.Fields(next), " "); !strings.HasPrefix(found, head) || !strings.Contains(next, tail) {
			t.Errorf("%s: it says\n%s\n%s", name, found, next)
		}
	}
}

// TestHintAt takes a hint from the lesson of a part.
func TestHintAt(t *testing.T) {
	g, _ := atPart(t, nil)
	h, err := g.HintAt(sectionsOf(t, g)[0])
	if err != nil {
		t.Fatal(err)
	}
	if h.Title != "One" || len(h.Edits) != 1 || !strings.Contains(h.Edits[0].Diff, "+key: right") {
		t.Errorf("the hint is %+v", h)
	}
}

var testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// TestEveryTestIsOfASection holds the lesson of production to its tests: what no
// section names is never checked.
func TestEveryTestIsOfASection(t *testing.T) {
	r, err := repository.Find(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	g := New(r, nil, true)
	parts := r.Parts()
	if len(parts) == 0 {
		t.Fatal("the workshop has no part")
	}
	for _, part := range parts {
		sections, err := g.Sections(part)
		if err != nil {
			t.Fatal(err)
		}
		var named, there []string
		for i, s := range sections {
			named = append(named, s.Tests...)
			if s.Number != i+1 {
				t.Errorf("%s: section %d has no test", part, i+1)
			}
		}
		files, _ := filepath.Glob(r.Path(part, "*_test.go"))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range testFunction.FindAllStringSubmatch(string(text), -1) {
				there = append(there, match[1])
			}
		}
		slices.Sort(named)
		slices.Sort(there)
		if diff := cmp.Diff(there, named); diff != "" {
			t.Errorf("%s: the tests (-) are not those that the sections name (+):\n%s", part, diff)
		}
	}
}
