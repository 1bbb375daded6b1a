package solutions

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/tracing-workshop/solutions/prove"
)

// TestVerdictOnTheSlides holds the verdict that an instructor shows first to the
// one that a learner gets. The slide leaves the list of the checks out, and has
// remarks of its own behind ◀.
func TestVerdictOnTheSlides(t *testing.T) {
	const step = "step01-spans"
	deck, err := os.ReadFile(filepath.Join("..", "docs", "slides.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, slide, _ := strings.Cut(strings.ReplaceAll(string(deck), "\r\n", "\n"), "# Read the verdict from the top\n")
	_, slide, _ = strings.Cut(slide, "<pre class=\"terminal\">\n")
	slide, _, found := strings.Cut(slide, "</pre>")
	if !found {
		t.Fatal("docs/slides.md shows no verdict")
	}
	plain := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(slide, "")
	shown := regexp.MustCompile(`(?m) *◀.*$`).ReplaceAllString(plain, "")

	mistake := prove.ReadEntry(t, step, filepath.Join("mistakes", step, "span-never-ended.txtar"))
	verdict := prove.Verdict(t, step, mistake.Program).Verdict
	if !strings.HasPrefix(verdict, strings.TrimRight(shown, "\n")+"\n\n") {
		t.Errorf("the slide shows\n%s\nand the verdict is\n%s", shown, verdict)
	}
}
