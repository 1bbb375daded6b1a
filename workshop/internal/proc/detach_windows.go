package proc

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// Detach gives cmd a console of its own, which is not to be seen: neither
// Ctrl-C nor the end of this console reaches it.
func Detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		CreationFlags: windows.CREATE_NO_WINDOW | windows.CREATE_NEW_PROCESS_GROUP,
	}
}
