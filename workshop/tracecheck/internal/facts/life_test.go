package facts

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLessonFolder(t *testing.T) {
	root := filepath.Join(t.TempDir(), "workshop")
	for folder, want := range map[string]string{"step05-jaeger": "step05-jaeger", "step05-jaeger/production": "step05-jaeger/production", "mine/of-my-own": "of-my-own"} {
		at := filepath.Join(root, filepath.FromSlash(folder))
		if err := os.MkdirAll(at, 0o755); err != nil {
			t.Fatal(err)
		}
		t.Chdir(at)
		if got := LessonFolder(); got != want {
			t.Errorf("in %s it is %q, want %q", folder, got, want)
		}
	}
}
