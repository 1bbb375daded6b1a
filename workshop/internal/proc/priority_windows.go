package proc

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// LowPriority makes cmd and its children wait for what the person at the
// machine does.
func LowPriority(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.CreationFlags |= windows.BELOW_NORMAL_PRIORITY_CLASS
}
