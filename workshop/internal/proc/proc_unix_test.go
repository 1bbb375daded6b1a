//go:build unix

package proc

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// family is a program that starts another one.
type family struct {
	cmd        *exec.Cmd
	ended      <-chan error
	cancel     func()
	grandchild int
}

func start(t *testing.T, farewell time.Duration, script string) *family {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	f := &family{cmd: Command(ctx, "sh", "-c", script), cancel: cancel}
	f.cmd.WaitDelay = farewell
	read, write := io.Pipe()
	f.cmd.Stdout = write
	ended := make(chan error, 1)
	f.ended = ended
	go func() {
		ended <- Run(f.cmd)
		write.Close()
	}()
	lines := bufio.NewReader(read)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	if f.grandchild, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		t.Fatal(err)
	}
	return f
}

// gone waits until no process has that id.
func gone(t *testing.T, pid int) {
	t.Helper()
	for errors.Is(syscall.Kill(pid, 0), nil) {
		if t.Context().Err() != nil {
			t.Fatalf("process %d still runs", pid)
		}
		// An orphan is collected by the first process of the system.
		if state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil && strings.Contains(string(state), ") Z ") {
			return
		}
	}
}

// TestControlCDoesNotReachAChild holds what the package promises: the terminal
// tells this process alone.
func TestControlCDoesNotReachAChild(t *testing.T) {
	f := start(t, farewell, "sleep 1000 & echo $!; wait")
	for _, pid := range []int{f.cmd.Process.Pid, f.grandchild} {
		group, err := syscall.Getpgid(pid)
		if err != nil {
			t.Fatal(err)
		}
		if group == syscall.Getpgrp() || group != f.cmd.Process.Pid {
			t.Errorf("process %d is in group %d; want that of the child, %d", pid, group, f.cmd.Process.Pid)
		}
	}
	f.cancel()
	if err := <-f.ended; !errors.Is(err, context.Canceled) && f.cmd.ProcessState.Success() {
		t.Errorf("Run gives %v, and the program ended well; want that it was stopped", err)
	}
	gone(t, f.grandchild)
}

// TestDeafChild has a program that does not heed Ctrl-C, nor does its child.
func TestDeafChild(t *testing.T) {
	f := start(t, 50*time.Millisecond, "trap '' INT; sleep 1000 & echo $!; wait")
	f.cancel()
	if err := <-f.ended; err == nil {
		t.Error("Run gives no error for a program that was killed")
	}
	gone(t, f.grandchild)
}

func TestOutput(t *testing.T) {
	out, err := Output(Command(t.Context(), "sh", "-c", "echo out; echo why >&2; exit 3"))
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 || string(exit.Stderr) != "why\n" || string(out) != "out\n" {
		t.Errorf("Output gives %q, %#v; want what it printed, and why it ended with 3", out, err)
	}
}
