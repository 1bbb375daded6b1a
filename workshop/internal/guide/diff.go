package guide

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/shipped"
)

// TellDiff tells how files of a step differ from those of its solution: all of its
// program, if none is named.
func (g *Guide) TellDiff(c *console.Console, step string, names ...string) error {
	all, err := programFiles(g.Path("solutions", step))
	if err != nil {
		return fmt.Errorf("the solution of %s cannot be read: %w", step, err)
	}
	if len(names) == 0 {
		names = all
	}
	p, same := printer{c}, true
	p.Printf("From your %s to one solution of it: a line with - is yours alone, one\n"+
		"with + is the solution's. What passes the check is as right, however it is\nwritten.\n", p.Bold(step))
	for _, name := range names {
		diff, err := g.difference(step, name)
		if err != nil {
			return err
		}
		if diff != "" {
			p.Printf("\n%s\n", p.Bold(g.Show(step, name)))
			p.diff(diff)
			same = false
		}
	}
	if same {
		p.Printf("\nThere is no difference.\n")
	}
	return g.tellOwn(p, step, all)
}

// difference gives how a file differs from the solution's, as a diff without a
// head, and "" if it does not.
func (g *Guide) difference(step, name string) (string, error) {
	yours, err := os.ReadFile(g.Path(step, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	solution, err := os.ReadFile(g.Path("solutions", step, name))
	if err != nil {
		return "", err
	}
	from, to := shipped.Unix(string(yours)), shipped.Unix(string(solution))
	if from == to {
		return "", nil
	}
	unified := udiff.Unified("yours", "solution", from, to)
	_, hunks, _ := strings.Cut(unified, "\n+++ solution\n")
	return hunks, nil
}

// tellOwn names the files of a program that are of the learner alone.
func (g *Guide) tellOwn(p printer, step string, solution []string) error {
	yours, err := programFiles(g.Path(step))
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", step, err)
	}
	for _, name := range yours {
		if strings.HasSuffix(name, ".go") && !slices.Contains(solution, name) && !g.Shipped.Has(step, name) {
			p.Printf("\n%s is yours alone.\n", p.Bold(g.Show(step, name)))
		}
	}
	return nil
}

// programFiles gives the names of the files in a folder, without tests and
// lessons.
func programFiles(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		test := strings.HasSuffix(name, "_test.go")
		if entry.Type().IsRegular() && !test && !strings.HasPrefix(name, ".") && filepath.Ext(name) != ".md" {
			names = append(names, name)
		}
	}
	return names, nil
}
