//go:build unix

package proc

import (
	"os/exec"
	"syscall"
)

// Detach gives cmd a session of its own: neither Ctrl-C nor the end of the
// terminal reaches it.
func Detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
