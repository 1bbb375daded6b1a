package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/windows"
)

// detach gives cmd a console of its own, which is not to be seen: neither
// Ctrl-C nor the end of this console reaches it.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		CreationFlags: windows.CREATE_NO_WINDOW | windows.CREATE_NEW_PROCESS_GROUP,
	}
}

// lasting copies the program into folder: the go command removes the file that
// it has built, and cannot while a process runs from it.
func lasting(program, folder string) (string, error) {
	from, err := os.Open(program)
	if err != nil {
		return "", err
	}
	defer from.Close()
	copied := filepath.Join(folder, "workshop.exe")
	to, err := os.Create(copied)
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		return "", err
	}
	return copied, to.Close()
}
