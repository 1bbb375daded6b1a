//go:build unix

package proc

import (
	"os"
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
