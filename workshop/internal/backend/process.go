package backend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/text"
)

const (
	// grace is how long a program that was told to stop may take to do so.
	grace = time.Minute
	// pause is the time between two questions whether a program is ready.
	pause = 100 * time.Millisecond
	// logKept is how many bytes of the end of a log are kept at least.
	logKept = 256 << 10
)

// errKilled is what the stop of a program gives that cannot be told to end, and
// was killed.
var errKilled = errors.New("it was killed")

// Process is a system that runs, or has run.
type Process struct {
	System    *System
	Addresses []Address // the first is the one that others need, as {"CQL", "127.0.0.1:9042"}

	run    *run
	lock   *os.File
	ending chan struct{} // closed when a child has ended, and by Kill
	begin  sync.Once     // of the ending
	done   chan struct{}

	mu       sync.Mutex
	children []*child
	ended    bool // somebody ended it
	err      error
}

// child is a program that runs, or has run.
type child struct {
	program
	cmd  *exec.Cmd
	log  *proc.Transcript
	done chan struct{}
}

// Address is the first of the addresses.
func (p *Process) Address() string {
	if len(p.Addresses) == 0 {
		return ""
	}
	return p.Addresses[0].Value
}

// Done is closed when the system has ended, for whatever reason.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err gives why a system has ended that nobody has ended, with its last words.
// It is nil for one that was told to end, and for one that runs.
func (p *Process) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Stop tells the system to stop, as Ctrl-C would, and waits until it has. One
// that does not end in time is killed, and that is an error. To stop a system
// twice is to stop it once.
func (p *Process) Stop() error {
	var failure error
	for _, c := range slices.Backward(p.endBySomebody()) {
		if err := c.stopIn(cmp.Or(p.System.recipe.grace, grace)); err != nil && failure == nil {
			failure = fmt.Errorf("%s %w", p.System.Title, err)
		}
	}
	p.Kill()
	return failure
}

// Kill ends the system at once, so that it loses what it has not written, and
// waits until it is gone.
func (p *Process) Kill() {
	for _, c := range p.endBySomebody() {
		c.kill()
	}
	p.begin.Do(func() { close(p.ending) })
	<-p.done
}

// Restart starts a system that has ended once more: on the same ports, in the
// same folder.
func (p *Process) Restart(ctx context.Context) (*Process, error) {
	<-p.done
	return p.System.start(ctx, p.run)
}

// Memory is how many bytes of memory the system has, with all that it has
// started. A system that does not tell is an error.
func (p *Process) Memory() (bytes int64, err error) {
	for _, c := range p.all() {
		resident, err := proc.Resident(c.cmd.Process)
		if err != nil {
			return 0, fmt.Errorf("nobody can tell how much memory %s has: %w", p.System.Title, err)
		}
		bytes += resident
	}
	return bytes, nil
}

// endBySomebody notes that the system ends because somebody wants it, and
// gives its programs.
func (p *Process) endBySomebody() []*child {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	return slices.Clone(p.children)
}

func (p *Process) all() []*child {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.children)
}

// stopIn tells a program to stop, and waits until it has.
func (c *child) stopIn(limit time.Duration) error {
	select {
	case <-c.done:
		return nil
	default:
	}
	told := c.stop(c.cmd.Process)
	select {
	case <-c.done:
	case <-time.After(limit):
		c.kill()
		return fmt.Errorf("did not stop within %s and was killed", limit)
	}
	if told != errKilled && !endedWell(c.cmd.ProcessState) {
		return fmt.Errorf("was told to stop and failed at it: %s", c.lastWords())
	}
	return nil
}

// endedWell tells whether a program has ended as one does that is told to: a
// JVM gives 128 and the number of the signal.
func endedWell(state *os.ProcessState) bool {
	const interrupted, terminated = 130, 143
	return slices.Contains([]int{0, interrupted, terminated}, state.ExitCode()) || proc.EndedBy(state) != ""
}

// kill ends a program with its children, and waits until it is gone.
func (c *child) kill() {
	select {
	case <-c.done:
		return
	default:
		proc.Kill(c.cmd.Process)
	}
	<-c.done
}

// lastWords are what a program said in the end. One that a signal has ended says
// nothing of that, and most often nothing that matters.
func (c *child) lastWords() string {
	const longest = 150
	how := c.cmd.ProcessState.String()
	words := cmp.Or(essence(c.log.Lines()), how)
	if proc.EndedBy(c.cmd.ProcessState) != "" && words != how {
		words = how + ", after " + text.Excerpt(words, longest)
	}
	if c.name != "" {
		return c.name + ": " + words
	}
	return words
}

// launch starts a program of the system.
func (p *Process) launch(wanted program) (*child, error) {
	c := &child{program: wanted, done: make(chan struct{})}
	if c.stop == nil {
		c.stop = proc.Interrupt
	}
	c.log = &proc.Transcript{Last: logKept, Also: p.run.options.Log}
	c.cmd = exec.Command(c.path, c.args...)
	c.cmd.Dir = cmp.Or(c.dir, p.run.folder)
	c.cmd.Env = slices.Concat(os.Environ(), c.env, p.run.options.Env)
	c.cmd.Stdout, c.cmd.Stderr = c.log, c.log
	c.cmd.WaitDelay = time.Second
	proc.OwnGroup(c.cmd)
	ended, err := proc.Launch(c.cmd)
	if err != nil {
		return nil, fmt.Errorf("%s could not be run: %w", c.path, err)
	}
	release := proc.Adopt(c.cmd.Process)
	p.mu.Lock()
	p.children = append(p.children, c)
	p.mu.Unlock()
	go func() {
		<-ended // the exit is judged by cmd.ProcessState
		release()
		c.log.End()
		close(c.done)
		p.begin.Do(func() { close(p.ending) })
	}()
	return c, nil
}

// awaitReady asks a program until it is ready.
func (p *Process) awaitReady(ctx context.Context, c *child) error {
	for {
		asked, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := c.isReady(asked)
		cancel()
		select {
		case <-p.ending:
			return p.startError()
		default:
		}
		if err == nil {
			return nil
		}
		select {
		case <-p.ending:
			return p.startError()
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready in time, and was killed: %w", p.System.Title, context.Cause(ctx))
		case <-time.After(pause):
		}
	}
}

// isReady is nil as soon as the program can be used.
func (c *child) isReady(ctx context.Context) error {
	switch {
	case c.says == "":
		return c.ready(ctx)
	case strings.Contains(c.log.String(), c.says):
		return nil
	}
	return fmt.Errorf("it has not said %q", c.says)
}

// startError is why the system has ended before it was ready.
func (p *Process) startError() error {
	return fmt.Errorf("%s does not start: %s", p.System.Title, p.lastWords())
}

// lastWords are those of a program that has ended.
func (p *Process) lastWords() string {
	for _, c := range p.all() {
		select {
		case <-c.done:
			return c.lastWords()
		default:
		}
	}
	return "it was ended"
}

// watch waits for the end of the system, which is that of its first program
// to end.
func (p *Process) watch() {
	<-p.ending
	p.mu.Lock()
	by := p.ended
	p.mu.Unlock()
	if !by {
		p.fail(fmt.Errorf("%s has ended by itself: %s", p.System.Title, p.lastWords()))
	}
	for _, c := range p.all() {
		if !by {
			c.kill()
		}
		<-c.done
	}
	p.lock.Close()
	close(p.done)
}

func (p *Process) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}
