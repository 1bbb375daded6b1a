package main

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// sums gives the content of all files of the repository that the go command
// may want to change.
func sums(t *testing.T) map[string]string {
	t.Helper()
	content := map[string]string{}
	for _, pattern := range []string{"go.work*", "*/go.mod", "*/go.sum", "*/*/go.mod", "*/*/go.sum"} {
		names, _ := filepath.Glob(filepath.Join(workshoptest.Here(t).Root, pattern))
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			content[name] = string(text)
		}
	}
	return content
}

// TestDoctorHere examines the machine that the tests run on, which is one that
// can do the workshop.
func TestDoctorHere(t *testing.T) {
	before := sums(t)
	code, stdout, stderr := outcome(t, "doctor")
	if code != exitOK || stderr != "" {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	workshoptest.Contains(t, stdout, "ok  Go       go1.", "  modules  ", "  ports    ", "  Jaeger   ", "  Docker   ", "  backend  ", "ok  disk     ",
		"\nThis machine can do the workshop. Begin with: go run ./workshop\n")
	for name, text := range sums(t) {
		if before[name] != text {
			t.Errorf("%s is changed", name)
		}
	}
}

// withoutAnything makes a repository with one step, and a machine without
// Jaeger whose go command plays a role.
func withoutAnything(t *testing.T, role string) (notes string) {
	t.Helper()
	notes = workshoptest.WithoutJaeger(t, role)
	if free, err := proc.FreeSpace(notes); err == nil && free < 3<<30 {
		t.Skip("this machine has no room")
	}
	if err := os.WriteFile("workshop/go.mod", []byte("module example.com/workshop\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return notes
}

func TestPrefetch(t *testing.T) {
	notes := withoutAnything(t, "works")
	code, stdout, stderr := outcome(t, "doctor", "-prefetch")
	if code != exitOK || stderr != "" {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	workshoptest.Contains(t, stdout, "ok  Go", "looking at what there is to download\n", "compiling what the steps are made of\n",
		"compiling the tests of the steps\n", "There is no Jaeger on this machine yet", "Jaeger is built.", "ok  modules", "ok  Jaeger", "This machine can do")
	if n := workshoptest.Builds(notes); n != 2 {
		t.Errorf("%d builds, want 2: the steps and Jaeger", n)
	}
	_, stdout, _ = outcome(t, "doctor", "-prefetch")
	workshoptest.Lacks(t, stdout, "There is no Jaeger on this machine yet")
}

func TestPrefetchThatFails(t *testing.T) {
	withoutAnything(t, "broken")
	code, stdout, stderr := outcome(t, "doctor", "-prefetch")
	if code != exitFailed || stderr != "workshop: "+machine.ErrNotReady.Error()+"\n" {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	workshoptest.Contains(t, stdout, "✗   fetch    not everything could be compiled: a.go:1:1: undefined: b\n", "ok  modules")
	workshoptest.Lacks(t, stdout, "There is no Jaeger on this machine yet")
}

func TestPrefetchWithoutNetwork(t *testing.T) {
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOPROXY", "off")
	before := sums(t)
	code, stdout, _ := outcome(t, "doctor", "-prefetch")
	if code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	workshoptest.Contains(t, stdout, "✗   fetch    not everything could be downloaded: ", "module lookup disabled by GOPROXY=off\n", "✗   modules  Not all are here")
	for name, text := range sums(t) {
		if before[name] != text {
			t.Errorf("%s is changed", name)
		}
	}
}
