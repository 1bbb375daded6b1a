package port

import (
	"errors"
	"syscall"
)

// InUse tells whether an error of listening means that another program has the
// port. It knows both names of that: on Windows, where syscall.EADDRINUSE is an
// invented number, the system says WSAEADDRINUSE.
func InUse(err error) bool {
	const wsaAddrInUse = syscall.Errno(10048)
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaAddrInUse)
}
