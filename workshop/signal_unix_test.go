//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// process is the workshop in a process of its own, and in a process group of
// its own, as a shell on a terminal starts it.
type process struct {
	*workshoptest.Screen
	cmd    *exec.Cmd
	stderr bytes.Buffer
}

func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{Screen: workshoptest.NewScreen(), cmd: exec.CommandContext(t.Context(), os.Args[0], args...)}
	p.cmd.Env = append(os.Environ(), asWorkshop+"=1")
	p.cmd.Stdout, p.cmd.Stderr = p.Screen, &p.stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.WaitDelay = time.Minute
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) })
	return p
}

// controlC does what the terminal does: everyone in the group gets the signal.
func (p *process) controlC(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
}

// checkEnd waits for the end and expects nothing on stderr.
func (p *process) checkEnd(t *testing.T, code int) {
	t.Helper()
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := p.cmd.ProcessState.ExitCode(); got != code || p.stderr.Len() > 0 {
		t.Errorf("%v, stderr %q; want exit code %d and nothing", p.cmd.ProcessState, p.stderr.String(), code)
	}
}

func TestControlCWhileTracesListens(t *testing.T) {
	p := startProcess(t, "traces", "-listen", "127.0.0.1:0")
	p.Await(t, "OTEL_EXPORTER_OTLP_ENDPOINT")
	p.controlC(t)
	p.checkEnd(t, exitOK)
	workshoptest.Contains(t, p.String(), "0 traces, 0 spans.\n")
}

func TestControlCWhileAStepRuns(t *testing.T) {
	step := waitingStep(t)
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch) // where go test builds
	p := startProcess(t)
	running := step()
	p.controlC(t)
	p.checkEnd(t, exitInterrupted)
	if _, err := io.ReadAll(running); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(scratch, "*")); len(left) > 0 {
		t.Errorf("go test left %q behind", left)
	}
	// Go may have needed so long that it has said what it waits for.
	if text := p.String(); text != "" && !strings.HasPrefix(text, "checking step01-waits … (") {
		t.Errorf("it says %q, want nothing", text)
	}
}
