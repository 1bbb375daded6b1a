package source

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"example.com/tracing-workshop/workshop/internal/golden"
	lessons "example.com/tracing-workshop/workshop/internal/lesson"
)

// TestShipped holds shipped.txt to the steps as they are shipped.
func TestShipped(t *testing.T) {
	var want strings.Builder
	want.WriteString("# The gaps of the steps as they are shipped: step, file, number, and the code on the line, above and below.\n" +
		"# go test ./workshop/tracecheck/internal/source -run TestShipped -update writes this file.\n")
	for _, pattern := range []string{"*.go", "*.yaml", "*.env", "production/*.yaml"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "step[0-9]*", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range gapsIn(filepath.Base(file), string(text)) {
				want.WriteString(g.record(filepath.Base(filepath.Dir(file))))
			}
		}
	}
	golden.Compare(t, "shipped.txt", want.String())
}

// TestGapsAlongTheLesson finds the gaps of a section open when one comes to it
// by doing what the lesson shows, and none when one has done all of it.
func TestGapsAlongTheLesson(t *testing.T) {
	steps, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "step[0-9]*"))
	if err != nil || len(steps) == 0 {
		t.Fatalf("no steps found (%v)", err)
	}
	for _, folder := range steps {
		step := filepath.Base(folder)
		t.Run(step, func(t *testing.T) {
			program := fstest.MapFS{}
			for _, pattern := range []string{"*.go", "*.yaml", "*.env", "README.md"} {
				files, err := filepath.Glob(filepath.Join(folder, pattern))
				if err != nil {
					t.Fatal(err)
				}
				for _, file := range files {
					text, err := os.ReadFile(file)
					if err != nil {
						t.Fatal(err)
					}
					program[filepath.Base(file)] = &fstest.MapFile{Data: text}
				}
			}
			document, err := lessons.Parse(step+"/README.md", string(program["README.md"].Data))
			if err != nil {
				t.Fatal(err)
			}
			open := func(section int) string {
				return Read(program, Shipped(step)...).GapOf(section, "", nil)
			}
			begun := 0
			for _, block := range document.Blocks {
				if block.File == "" {
					continue
				}
				for begun < block.Section {
					begun++
					if begun <= len(document.Sections) && open(begun) == "" {
						t.Errorf("section %d begins, and no gap is open", begun)
					}
				}
				file := program[block.File]
				text, err := edited(block, string(file.Data))
				if err != nil {
					t.Fatal(err)
				}
				file.Data = []byte(text)
			}
			for section := range begun {
				if at := open(section + 1); at != "" {
					t.Errorf("after the last section, the gap at %s is open", at)
				}
			}
		})
	}
}

// edited gives the text of a file after the edit that a block of a lesson shows.
func edited(block lessons.Block, text string) (string, error) {
	switch block.Language {
	case "go":
		return lessons.Apply(text, block.Text)
	case "yaml":
		return lessons.ApplyYAML(text, block.Text)
	}
	return block.Text, nil
}

// TestOpenGaps tells a gap that nobody has filled from a comment that is left.
func TestOpenGaps(t *testing.T) {
	const (
		start = "\tctx, span := tracer.Start(ctx, `journey`)\n\tdefer span.End()\n"
		first = "\t// TODO(2): start a span,\n\t// and end it.\n"
		next  = "\n\t// TODO(3): set the attributes.\n"
		rest  = "\n\tstops, err := travel(ctx)\n\t_ = stops // TODO(3): and the stops.\n\treturn err\n}\n"
	)
	journey := func(parts ...string) string {
		return "package main\n\nfunc journey() error {\n" + strings.Join(parts, "") + rest
	}
	for name, c := range map[string]struct {
		text string
		want []int // the lines of the gaps that are open
	}{
		"as shipped":                    {journey(first, next), []int{4, 7, 10}},
		"with the line ends of Windows": {strings.ReplaceAll(journey(first, next), "\n", "\r\n"), []int{4, 7, 10}},
		"the comment replaced":          {journey(start, next), []int{7, 10}},
		"code below the comment":        {journey(first, start, next), []int{9, 12}},
		"and an empty line":             {journey(first, "\n", start, next), []int{10, 13}},
		"code above the comment":        {journey(start, first, next), []int{9, 12}},
		"code below, or the next one":   {journey(first, "\n\tset(ctx)\n"), []int{10}},
		"both filled below":             {journey(first, start, next, "\tspan.SetAttributes()\n"), []int{13}},
		"as the lesson shows it":        {strings.Replace(journey(start, next), "\t_ = stops // TODO(3)", "\t// TODO(3)", 1), []int{7, 10}},
		"otherwise":                     {strings.Replace(journey(start, next), "\t_ = stops // TODO(3)", "\tcount(stops) // TODO(3)", 1), []int{7}},
		"the next one is gone":          {strings.Replace(journey(first, "\n\tset(ctx)\n"), "// TODO(3)", "// later", 1), []int{4}},
		"in another file":               {"package main\n\n// TODO(4): nobody's.\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := Read(fstest.MapFS{
				"journey.go": {Data: []byte(c.text)},
				"README.md":  {Data: []byte("# Lesson\n\n```go journey.go\nfunc journey() error {\n\tstops, err := travel(ctx)\n\t// TODO(3): and the stops.\n\treturn err\n}\n```\n")},
			}, gapsIn("journey.go", journey(first, next))...)
			var got []int
			for _, g := range s.Gaps {
				got = append(got, g.Line)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("the gaps at %v are open; want those at %v in\n%s", got, c.want, c.text)
			}
		})
	}
}
