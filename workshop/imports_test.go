package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors are the packages of this module, from the top down. A package imports
// those that stand below its own line, and no other.
var floors = [][]string{
	{"."},
	{"internal/watch", "internal/page"},
	{"internal/page/live"},
	{"internal/page/traces", "internal/page/prose", "internal/guide", "internal/stick/pack", "internal/proof", "tracecheck/answers", "deployment"},
	{"internal/hint", "internal/machine", "internal/neighbour"},
	{"internal/traceview", "tracecheck", "steptest"},
	{"tracecheck/internal/report"},
	{"tracecheck/internal/cause"},
	{"tracecheck/internal/recorder"},
	{"tracecheck/internal/evidence"},
	{"tracecheck/internal/facts", "tracecheck/internal/source", "tracecheck/internal/investigation"},
	{"internal/jaeger", "internal/backend"},
	{"internal/stick", "internal/lesson", "internal/verdict", "internal/disk", "internal/gotool", "internal/terminal", "internal/workshoptest"},
	{"internal/console", "internal/repository", "internal/timeline", "receiver"},
	{"spans", "internal/spelling"},
	{"internal/proc", "internal/text", "internal/hostport", "internal/port", "internal/shell", "internal/usage", "internal/golden", "internal/exposition", "internal/progress", "internal/saves", "internal/shipped", "internal/stick/setup"},
}

// TestImportsPointDown holds the packages to their floors.
func TestImportsPointDown(t *testing.T) {
	const module = "example.com/tracing-workshop/workshop"
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && (entry.Name() == "testdata" || isModule(file)) {
			return fs.SkipDir
		}
		if err != nil {
			return err
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		folder := filepath.ToSlash(filepath.Dir(file))
		seen[folder] = true
		from := floorOf(folder)
		if from < 0 {
			t.Errorf("%s stands on no floor: give it one here", folder)
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			inside, ours := strings.CutPrefix(imported, module+"/")
			if ours && floorOf(inside) <= from {
				t.Errorf("%s imports %s, which does not stand below %s", file, inside, folder)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, floor := range floors {
		for _, folder := range floor {
			if !seen[folder] {
				t.Errorf("there is no package %s", path.Join(module, folder))
			}
		}
	}
}

// isModule tells whether a folder below this one is a module of its own.
func isModule(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil && folder != "."
}

// floorOf counts floors from the top, and gives -1 for a package that has none.
func floorOf(folder string) int {
	return slices.IndexFunc(floors, func(floor []string) bool { return slices.Contains(floor, folder) })
}
