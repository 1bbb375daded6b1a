package shipped_test

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"example.com/tracing-workshop/workshop/internal/golden"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shipped"
)

var root = filepath.Join("..", "..", "..")

// TestArchive holds the archive to the steps.
func TestArchive(t *testing.T) {
	r, err := repository.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := r.Steps()
	if err != nil {
		t.Fatal(err)
	}
	archive := &txtar.Archive{Comment: []byte("The steps as they are shipped.\n" +
		"go test ./workshop/internal/shipped -run TestArchive -update writes this file.\n")}
	for _, step := range append(steps, r.Parts()...) {
		entries, err := os.ReadDir(r.Path(step))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if entry.IsDir() || !belongs(step, entry.Name()) {
				continue
			}
			text, err := os.ReadFile(r.Path(step, entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			archive.Files = append(archive.Files, txtar.File{Name: step + "/" + entry.Name(), Data: text})
		}
	}
	golden.Compare(t, "steps.txtar", string(txtar.Format(archive)))
}

// belongs tells whether a file is one that the archive holds: no lesson, and no
// program that the go command has left in the folder.
func belongs(step, name string) bool {
	built := name == path.Base(step) || strings.HasSuffix(name, ".exe") || strings.HasSuffix(name, ".test")
	return !built && !strings.HasSuffix(name, ".md") && !strings.HasPrefix(name, ".")
}

// TestNothingIsChangedAsShipped has the archive say what it holds.
func TestNothingIsChangedAsShipped(t *testing.T) {
	all := shipped.Workshop()
	for _, step := range []string{"step01-spans", "step02-exporter", "step03-autoinstrument", "step04-manual-spans", "step05-jaeger", "step05-jaeger/production"} {
		changed, err := all.Changed(step, filepath.Join(root, step))
		if err != nil || len(changed) > 0 || !slices.Contains(all.Files(step), "go.mod") {
			t.Errorf("%s: changed are %q (%v), of %q", step, changed, err, all.Files(step))
		}
	}
}

const small = "-- step01-x/a.go --\nshipped a\n-- step01-x/b.go --\nshipped b\n-- step02-y/a.go --\nshipped y\n"

// folder makes one with files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	at := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

func TestChanged(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"nothing":             {map[string]string{"a.go": "shipped a\n", "b.go": "shipped b\n"}, nil},
		"other line endings":  {map[string]string{"a.go": "shipped a\r\n", "b.go": "shipped b\n"}, nil},
		"an edit":             {map[string]string{"a.go": "shipped a\n", "b.go": "mine\n"}, []string{"b.go"}},
		"a file that is gone": {map[string]string{"b.go": "shipped b\n"}, []string{"a.go"}},
		"one that is new":     {map[string]string{"a.go": "shipped a\n", "b.go": "shipped b\n", "c.go": "mine\n"}, nil},
	} {
		got, err := shipped.Parse([]byte(small)).Changed("step01-x", folder(t, c.files))
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: changed are %q (%v), want %q", name, got, err, c.want)
		}
	}
}

// TestPutKeeps brings a file back, and has what was there kept.
func TestPutKeeps(t *testing.T) {
	at, keep := folder(t, map[string]string{"a.go": "mine\n"}), filepath.Join(t.TempDir(), "kept")
	kept, err := shipped.Parse([]byte(small)).Put("step01-x", "a.go", at, keep)
	if err != nil || kept != filepath.Join(keep, "a.go") {
		t.Fatalf("kept is %q, %v", kept, err)
	}
	expect(t, filepath.Join(at, "a.go"), "shipped a\n")
	expect(t, kept, "mine\n")
}

// TestPutKeepsElsewhere has a first folder that takes nothing: a file stands in
// its place, or one of that name has been kept there before.
func TestPutKeepsElsewhere(t *testing.T) {
	at := folder(t, map[string]string{"a.go": "mine\n"})
	before := folder(t, map[string]string{"a.go": "older\n", "no-folder": ""})
	keep := filepath.Join(t.TempDir(), "kept")
	kept, err := shipped.Parse([]byte(small)).Put("step01-x", "a.go", at, filepath.Join(before, "no-folder"), before, keep)
	if err != nil || kept != filepath.Join(keep, "a.go") {
		t.Fatalf("kept is %q, %v", kept, err)
	}
	expect(t, kept, "mine\n")
	expect(t, filepath.Join(before, "a.go"), "older\n")
}

// TestPutLosesNothing has no folder that takes a copy: the file stays.
func TestPutLosesNothing(t *testing.T) {
	at := folder(t, map[string]string{"a.go": "mine\n", "no-folder": ""})
	for _, keep := range [][]string{nil, {filepath.Join(at, "no-folder")}} {
		if kept, err := shipped.Parse([]byte(small)).Put("step01-x", "a.go", at, keep...); err == nil || kept != "" {
			t.Errorf("kept is %q, %v; want an error", kept, err)
		}
		expect(t, filepath.Join(at, "a.go"), "mine\n")
	}
}

// TestPutBringsBackWhatIsGone has nothing to keep.
func TestPutBringsBackWhatIsGone(t *testing.T) {
	at := folder(t, nil)
	if kept, err := shipped.Parse([]byte(small)).Put("step01-x", "a.go", at); err != nil || kept != "" {
		t.Fatalf("kept is %q, %v", kept, err)
	}
	expect(t, filepath.Join(at, "a.go"), "shipped a\n")
}

func TestPutWhatWasNotShipped(t *testing.T) {
	if _, err := shipped.Parse([]byte(small)).Put("step01-x", "c.go", t.TempDir()); err == nil {
		t.Error("there is no error")
	}
}

func expect(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s is %q (%v), want %q", path, got, err, want)
	}
}
