package jaeger

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestFindPrefersTheEnvironment(t *testing.T) {
	self, _ := fake(t, "jaeger")
	t.Setenv("JAEGER_BIN", self)
	b, err := Find(module(t))
	if err != nil || b.Path != self || b.Origin != FromEnvironment {
		t.Errorf("Find gives %+v, %v", b, err)
	}
}

func TestFindLooksOnPath(t *testing.T) {
	fake(t, "jaeger")
	folder := t.TempDir()
	copySelf(filepath.Join(folder, program("jaeger")))
	t.Setenv("PATH", folder)
	b, err := Find(module(t))
	if err != nil || b.Origin != FromPath {
		t.Errorf("Find gives %+v, %v", b, err)
	}
}

func TestFindPassesOverAnotherJaegerOnPath(t *testing.T) {
	for _, role := range []string{"v1", "other"} {
		fake(t, role)
		folder := t.TempDir()
		copySelf(filepath.Join(folder, program("jaeger")))
		t.Setenv("PATH", folder)
		if b, err := Find(module(t)); err != ErrMissing {
			t.Errorf("%s: Find gives %+v, %v, want ErrMissing", role, b, err)
		}
	}
}

func TestFindRefusesAWrongEnvironment(t *testing.T) {
	for role, want := range map[string]string{
		"v1":    "it is Jaeger 1.60.0, and the workshop needs version 2",
		"other": "does not answer as Jaeger v2 does",
		"gone":  "JAEGER_BIN is set to",
	} {
		self, _ := fake(t, role)
		if role == "gone" {
			self += "-gone"
		}
		t.Setenv("JAEGER_BIN", self)
		if _, err := Find(module(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: Find gives %v, want %q", role, err, want)
		}
	}
}

func TestFindModuleLooksUpwards(t *testing.T) {
	root := t.TempDir()
	home := filepath.Join(root, "step05-jaeger", "jaeger")
	for _, folder := range []string{home, filepath.Join(root, "workshop")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{filepath.Join(home, "go.mod"), filepath.Join(root, "go.work")} {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, from := range []string{root, filepath.Join(root, "step05-jaeger"), home} {
		if m, err := FindModule(from); err != nil || m.Dir != home {
			t.Errorf("from %s: %v, %v", from, m, err)
		}
	}
	if _, err := FindModule(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is not inside the workshop") {
		t.Errorf("outside the workshop: %v", err)
	}
}

// program gives the name of a file that this system takes for a program.
func program(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}
