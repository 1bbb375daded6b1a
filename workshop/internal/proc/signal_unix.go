//go:build unix

package proc

import (
	"os"
	"os/signal"
	"syscall"
)

// Terminate is what a service manager sends. It goes to the one process.
var Terminate = Signal{syscall.SIGTERM.String(), func(p *os.Process) error { return p.Signal(syscall.SIGTERM) }}

// EndedBy gives the signal that ended a process, or "".
func EndedBy(state *os.ProcessState) string {
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return ""
	}
	return status.Signal().String()
}

// Resized tells when the terminal has got another size, until stop is called.
func Resized() (resized <-chan os.Signal, stop func()) {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGWINCH)
	return told, func() { signal.Stop(told) }
}
