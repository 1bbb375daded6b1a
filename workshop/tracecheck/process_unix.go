//go:build unix

package tracecheck

import (
	"os"
	"os/exec"
	"syscall"
)

// prepare makes the command stoppable.
func prepare(*exec.Cmd) {}

// interrupt is Ctrl-C for the process.
func interrupt(p *os.Process) error { return p.Signal(os.Interrupt) }

// dumpStacks makes a Go process print its goroutines to stderr and exit.
func dumpStacks(p *os.Process) error { return p.Signal(syscall.SIGQUIT) }

// signalled gives the signal that ended the process, or "".
func signalled(state *os.ProcessState) string {
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return ""
	}
	return status.Signal().String()
}
