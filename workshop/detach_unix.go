//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// detach gives cmd a session of its own: neither Ctrl-C nor the end of the
// terminal reaches it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// lasting gives the program itself. The go command may remove its file when
// this process ends, which does not harm one that runs.
func lasting(program, _ string) (string, error) { return program, nil }
