package backend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/port"
	"example.com/tracing-workshop/workshop/internal/proc"
)

// startLimit is how long a start may take. The slowest needs ten seconds of two
// idle processors.
const startLimit = 4 * time.Minute

// Start starts a system that was fetched, and waits until it can be used: it is
// asked. If ctx ends before that, the system is killed; afterwards ctx has no
// say. Where this machine allows it, the system also ends when this process dies.
func (s *System) Start(ctx context.Context, o Options) (*Process, error) {
	if err := s.Lacks(); err != nil {
		return nil, err
	}
	home, err := s.home()
	if err != nil {
		return nil, err
	}
	if s.recipe.pin != "" && !s.isComplete(home) {
		return nil, fmt.Errorf("%s is not fetched yet", s.Title)
	}
	if o.Folder == "" {
		return nil, fmt.Errorf("%s needs a folder for its data", s.Title)
	}
	if o.Folder, err = filepath.Abs(o.Folder); err != nil {
		return nil, err
	}
	if o.Log != nil {
		o.Log = &oneAtATime{w: o.Log}
	}
	listeners, err := s.recipe.listens(o)
	if err != nil {
		return nil, err
	}
	r := &run{home: home, folder: o.Folder, options: o}
	if r.at, err = s.ports(listeners, o.Free); err != nil {
		return nil, err
	}
	for i, l := range listeners {
		if l.what != "" {
			r.addresses = append(r.addresses, Address{l.what, l.told(r.at[i])})
		}
	}
	return s.start(ctx, r)
}

// told is how others are told the address.
func (l listener) told(at string) string {
	if l.url {
		return "http://" + at
	}
	return at
}

// ports gives an address to each listener. Those that are not the usual ones
// stay reserved as long as this process runs, so that a restart has them again.
func (s *System) ports(listeners []listener, free bool) ([]string, error) {
	var at []string
	for _, l := range listeners {
		if l.usual != 0 && !free {
			address := net.JoinHostPort("127.0.0.1", strconv.Itoa(l.usual))
			if err := s.available(address); err != nil {
				return nil, err
			}
			at = append(at, address)
			continue
		}
		reserved, err := port.Reserve()
		if err != nil {
			return nil, err
		}
		at = append(at, reserved.Address)
	}
	return at, nil
}

// TakenError says that another program has a port that a system needs.
type TakenError struct {
	System  string // its title
	Address string
}

// Error says it in one line.
func (e *TakenError) Error() string {
	return fmt.Sprintf("%s needs port %s, and another program has it: stop that one first", e.System, e.Address)
}

// available gives an error if somebody else has the address: a [*TakenError].
func (s *System) available(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil && !port.InUse(err) {
		return fmt.Errorf("%s cannot have port %s: %w", s.Title, address, err)
	}
	if err == nil {
		l.Close()
	}
	// Some systems allow to listen on 127.0.0.1 where another program, such as
	// that of a container, listens on all addresses.
	if err != nil || port.Open(address) {
		return &TakenError{s.Title, address}
	}
	return nil
}

// start starts the programs one after the other: the next one when the one
// before is ready.
func (s *System) start(ctx context.Context, r *run) (*Process, error) {
	limited, cancel := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("it has taken %s", startLimit))
	defer cancel()
	lock, err := s.own(r.folder)
	if err != nil {
		return nil, err
	}
	programs, err := s.recipe.prepare(r)
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("%s cannot be prepared in %s: %w", s.Title, r.folder, err)
	}
	p := &Process{System: s, Addresses: r.addresses, run: r, lock: lock, done: make(chan struct{}), ending: make(chan struct{})}
	go p.watch()
	for _, wanted := range programs {
		c, err := p.launch(wanted)
		if err == nil {
			err = p.awaitReady(limited, c)
		}
		if err != nil {
			p.Kill()
			return nil, err
		}
	}
	return p, nil
}

// own takes the folder for one process at a time.
func (s *System) own(folder string) (*os.File, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("%s has no folder for its data: %w", s.Title, err)
	}
	file, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("%s has no folder for its data: %w", s.Title, err)
	}
	mine, err := proc.TryLock(file)
	if err == nil && !mine {
		err = errors.New("another process runs it there")
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%s cannot have the folder %s: %w", s.Title, folder, err)
	}
	return file, nil
}

// oneAtATime is a writer for the programs of a system, which do not wait for
// each other.
type oneAtATime struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *oneAtATime) Write(chunk []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.w.Write(chunk)
}
