//go:build linux || darwin

package proc

import "syscall"

// FreeSpace gives the bytes that are left for this user where folder is, and an
// error on a system that does not tell.
func FreeSpace(folder string) (uint64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return 0, err
	}
	return disk.Bavail * uint64(disk.Bsize), nil
}
