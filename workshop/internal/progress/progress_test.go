package progress_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/progress"
)

func TestRemembers(t *testing.T) {
	t.Setenv(progress.Folder, t.TempDir())
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	other := progress.Of("/one")
	progress.Of("/one").Use("step02", now)
	progress.Of("/one").Note("step01", progress.Outcome{Print: "a", Solved: true})
	other.Note("step02", progress.Outcome{Print: "b", Section: "3", Checks: map[string]string{"plan": "pass"}})

	p := progress.Of("/one")
	if step, used := p.Last(); step != "step02" || !used.Equal(now) {
		t.Errorf("the last step is %q, at %v", step, used)
	}
	if o, known := p.Outcome("step01", "a"); !known || !o.Solved {
		t.Errorf("step01 is %+v, %v; want that it is solved", o, known)
	}
	if o, known := p.Outcome("step02", "b"); !known || o.Solved || o.Section != "3" || o.Checks["plan"] != "pass" {
		t.Errorf("step02 is %+v, %v", o, known)
	}
	if _, known := p.Outcome("step02", "edited"); known {
		t.Error("what was said of other files is still said")
	}
	if step, _ := progress.Of("/two").Last(); step != "" {
		t.Errorf("another clone is at %q", step)
	}
}

// TestNothingCanBeKept has a file where the folder belongs, and one that nobody
// can read.
func TestNothingCanBeKept(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(progress.Folder, file)
	p := progress.Of("/one")
	p.Use("step02", time.Now())
	if step, _ := p.Last(); step != "step02" {
		t.Errorf("the last step is %q for the one who said it", step)
	}
	if step, _ := progress.Of("/one").Last(); step != "" {
		t.Errorf("the last step is %q, and cannot be known", step)
	}

	t.Setenv(progress.Folder, folder)
	progress.Of("/one").Use("step02", time.Now())
	files, _ := filepath.Glob(filepath.Join(folder, "progress", "*"))
	if len(files) != 1 || os.WriteFile(files[0], []byte("{"), 0o600) != nil {
		t.Fatalf("it keeps %q", files)
	}
	if step, _ := progress.Of("/one").Last(); step != "" {
		t.Errorf("the last step is %q, of a file that is broken", step)
	}
}

func TestFingerprint(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return progress.Fingerprint(folder)
	}
	first := write("a.go", "one")
	if second := write("a.go", "two"); second == first || second == "" {
		t.Error("an edit makes no difference")
	}
	if again := write("a.go", "one"); again != first {
		t.Error("the same files have two fingerprints")
	}
	if lesson := write("README.md", "one"); lesson != first {
		t.Error("the lesson counts")
	}
	if hidden := write(".a.go.swp", "one"); hidden != first {
		t.Error("what an editor keeps counts")
	}
	if added := write("b.go", ""); added == first {
		t.Error("a new file makes no difference")
	}
	if gone := progress.Fingerprint(filepath.Join(folder, "gone")); gone != "" {
		t.Errorf("a folder that is gone has the fingerprint %q", gone)
	}
}
