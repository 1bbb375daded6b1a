package prove

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// Entry is a variant of a solution: a mistake, or another right answer.
type Entry struct {
	Name    string
	Program Program // the solution with the edits of the entry
	about   string  // the text before the first edit
}

// Corpus reads the entries of a step, from the folder solutions/NAME/STEP.
func Corpus(t testing.TB, name, step string) []Entry {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), "solutions", name, step, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("solutions/%s/%s holds no entry (%v)", name, step, err)
	}
	var all []Entry
	for _, file := range files {
		all = append(all, ReadEntry(t, step, file))
	}
	return all
}

// ReadEntry reads an entry and applies its edits to the solution of a step.
func ReadEntry(t testing.TB, step, file string) Entry {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	e := Entry{
		Name:    strings.TrimSuffix(filepath.Base(file), ".txtar"),
		Program: Solution(t, step),
		about:   string(archive.Comment),
	}
	for _, f := range archive.Files {
		if e.Program[f.Name], err = edit(e.Program[f.Name], string(f.Data)); err != nil {
			t.Fatalf("%s: %s: %v", file, f.Name, err)
		}
	}
	return e
}

// Field gives the value of a line "key: value" in the entry's text, or "".
func (e Entry) Field(key string) string {
	for line := range strings.Lines(e.about) {
		if value, found := strings.CutPrefix(line, key+": "); found {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
