//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// aheadSays lets the build start, as after a check, and gives what is said.
func aheadSays(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	machine.BuildAhead(console.New(&out), workshoptest.Here(t))
	return out.String()
}

// learner makes a machine of a learner without Jaeger, which has room.
func learner(t *testing.T, role string) (notes string) {
	t.Helper()
	notes = workshoptest.WithoutJaeger(t, role)
	if free, err := proc.FreeSpace(notes); err == nil && free < 5<<30 {
		t.Skip("this machine has no room")
	}
	t.Setenv("CI", "")
	t.Setenv(machine.NoBuild, "")
	t.Setenv(asWorkshop, "1") // what is started is the workshop
	return notes
}

func logText(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(filepath.Join(cache, "tracing-workshop", "jaeger-build.log"))
	return string(text)
}

var killLine = regexp.MustCompile(`kill (\d+)`)

// startAhead lets the build start, and gives its process.
func startAhead(t *testing.T) (pid int) {
	t.Helper()
	out := aheadSays(t)
	workshoptest.Contains(t, out, "is being built in the background, at low priority", "Log: ", "jaeger-build.log", "kill ", machine.NoBuild+"=1")
	match := killLine.FindStringSubmatch(out)
	if match == nil {
		t.Fatalf("it does not say how to stop it:\n%s", out)
	}
	pid, _ = strconv.Atoi(match[1])
	t.Cleanup(func() { // it is a child of this process, so its number is still its own
		_ = syscall.Kill(pid, syscall.SIGTERM)
		_, _ = syscall.Wait4(pid, nil, 0, nil)
	})
	return pid
}

func TestBuildAhead(t *testing.T) {
	notes := learner(t, "hangs")
	pid := startAhead(t)
	if session, err := unix.Getsid(pid); err != nil || session != pid {
		t.Errorf("its session is %d (%v), want one of its own, %d", session, err, pid)
	}
	workshoptest.Eventually(t, "the build runs", func() bool { return workshoptest.Builds(notes) == 1 })
	workshoptest.Contains(t, aheadSays(t), fmt.Sprintf("Jaeger, for step 5, is being built: process %d is compiling Jaeger: 0 of 2 packages.\nTo stop it: kill %[1]d\n", pid))
	if n := workshoptest.Builds(notes); n != 1 {
		t.Errorf("%d builds, want 1", n)
	}
	if err := os.WriteFile(filepath.Join(notes, "go-on"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := syscall.Wait4(pid, nil, 0, nil); err != nil {
		t.Fatal(err)
	}
	workshoptest.Contains(t, logText(t), fmt.Sprintf("Process %d builds Jaeger.", pid), "Jaeger is built.", "Jaeger 2.13.0 is here: ")
	if out := aheadSays(t); out != "" {
		t.Errorf("it says %q about a Jaeger that is there", out)
	}
}

func TestBuildAheadThatIsStopped(t *testing.T) {
	notes := learner(t, "hangs")
	pid := startAhead(t)
	workshoptest.Eventually(t, "the build runs", func() bool { return workshoptest.Builds(notes) == 1 })
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := syscall.Wait4(pid, nil, 0, nil); err != nil {
		t.Fatal(err)
	}
	workshoptest.Contains(t, logText(t), "The build of Jaeger was stopped.")
	if out := aheadSays(t); out != "" || workshoptest.Builds(notes) != 1 {
		t.Errorf("it is started again: %q", out)
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	cache, _ := os.UserCacheDir()
	if err := os.Chtimes(filepath.Join(cache, "tracing-workshop", "jaeger-build.log"), yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	startAhead(t)
}

// TestBuildAheadBesideAnother tells about the build that runs, also where the
// log is of one that was stopped.
func TestBuildAheadBesideAnother(t *testing.T) {
	notes := learner(t, "hangs")
	other := startBuild(t, notes)
	cache, _ := os.UserCacheDir()
	if err := os.WriteFile(filepath.Join(cache, "tracing-workshop", "jaeger-build.log"), []byte("The build of Jaeger was stopped."+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := aheadSays(t)
	workshoptest.Contains(t, out, fmt.Sprintf("is being built: process %d is compiling Jaeger: 0 of 2 packages.", os.Getpid()))
	workshoptest.Lacks(t, out, "stopped", "log")
	other.finish(t)
}

func TestBuildAheadThatIsKilledGoesOn(t *testing.T) {
	notes := learner(t, "hangs")
	pid := startAhead(t)
	workshoptest.Eventually(t, "the build runs", func() bool { return workshoptest.Builds(notes) == 1 })
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := syscall.Wait4(pid, nil, 0, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(notes, "go-on"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	startAhead(t)
	workshoptest.Eventually(t, "Jaeger is built", func() bool { return bytes.Contains([]byte(logText(t)), []byte("Jaeger is built.")) })
}

func TestBuildAheadThatFails(t *testing.T) {
	learner(t, "broken")
	pid := startAhead(t)
	if _, err := syscall.Wait4(pid, nil, 0, nil); err != nil {
		t.Fatal(err)
	}
	workshoptest.Contains(t, logText(t), "workshop: the build of Jaeger failed: ")
	if out := aheadSays(t); out != "" {
		t.Errorf("it is started again: %q", out)
	}
}

func TestNoBuildAhead(t *testing.T) {
	for _, variable := range []string{"CI", machine.NoBuild} {
		notes := learner(t, "works")
		t.Setenv(variable, "true")
		if out := aheadSays(t); out != "" || workshoptest.Builds(notes) != 0 || logText(t) != "" {
			t.Errorf("with %s it says %q", variable, out)
		}
	}
}
