package tracecheck

import (
	"os"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// terminate is the same here: there is no SIGTERM on Windows.
func terminate(p *os.Process) error { return proc.Interrupt(p) }

// signalled gives "interrupt" if an unhandled Ctrl-Break ended the process.
func signalled(state *os.ProcessState) string {
	const controlCExit = 0xC000013A
	if uint32(state.ExitCode()) == controlCExit {
		return "interrupt"
	}
	return ""
}
