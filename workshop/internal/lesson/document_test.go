package lesson

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	text := "# Title\n" +
		"```go\nillustration()\n```\n" +
		"## 1. First things\n" +
		"Words, ```not a block``` here.\n" +
		"```go main.go\nfunc main() {}\n```\n" +
		"<!-- not run: needs a display -->\n" +
		"\n" +
		"````console terminal=2\n$ cat\n```\n````\n" +
		"## 2. More\n" +
		"  ```yaml conf.yaml\n  a: 1\n    b: 2\n  ```\n"
	got, err := Parse("step01-x/README.md", text)
	if err != nil {
		t.Fatal(err)
	}
	want := &Document{
		Path:     "step01-x/README.md",
		Prose:    "# Title\n## 1. First things\nWords, ```not a block``` here.\n<!-- not run: needs a display -->\n\n## 2. More\n",
		Sections: []Section{{1, "First things"}, {2, "More"}},
		Blocks: []Block{
			{Line: 2, Language: "go", Text: "illustration()\n"},
			{Line: 7, Section: 1, Language: "go", File: "main.go", Text: "func main() {}\n"},
			{Line: 12, Section: 1, Language: "console", Terminal: "2", Text: "$ cat\n```\n", NotRun: true, Reason: "needs a display"},
			{Line: 17, Section: 2, Language: "yaml", File: "conf.yaml", Text: "a: 1\n  b: 2\n"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseRejectsAnOpenBlock(t *testing.T) {
	if _, err := Parse("x.md", "text\n```go\nmain()\n"); err == nil || err.Error() != "x.md:2: this block is never closed" {
		t.Errorf("got %v", err)
	}
}
