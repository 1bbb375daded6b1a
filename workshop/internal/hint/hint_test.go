package hint_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/internal/hint"
	"example.com/tracing-workshop/workshop/internal/lesson"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shipped"
)

var root = filepath.Join("..", "..", "..")

// TestEveryGapHasThreeLevels has the lessons say something at each level of
// each gap: the second one names something that the third one writes.
func TestEveryGapHasThreeLevels(t *testing.T) {
	r, err := repository.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := r.Steps()
	if err != nil || len(steps) != 5 || len(r.Parts()) != 1 {
		t.Fatalf("steps: %q, %v; parts: %q", steps, err, r.Parts())
	}
	for _, step := range append(steps, r.Parts()...) {
		text, err := os.ReadFile(r.Path(step, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		gaps, err := lesson.Gaps(r.Path(step))
		if err != nil || len(gaps) == 0 {
			t.Fatalf("%s: gaps %v, %v", step, gaps, err)
		}
		for number := range gaps {
			t.Run(step+"/"+number, func(t *testing.T) {
				section, _ := strconv.Atoi(number)
				h, err := hint.Of(shipped.Workshop(), step, string(text), section)
				if err != nil {
					t.Fatal(err)
				}
				expectThreeLevels(t, h)
			})
		}
	}
}

func expectThreeLevels(t *testing.T, h *hint.Hint) {
	t.Helper()
	if h.Title == "" || h.Line == 0 {
		t.Errorf("level 1 has the title %q, line %d", h.Title, h.Line)
	}
	asked := ""
	for _, p := range h.Write {
		asked += p.Text + "\n"
	}
	if !strings.HasPrefix(asked, "Write") || strings.Contains(asked, "](") || strings.Contains(asked, "][") || strings.Contains(asked, "**") {
		t.Errorf("level 2 is\n%s", asked)
	}
	if h.Label == "" || len(h.Edits) == 0 {
		t.Errorf("level 3 is called %q, and changes %d files", h.Label, len(h.Edits))
	}
	for _, e := range h.Edits {
		if !strings.Contains("\n"+e.Diff, "\n+") || !strings.Contains("\n"+e.Diff, "\n-") {
			t.Errorf("level 3 fills no gap of %s:\n%s", e.File, e.Diff)
		}
		if !namesSome(asked, e.Diff) {
			t.Errorf("level 2 names nothing that level 3 writes:\n%s\n%s", asked, e.Diff)
		}
	}
}

// namesSome tells whether text has one of the longer words of a diff's new
// lines.
func namesSome(text, diff string) bool {
	for line := range strings.Lines(diff) {
		if !strings.HasPrefix(line, "+") {
			continue
		}
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) }) {
			if len(word) >= 4 && strings.Contains(text, word) {
				return true
			}
		}
	}
	return false
}

const small = `# A step

## 1. First

Prose with a **Write** in it.

**Write**, at ` + "`TODO(1)`" + `:

1. Call [` + "`otel.Tracer`" + `][tracer], and
   not [another](https://example.com).
2. *Defer* the end.

| key | value |
| --- | --- |
| ` + "`a`" + ` | first |
| longer | [x][y] |

<details>
<summary>One way to write it</summary>

` + "```go a.go" + `
func a() { one() }
` + "```" + `

</details>

## 2. Second

**Write** more.

<details>
<summary>Another way</summary>

` + "```go a.go" + `
func a() { two() }
` + "```" + `

</details>
`

func TestOf(t *testing.T) {
	steps := shipped.Parse([]byte("-- step01-x/a.go --\npackage main\n\nfunc a() {} // TODO(1)\n\nfunc b() {}\n"))
	for section, want := range map[int]*hint.Hint{
		1: {Section: 1, Title: "First", Line: 3, Label: "One way to write it", Write: []hint.Paragraph{
			{Text: "Write, at `TODO(1)`:"},
			{Label: "1. ", Text: "Call `otel.Tracer`, and not another."},
			{Label: "2. ", Text: "Defer the end."},
			{Text: "key     value", Row: true},
			{Text: "`a`     first", Row: true},
			{Text: "longer  x", Row: true},
		}, Edits: []hint.Edit{{File: "a.go", Diff: "@@ -2,3 +2,3 @@\n \n-func a() {} // TODO(1)\n+func a() { one() }\n \n"}}},
		2: {Section: 2, Title: "Second", Line: 27, Label: "Another way", Write: []hint.Paragraph{{Text: "Write more."}},
			Edits: []hint.Edit{{File: "a.go", Diff: "@@ -2,3 +2,3 @@\n \n-func a() { one() }\n+func a() { two() }\n \n"}}},
	} {
		got, err := hint.Of(steps, "step01-x", small, section)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("section %d (-want +got), %v:\n%s", section, err, diff)
		}
	}
	if h, err := hint.Of(steps, "step01-x", small, 3); err == nil {
		t.Errorf("a section that is not there gives %+v", h)
	}
}
