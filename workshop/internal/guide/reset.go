package guide

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/shell"
)

// Changed gives the files of a step that are not as they were shipped.
func (g *Guide) Changed(step string) ([]string, error) {
	return g.Shipped.Changed(step, g.Path(step))
}

// Reset brings files of a step back as they were shipped, keeps those of the
// learner, and tells where.
func (g *Guide) Reset(c *console.Console, step string, names []string, now time.Time) error {
	p := printer{c}
	stamp := now.Format("20060102-150405.000")
	// The go command does not look into a folder whose name begins with _.
	keep := []string{g.Path(step, "_kept-"+stamp)}
	if folder, err := progress.Kept("kept"); err == nil {
		keep = slices.Insert(keep, 0, filepath.Join(folder, strings.ReplaceAll(step, "/", "-")+"-"+stamp))
	}
	for _, name := range names {
		shown := g.Show(step, name)
		kept, err := g.Shipped.Put(step, name, g.Path(step), keep...)
		if err != nil {
			return err
		}
		p.Printf("%s %s is as it was shipped.\n", p.Green("✓"), p.Bold(shown))
		if kept != "" {
			p.Printf("  Yours is kept. To get it back:\n  %s\n", shell.Copy(runtime.GOOS, kept, shown))
		}
	}
	return nil
}

// Choices lists files with what to type for each.
func Choices(names []string) string {
	var b strings.Builder
	for i, name := range names {
		fmt.Fprintf(&b, "  %d  %s\n", i+1, name)
	}
	return b.String()
}

// Choice gives the files that an answer to [Choices] means: a number, or a for
// all.
func Choice(names []string, answer string) []string {
	if strings.EqualFold(answer, "a") || strings.EqualFold(answer, "all") {
		return names
	}
	if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(names) {
		return names[n-1 : n]
	}
	return nil
}
