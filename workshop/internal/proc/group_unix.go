//go:build unix

package proc

import (
	"os"
	"os/exec"
	"syscall"
)

// OwnGroup puts cmd and its children into a process group of their own.
func OwnGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
}

// Interrupt is Ctrl-C for the process and its children.
func Interrupt(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGINT) }

// Kill ends the process and its children, where they have not ended.
func Kill(p *os.Process) {
	if p != nil {
		_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
	}
}
