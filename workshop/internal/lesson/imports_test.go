package lesson_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var importLine = regexp.MustCompile(`(?m)^\t(?:\w+ )?"([^"]+\.[^"]+/[^"]+)"$`)

// TestLessonsNameTheImports holds the packages that the edits of a lesson add
// to its prose: a reader who does not unfold the edits has to know them, too.
func TestLessonsNameTheImports(t *testing.T) {
	for _, d := range lessons(t) {
		for _, b := range d.Blocks {
			if b.Language != "go" || b.File == "" {
				continue
			}
			starter, err := os.ReadFile(filepath.Join(root, filepath.Dir(d.Path), b.File))
			if err != nil {
				t.Fatal(err)
			}
			for _, added := range importLine.FindAllStringSubmatch(b.Text, -1) {
				if !strings.Contains(string(starter), added[0]) && !strings.Contains(d.Prose, "`"+added[1]+"`") {
					t.Errorf("%s:%d imports %s, and only there", d.Path, b.Line, added[1])
				}
			}
		}
	}
}
