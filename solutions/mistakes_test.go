package solutions

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/tracecheck"
)

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
