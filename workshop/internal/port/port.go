// Package port picks ports for programs that are about to be started.
//
// A port that the system picks is one of those that it gives to outgoing
// connections, too (from 32768 on Linux, from 49152 elsewhere). Between the
// moment when it is found free and the one when the program opens it, any
// client on the machine can be given it. So the ports here are below those.
package port

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// The ports among which is chosen.
const (
	begin = 20000
	end   = 32768
)

// attempts is how many ports are tried. One in a hundred being taken is much.
const attempts = 100

// knock is how long a dial may take. A system that has nobody on the port may
// take seconds to say so.
const knock = 100 * time.Millisecond

var errNoPort = errors.New("no port below 32768 is free on 127.0.0.1")

// Reserved is a free port of 127.0.0.1 that nobody else who reserves a port is
// given, in this process or in another one.
type Reserved struct {
	Address string // host:port
	guard   net.Listener
}

// held are the guards of the ports that are reserved. Who keeps the address alone
// has the port reserved as well: a listener that nobody knows any more is closed
// when memory is tidied up.
var held sync.Map // net.Listener -> true

// Reserve reserves a port until it is released, or this process ends.
func Reserve() (*Reserved, error) { return reserve(begin, end) }

// reserve reserves one of the ports from, with from even, up to the one before
// to. Ports come in pairs: who listens on the even one has the odd one above
// it. The system sees to it that it is only one, and that the reservation of a
// process that dies is gone.
func reserve(from, to int) (*Reserved, error) {
	for range attempts {
		even := from + 2*rand.IntN((to-from)/2)
		guard, err := listen(even)
		if err != nil {
			continue
		}
		// To listen here for a moment would not do. A program that is just being
		// started has copies of all files of this process until it runs, so the
		// port might stay taken after it was closed.
		if !Open(address(even + 1)) {
			held.Store(guard, true)
			return &Reserved{Address: address(even + 1), guard: guard}, nil
		}
		guard.Close()
	}
	return nil, errNoPort
}

// Taken tells whether some program has the port, be it for a connection to
// somewhere else.
func (r *Reserved) Taken() bool {
	l, err := net.Listen("tcp", r.Address)
	if err != nil {
		return true
	}
	l.Close()
	return false
}

// Release lets others reserve the port.
func (r *Reserved) Release() {
	held.Delete(r.guard)
	r.guard.Close()
}

// Open tells whether somebody listens at the address. Nothing is said to whoever
// does.
func Open(address string) bool {
	conn, err := net.DialTimeout("tcp", address, knock)
	if err != nil {
		return false
	}
	defer conn.Close()
	// Where every port is one for outgoing connections, too, a connection can
	// reach itself.
	return conn.LocalAddr().String() != conn.RemoteAddr().String()
}

func listen(number int) (net.Listener, error) { return net.Listen("tcp", address(number)) }

func address(number int) string { return fmt.Sprintf("127.0.0.1:%d", number) }
