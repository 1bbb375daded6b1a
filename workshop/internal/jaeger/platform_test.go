package jaeger

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlatform(t *testing.T) {
	if p, err := ParsePlatform("windows/arm64"); err != nil || p != (Platform{"windows", "arm64"}) || p.String() != "windows/arm64" {
		t.Errorf("windows/arm64 is %v, %v", p, err)
	}
	for _, text := range []string{"", "linux", "linux/", "/amd64", "linux/amd64/v2"} {
		if p, err := ParsePlatform(text); err == nil {
			t.Errorf("%q is taken for %v", text, p)
		}
	}
}

func TestEachPlatformHasItsOwnTarget(t *testing.T) {
	m := module(t)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	here, err := m.Target()
	if err != nil {
		t.Fatal(err)
	}
	if same, _ := m.For(Here()).Target(); same != here {
		t.Errorf("the target for this machine is %s, and said in words %s", here, same)
	}
	windows, err := m.For(Platform{"windows", "arm64"}).Target()
	if err != nil || filepath.Base(windows) != "jaeger.exe" || !strings.Contains(windows, "-windows-arm64-") {
		t.Errorf("the target for Windows is %s, %v", windows, err)
	}
}

// another gives a platform that the tests do not run on.
func another() Platform {
	if Here().OS == "windows" {
		return Platform{"linux", "amd64"}
	}
	return Platform{"windows", "amd64"}
}

// TestBuildForAnotherPlatform builds a program that is named as Jaeger is, and
// empty.
func TestBuildForAnotherPlatform(t *testing.T) {
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	cache, out := t.TempDir(), t.TempDir()
	if text, err := exec.Command(goCommand, "env", "GOCACHE").Output(); err == nil {
		t.Setenv("GOCACHE", strings.TrimSpace(string(text)))
	}
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, cache)
	}
	m := Module{Dir: t.TempDir()}
	for name, text := range map[string]string{
		"go.mod":             "module " + modulePath + "\n\ngo 1.26\n",
		"go.sum":             "",
		"cmd/jaeger/main.go": "package main\n\nfunc main() {}\n",
	} {
		file := filepath.Join(m.Dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOPROXY", "off")
	b, err := Build(t.Context(), m.For(another()), BuildOptions{Go: goCommand, Env: []string{"GOOS=plan9", "GOFLAGS=-mod=mod"}})
	if err != nil {
		t.Fatal(err)
	}
	if b.Version != Version || b.Origin != FromCache {
		t.Errorf("it is %+v", b)
	}
	if again, err := Build(t.Context(), m.For(another()), BuildOptions{Go: "does-not-exist"}); err != nil || again != b {
		t.Errorf("the second Build gives %+v, %v, want the first one's", again, err)
	}
	if _, err := Find(m); err != ErrMissing {
		t.Errorf("Find gives %v, want that there is none for this machine", err)
	}

	// What is in the place of the program and is another one is not taken.
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.For(another()).inspectBuilt(self); err == nil || !strings.Contains(err.Error(), "and not Jaeger for "+another().String()) {
		t.Errorf("the error about another program is %v", err)
	}
	text := filepath.Join(out, "text")
	if err := os.WriteFile(text, []byte("no program"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := m.For(another()).inspectBuilt(text); err == nil {
		t.Error("a text is taken for Jaeger")
	}
}
