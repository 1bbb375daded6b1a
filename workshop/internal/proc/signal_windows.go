package proc

import "os"

// Terminate is the same here: there is no SIGTERM on Windows.
var Terminate = CtrlC

// EndedBy gives "interrupt" if an unhandled Ctrl-Break ended the process.
func EndedBy(state *os.ProcessState) string {
	const controlCExit = 0xC000013A
	if uint32(state.ExitCode()) == controlCExit {
		return "interrupt"
	}
	return ""
}

// Resized tells nothing here: Windows has no signal for that.
func Resized() (resized <-chan os.Signal, stop func()) { return nil, func() {} }
