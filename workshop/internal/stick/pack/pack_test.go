package pack

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

func TestPackNeedsRoom(t *testing.T) {
	workshoptest.WithoutJaeger(t, "works")
	dir := filepath.Join(t.TempDir(), "stick")
	var out bytes.Buffer
	for _, full := range []string{dir, os.Getenv("XDG_CACHE_HOME")} {
		p := &Packer{Console: console.New(&out), Repository: workshoptest.Here(t), platforms: []jaeger.Platform{jaeger.Here()}}
		p.freeSpace = func(folder string) (uint64, error) {
			if strings.HasPrefix(folder, full) {
				return 1 << 20, nil
			}
			return 50 << 30, nil
		}
		if err := p.Pack(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "has 0.0 GB left, and up to ") {
			t.Errorf("with %s full the error is %v", full, err)
		}
	}
}

// TestCloneSaysNothingAboutThisMachine packs a clone with edits, with another
// branch, and with a password in the address that it comes from.
func TestCloneSaysNothingAboutThisMachine(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git here")
	}
	workshoptest.Repository(t, map[string]string{"step01-fails": workshoptest.StepThatFails})
	root := workshoptest.Here(t).Root
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"},
		{"add", "--all"},
		{"-c", "user.name=Instructor", "-c", "user.email=instructor@example.com", "commit", "--quiet", "--message=The workshop"},
		{"remote", "add", "origin", "https://instructor:hunter2@example.com/workshop.git"},
		{"branch", "private"},
	} {
		if _, err := git(t.Context(), root, args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("step01-fails/step_test.go", []byte("package edited\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p := &Packer{Console: console.New(&out), Repository: workshoptest.Here(t), work: t.TempDir()}
	if err := p.copyRepository(t.Context()); err != nil {
		t.Fatal(err)
	}
	workshoptest.Contains(t, out.String(), "What is not committed does not travel: 1 file.\n")
	if text, err := os.ReadFile(filepath.Join(p.copy.Root, "step01-fails", "step_test.go")); err != nil || string(text) != workshoptest.StepThatFails {
		t.Errorf("the copy has edits, or nothing (%v)", err)
	}
	description, err := p.describe(t.Context())
	if err != nil || !strings.HasPrefix(description, "commit ") || !strings.HasSuffix(description, " main https://example.com/workshop.git") {
		t.Errorf("it is described as %q (%v)", description, err)
	}
	branches, err := git(t.Context(), p.copy.Root, "branch", "--all")
	if err != nil {
		t.Error(err)
	}
	workshoptest.Lacks(t, branches, "private")
	err = filepath.WalkDir(filepath.Join(p.copy.Root, ".git"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		workshoptest.Lacks(t, string(text), "hunter2", filepath.Base(filepath.Dir(root)))
		return err
	})
	if err != nil {
		t.Error(err)
	}

	// Nowhere to pull from is better than a folder of the instructor.
	if _, err := git(t.Context(), root, "remote", "set-url", "origin", root); err != nil {
		t.Fatal(err)
	}
	p.work = t.TempDir()
	if err := p.copyRepository(t.Context()); err != nil {
		t.Fatal(err)
	}
	if remotes, err := git(t.Context(), p.copy.Root, "remote"); err != nil || remotes != "" {
		t.Errorf("the copy has the remotes %q (%v)", remotes, err)
	}
}

func TestPublicAddress(t *testing.T) {
	for address, want := range map[string]string{
		"https://github.com/o/w.git":             "https://github.com/o/w.git",
		"https://me:token@git.example.com/w":     "https://git.example.com/w",
		"git@github.com:o/w.git":                 "git@github.com:o/w.git",
		"ssh://git:secret@git.example.com:22/w":  "ssh://git@git.example.com:22/w",
		"/home/me/w":                             "",
		"../w":                                   "",
		"file:///home/me/w":                      "",
		`C:\Users\me\w`:                          "",
		"C:/Users/me/w":                          "",
		"":                                       "",
		"git://git.example.com/w":                "git://git.example.com/w",
		"https://me:to%ken@git.example.com/w":    "",
		"ext::sh -c whatever":                    "",
		"https://git.example.com:8443/group/w":   "https://git.example.com:8443/group/w",
		"me@build.example.com:workshops/tracing": "me@build.example.com:workshops/tracing",
	} {
		if got := public(address); got != want {
			t.Errorf("%q becomes %q, want %q", address, got, want)
		}
	}
}
