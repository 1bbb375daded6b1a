package tracecheck

import (
	"os"
)

// terminate is the same here: there is no SIGTERM on Windows.
var terminate = interrupt

// signalled gives "interrupt" if an unhandled Ctrl-Break ended the process.
func signalled(state *os.ProcessState) string {
	const controlCExit = 0xC000013A
	if uint32(state.ExitCode()) == controlCExit {
		return "interrupt"
	}
	return ""
}
