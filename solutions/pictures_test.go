//go:build pictures

package solutions

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracing-workshop/solutions/prove"
)

// TestPictures makes the pictures of the README from real runs. It needs
// Python, with the package rich (pip install rich==15.0.0):
//
//	go test -tags pictures ./solutions -run TestPictures
func TestPictures(t *testing.T) {
	const step = "step03-autoinstrument"
	mistake := prove.ReadEntry(t, step, filepath.Join("mistakes", step, "no-propagator.txtar"))
	draw(t, "verdict.svg", "go test ./"+step, coloured(t, step, mistake.Program))

	const last = "step04-manual-spans"
	praise := coloured(t, last, prove.Solution(t, last))
	_, trace, _ := strings.Cut(praise, "\n\n")
	draw(t, "trace.svg", "a trace of step 4", trace)
}

// coloured gives the verdict on p as a terminal shows it.
func coloured(t *testing.T, step string, p prove.Program) string {
	t.Helper()
	return prove.GoTest(t, step, p, []string{"TRACECHECK_COLOR=1"}, "-count=1").Verdict
}

// draw makes a picture of what a terminal shows.
func draw(t *testing.T, name, title, text string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "python3", filepath.Join("..", "docs", "images", "draw.py"), title)
	cmd.Stdin, cmd.Stderr = strings.NewReader(text), os.Stderr
	picture, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("..", "docs", "images", name), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
