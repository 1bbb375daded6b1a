package verdict

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/timeline"
)

func TestWriteAndRead(t *testing.T) {
	folder := t.TempDir()
	want := Record{
		Step: "step01-spans", Begun: time.Unix(1, 0).UTC(), Ended: time.Unix(2, 0).UTC(),
		Checks:  []Check{{Name: "one-span", Section: 1, Must: "There is a span.", Outcome: "fail"}},
		Failure: &Failure{Check: "one-span", Says: "There is none.", Section: 1},
		Traces:  []timeline.Trace{{ID: "a", Rows: []timeline.Row{{ID: "ghost-1", Mark: timeline.Ghost, Name: "journey"}}}},
	}
	for _, r := range []Record{{Step: "step01-spans", Passed: true}, want, {Step: "step02-exporter"}} {
		if err := r.Write(folder); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Read(folder, "step01-spans")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(left) != 2 {
		t.Errorf("the folder holds %q, want the records of two steps", left)
	}
}

func TestReadWhatIsNotThere(t *testing.T) {
	folder := t.TempDir()
	if _, err := Read(folder, "step01-spans"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %v, want one of a file that is not there", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "step01-spans.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(folder, "step01-spans"); err == nil {
		t.Error("half a record is read without an error")
	}
}

// TestAsked asks for records by making the folder, or by naming another one.
func TestAsked(t *testing.T) {
	t.Setenv(Variable, "")
	t.Setenv(progress.Folder, t.TempDir())
	root := t.TempDir()
	if folder, asked := Asked(root); asked {
		t.Errorf("a record is asked for in %s, which is not there", folder)
	}
	usual, err := Folder(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(usual, 0o755); err != nil {
		t.Fatal(err)
	}
	if folder, asked := Asked(root); !asked || folder != usual {
		t.Errorf("Asked gives %s, %v; want %s", folder, asked, usual)
	}
	if other, err := Folder(t.TempDir()); err != nil || other == usual {
		t.Errorf("another clone has the folder %s (%v), too", other, err)
	}
	t.Setenv(Variable, "off")
	if folder, asked := Asked(root); asked {
		t.Errorf("a record is asked for in %s, though they are switched off", folder)
	}
	named := t.TempDir()
	t.Setenv(Variable, named)
	if folder, asked := Asked(root); !asked || folder != named {
		t.Errorf("Asked gives %s, %v; want %s", folder, asked, named)
	}
}
