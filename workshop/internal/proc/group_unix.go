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

// Adopt ties to p, which [OwnGroup] has prepared, the children that it starts.
// When p has exited, end ends those that are left.
func Adopt(p *os.Process) (end func()) { return func() { Kill(p) } }

// EndOwn ends this process with its children, if it leads a group of its own.
func EndOwn() {
	if pid := os.Getpid(); syscall.Getpgrp() == pid {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
}
