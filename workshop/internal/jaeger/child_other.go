//go:build unix && !linux

package jaeger

import "syscall"

// dieWithParent is not to be had here.
func dieWithParent(*syscall.SysProcAttr) {}
