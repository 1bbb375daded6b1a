//go:build unix

package tracecheck

import (
	"os"
	"syscall"
)

// terminate is what a service manager sends.
var terminate = stopSignal{syscall.SIGTERM.String(), func(p *os.Process) error { return p.Signal(syscall.SIGTERM) }}

// signalled gives the signal that ended the process, or "".
func signalled(state *os.ProcessState) string {
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return ""
	}
	return status.Signal().String()
}
