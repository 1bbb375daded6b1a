//go:build unix

package proc

import (
	"errors"
	"os"
	"syscall"
)

// TryLock takes the lock on file, unless another holder has it. The lock ends
// with the process at the latest.
func TryLock(file *os.File) (mine bool, err error) {
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return false, nil
	}
	return err == nil, err
}
