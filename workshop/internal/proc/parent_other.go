//go:build unix && !linux

package proc

import "syscall"

// dieWithParent is not to be had here.
func dieWithParent(*syscall.SysProcAttr) {}
