package tracecheck

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// prepare makes the command stoppable: only a process group of its own can be
// sent a Ctrl-Break that does not hit this process too.
func prepare(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}

// interrupt is Ctrl-Break for the process, which a Go program sees as
// os.Interrupt.
func interrupt(p *os.Process) error {
	return windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(p.Pid))
}

// terminate is the same here: there is no SIGTERM on Windows.
func terminate(p *os.Process) error { return interrupt(p) }

// signalled gives "interrupt" if an unhandled Ctrl-Break ended the process.
func signalled(state *os.ProcessState) string {
	const controlCExit = 0xC000013A
	if uint32(state.ExitCode()) == controlCExit {
		return "interrupt"
	}
	return ""
}
