package backend

import (
	"context"
	"io"
	"os"
	"time"
)

// recipe is how a system comes onto this machine and how it is started.
type recipe struct {
	// lacks gives what this machine lacks, without Docker, or nil.
	lacks func() *Missing
	// brings gives what this machine lacks to fetch it, or nil. It may be nil.
	brings func() *Missing
	// pin is what says which versions are used. Another pin has another folder
	// in the cache. A system without one has nothing to fetch.
	pin string
	// size is how many bytes the disk needs for it, about.
	size int64
	// fetch brings into the folder home what is not there yet. It is alone
	// there. What a fetch that was broken off has left is there still.
	fetch func(ctx context.Context, home string, report func(Progress)) error
	// holds tells whether all that was fetched is there still. It may be nil.
	holds func(home string) bool
	// listens gives the ports that a start needs. The addresses that others
	// are told come first, and those that only the system needs have no name.
	listens func(o Options) ([]listener, error)
	// prepare writes into the folder of the run what the programs read, and
	// gives the programs, in the order in which they start. It is called at
	// each start, so it leaves alone the data of the start before.
	prepare func(r *run) ([]program, error)
	// grace is how long a program may take to stop; a minute by default.
	grace time.Duration
}

// listener is a port of 127.0.0.1 that a system opens.
type listener struct {
	what  string // as "CQL"; "" is not told to anybody
	usual int    // 0 is any that is free
	url   bool   // whether the address is told as http://host:port
}

// run is one start of a system.
type run struct {
	home      string    // what was fetched
	folder    string    // for configuration and data
	at        []string  // host:port of each listener
	addresses []Address // what others are told; prepare may change it
	options   Options
}

// program is a process of a system.
type program struct {
	name string // in messages, where a system has several; else ""
	path string
	args []string
	dir  string   // the folder of the run, if empty
	env  []string // added to that of this process, before the options' own
	// ready asks the program once whether it can be used: nil is yes.
	ready func(ctx context.Context) error
	// says is what it writes when it can be used, for one that cannot be asked.
	says string
	// stop tells it to end. By default that is Ctrl-C.
	stop func(*os.Process) error
}

// Address is where a system can be reached.
type Address struct {
	What  string // as "CQL"
	Value string // host:port, or a URL
}

// Options say how a system runs.
type Options struct {
	Folder string    // for its data and its configuration; kept when it stops, found again at the next start
	Free   bool      // listen on ports that are free, in place of the usual ones
	Log    io.Writer // gets what it prints; may be nil
	Env    []string  // for the collector and python: added to the environment
	Config string    // for the collector and prometheus: a configuration file in the place of their own
}
