//go:build linux || darwin

package jaeger

import "syscall"

// freeSpace gives the bytes that are left for this user where folder is.
func freeSpace(folder string) (uint64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return 0, err
	}
	return disk.Bavail * uint64(disk.Bsize), nil
}
