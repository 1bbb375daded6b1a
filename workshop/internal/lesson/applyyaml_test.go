package lesson_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/internal/lesson"
)

func TestApplyYAML(t *testing.T) {
	const file = "# What it is.\n\n# One.\na:\n  b: 1\n\n  # Inside.\n  c: 2\n\n# Two.\nd: [x]\n"
	for name, test := range map[string]struct{ block, want, err string }{
		"a key keeps its comment":  {block: "a:\n  b: 3\n", want: "# What it is.\n\n# One.\na:\n  b: 3\n\n# Two.\nd: [x]\n"},
		"a comment replaces one":   {block: "# New.\na:\n  b: 3\n", want: "# What it is.\n\n# New.\na:\n  b: 3\n\n# Two.\nd: [x]\n"},
		"the last one":             {block: "d: []\n", want: "# What it is.\n\n# One.\na:\n  b: 1\n\n  # Inside.\n  c: 2\n\n# Two.\nd: []\n"},
		"two at once":              {block: "d: 1\n\na: 2\n", want: "# What it is.\n\n# One.\na: 2\n\n# Two.\nd: 1\n"},
		"a key that is not there":  {block: "e: 1\n", err: "the file has no key e"},
		"no key at the line start": {block: "  b: 1\n", err: "no key at the beginning"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lesson.ApplyYAML(file, test.block)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("the error is %v, want %q", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
