package proc

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// TryLock takes the lock on file, unless another holder has it. The lock ends
// with the process at the latest.
func TryLock(file *os.File) (mine bool, err error) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err = windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}
