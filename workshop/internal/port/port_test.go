package port

import (
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"testing"
)

func TestReserve(t *testing.T) {
	r, err := Reserve()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if r.Taken() || Open(r.Address) {
		t.Errorf("%s is taken by nobody", r.Address)
	}
	l, err := net.Listen("tcp", r.Address)
	if err != nil {
		t.Fatalf("a port is reserved that is not free: %v", err)
	}
	if !r.Taken() || !Open(r.Address) {
		t.Errorf("%s is not taken although somebody listens", r.Address)
	}
	l.Close()
	if r.Taken() || Open(r.Address) {
		t.Errorf("%s is still taken", r.Address)
	}
}

// TestReservedByItsAddress keeps the address of a port alone: nobody else is given
// it, also after memory was tidied up.
func TestReservedByItsAddress(t *testing.T) {
	even := onlyItsGuard(t)
	for range 2 { // what is found in one round is closed by the next one
		tidied := make(chan struct{})
		runtime.SetFinalizer(&struct{ _ [64]byte }{}, func(any) { close(tidied) })
		runtime.GC()
		<-tidied
	}
	if guard, err := listen(even); err == nil {
		guard.Close()
		t.Error("the reservation is gone")
	}
}

// onlyItsGuard reserves a port, forgets all but its number, and gives that of its
// guard.
func onlyItsGuard(t *testing.T) int {
	t.Helper()
	r, err := Reserve()
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := net.SplitHostPort(r.Address)
	odd, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return odd - 1
}

// TestReserveTogether reserves from many goroutines at once: no port is given
// twice, though nobody opens one.
func TestReserveTogether(t *testing.T) {
	const each, goroutines = 10, 20
	var (
		mu   sync.Mutex
		seen = map[string]bool{}
		all  sync.WaitGroup
	)
	for range goroutines {
		all.Go(func() {
			for range each {
				r, err := Reserve()
				if err != nil {
					t.Error(err)
					return
				}
				t.Cleanup(r.Release)
				mu.Lock()
				if seen[r.Address] {
					t.Errorf("%s is given twice", r.Address)
				}
				seen[r.Address] = true
				mu.Unlock()
			}
		})
	}
	all.Wait()
}

// TestReserveTheLastOne has a single pair of ports: it is given once, and again
// when it is released; and not at all while a stranger has the port itself.
func TestReserveTheLastOne(t *testing.T) {
	pair := func() int { // that is free now
		r, err := Reserve()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Release()
		return r.guard.Addr().(*net.TCPAddr).Port
	}()
	r, err := reserve(pair, pair+2)
	if err != nil {
		t.Skipf("another program was given the ports: %v", err)
	}
	if again, err := reserve(pair, pair+2); err == nil {
		t.Errorf("%s is given twice", again.Address)
	}
	r.Release()
	r, err = reserve(pair, pair+2)
	if err != nil {
		t.Skipf("another program was given the ports: %v", err)
	}
	r.Release()

	stranger, err := net.Listen("tcp", r.Address)
	if err != nil {
		t.Skipf("another program was given the ports: %v", err)
	}
	defer stranger.Close()
	if again, err := reserve(pair, pair+2); err == nil {
		t.Errorf("%s is reserved, and taken", again.Address)
	}
}

// TestReserveWhileProgramsStart opens a reserved port while other programs are
// being started, which have copies of this process's files for a moment.
func TestReserveWhileProgramsStart(t *testing.T) {
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	var starting sync.WaitGroup
	for range 4 {
		starting.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
					_ = exec.Command(binary, "-test.run=^$").Run()
				}
			}
		})
	}
	for range 2000 {
		r, err := Reserve()
		if err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("tcp", r.Address)
		if err != nil {
			t.Errorf("a reserved port is taken: %v", err)
		} else {
			l.Close()
		}
		r.Release()
	}
	close(over)
	starting.Wait()
}
