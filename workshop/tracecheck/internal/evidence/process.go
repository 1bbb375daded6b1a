package evidence

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

const (
	// patience is how long a program may run unless the stage says otherwise.
	Patience = 5 * time.Second
	// grace is how long a program that was told to stop may take to do so.
	grace = 5 * time.Second
	// lastWords is how long a program whose time is up may take to show where it
	// is.
	lastWords = 2 * time.Second
	// outputFlood is how many bytes a program may write to each output stream
	// before it is stopped.
	outputFlood = 16 << 20
	// muchOutput is how many bytes make a program that does not end one that
	// prints without end.
	muchOutput = 1 << 20
)

// Process is one run of the learner's program.
type Process struct {
	Args    []string
	Stdout  *proc.Transcript
	Stderr  *proc.Transcript
	Elapsed time.Duration // from start to exit

	cmd         *exec.Cmd
	gone        <-chan error
	endChildren func()
	stdin       io.WriteCloser
	notebook    string // the path
	started     time.Time
	limit       time.Duration
	Grace       time.Duration
	exited      chan struct{}
	Notes       []facts.Note
	StartErr    error
	killedFor   string // "", or why the process was stopped by force
	killOnce    sync.Once
	Stopped     bool            // somebody asked it to stop
	StoppedAt   time.Time       // and when
	told        string          // the name of the signal that asked
	NeverOpened bool            // a service that took no connection
	source      *source.Program // or nil
}

// startProcess runs this test binary as the learner's program.
func Start(folder string, args, env []string, limit time.Duration) *Process {
	p := &Process{Args: args, limit: limit, Grace: grace + flushTimeout(args), exited: make(chan struct{}), started: time.Now()}
	flood := func() { p.kill(killedForFlood) }
	p.Stdout = &proc.Transcript{Most: outputFlood, Full: flood}
	p.Stderr = &proc.Transcript{Most: outputFlood, Full: flood}
	if p.StartErr = p.start(folder, env); p.StartErr != nil {
		p.finish()
		return p
	}
	go p.wait()
	return p
}

func (p *Process) start(folder string, env []string) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	notes, err := os.CreateTemp(folder, "notes-*.json")
	if err != nil {
		return err
	}
	notes.Close()
	p.notebook = notes.Name()

	p.cmd = exec.Command(binary, p.Args...)
	p.cmd.Dir = folder // what the program writes without a path is gone with it
	p.cmd.Env = slices.Concat(env, []string{facts.NotesVariable + "=" + notes.Name(), facts.WatchVariable + "=1"})
	p.cmd.Stdout, p.cmd.Stderr = p.Stdout, p.Stderr
	// A grandchild may hold the output open after the program is gone.
	p.cmd.WaitDelay = time.Second
	proc.OwnGroup(p.cmd)
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return err
	}
	if p.gone, err = proc.Launch(p.cmd); err != nil {
		return err
	}
	p.endChildren = proc.Adopt(p.cmd.Process)
	return nil
}

const (
	killedForTime  = "time"  // it did not end by itself
	killedForGrace = "grace" // it was told to stop, and did not
	killedForFlood = "flood"
	killedForEnd   = "end"
)

// wait collects the process when it exits, and stops it when its time is up.
func (p *Process) wait() {
	timer := time.AfterFunc(p.limit, p.Expire)
	defer timer.Stop()
	<-p.gone // the exit is judged by cmd.ProcessState
	p.endChildren()
	p.stdin.Close()
	p.finish()
}

// Expire ends the process as if its time was up.
func (p *Process) Expire() { p.kill(killedForTime) }

func (p *Process) finish() {
	p.killOnce.Do(func() {}) // from here on nothing is killed any more
	p.Elapsed = time.Since(p.started)
	if p.notebook != "" {
		p.Notes = facts.Read(p.notebook)
	}
	p.Stdout.End()
	p.Stderr.End()
	close(p.exited)
}

// kill stops the process by force. If it ran out of time, it is made to show
// where it was first (heedParent).
func (p *Process) kill(why string) {
	p.killOnce.Do(func() {
		p.killedFor = why
		if p.ranOut() {
			if _, err := p.stdin.Write([]byte("?")); err == nil {
				time.AfterFunc(lastWords, func() { _ = p.cmd.Process.Kill() })
				return
			}
		}
		_ = p.cmd.Process.Kill()
	})
}

// ranOut tells whether the process was stopped because its time was up.
func (p *Process) ranOut() bool {
	return p.killedFor == killedForTime || p.killedFor == killedForGrace
}

// Wait waits until the program has exited.
func (p *Process) Wait() { <-p.exited }

// Stop tells the program to stop, as Ctrl-C would, and waits until it has.
func (p *Process) Stop() { p.stop(proc.CtrlC) }

// Terminate tells the program to stop, as an operator or an orchestrator would
// (SIGTERM), and waits until it has.
func (p *Process) Terminate() { p.stop(proc.Terminate) }

func (p *Process) stop(s proc.Signal) {
	if p.Tell(s) {
		timer := time.AfterFunc(p.Grace, func() { p.kill(killedForGrace) })
		defer timer.Stop()
	}
	p.Wait()
}

// Tell sends a signal to the program. It gives false if there is nobody who
// could take it.
func (p *Process) Tell(s proc.Signal) bool {
	if p.StartErr != nil || p.hasExited() {
		return false
	}
	p.Stopped, p.told, p.StoppedAt = true, s.Name, time.Now()
	_ = s.Send(p.cmd.Process)
	return true
}

// Service is the name of the service that the process runs, or "".
func (p *Process) Service() string {
	if len(p.Args) == 0 || strings.HasPrefix(p.Args[0], "-") {
		return ""
	}
	return p.Args[0]
}

// Address is where the service was told to listen, or "".
func (p *Process) Address() string {
	if i := slices.Index(p.Args, "-addr"); i >= 0 && i+1 < len(p.Args) {
		return p.Args[i+1]
	}
	return ""
}

// flushTimeout is what the services of the steps are told to allow for the last
// spans when they stop, or 0.
func flushTimeout(args []string) time.Duration {
	i := slices.Index(args, "-flush-timeout")
	if i < 0 || i+1 >= len(args) {
		return 0
	}
	timeout, _ := time.ParseDuration(args[i+1])
	return timeout
}

// Discard ends a process that is of no interest any more.
func (p *Process) Discard() {
	if p.StartErr == nil && !p.hasExited() {
		p.kill(killedForEnd)
	}
	p.Wait()
}

func (p *Process) hasExited() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// Await waits until the program has written text to stdout or stderr. It
// tells whether that came about before the program exited.
func (p *Process) Await(text string) bool {
	return p.AwaitMatch(regexp.MustCompile(regexp.QuoteMeta(text))) != nil
}

// AwaitMatch waits until something that the program has written to stdout or
// stderr matches, and gives the match and its groups. It gives nil if the
// program exited before.
func (p *Process) AwaitMatch(pattern *regexp.Regexp) (match []string) {
	p.awaitThat(func() bool {
		if match = pattern.FindStringSubmatch(p.Stdout.String()); match == nil {
			match = pattern.FindStringSubmatch(p.Stderr.String())
		}
		return match != nil
	})
	return match
}

// awaitThat looks at the output until something is seen there, and tells whether
// that came about before the program exited.
func (p *Process) awaitThat(seen func() bool) bool {
	for {
		// What it wrote last counts, so this is asked before the output is looked at.
		exited := p.hasExited()
		stdout, stderr := p.Stdout.More(), p.Stderr.More()
		if seen() {
			return true
		}
		if exited {
			return false
		}
		select {
		case <-stdout:
		case <-stderr:
		case <-p.exited:
		}
	}
}

// ExitCode is the exit code of a program that has exited, and -1 for one that
// a signal ended.
func (p *Process) ExitCode() int {
	if p.cmd == nil || p.cmd.ProcessState == nil {
		return -1
	}
	return p.cmd.ProcessState.ExitCode()
}

// Ran tells whether the process was started at all.
func (p *Process) Ran() bool { return p.cmd != nil }

// EndedBy gives the signal that ended the process, or "".
func (p *Process) EndedBy() string {
	if p.cmd == nil || p.cmd.ProcessState == nil {
		return ""
	}
	return proc.EndedBy(p.cmd.ProcessState)
}

// Environment is what the process found in its environment, as key=value.
func (p *Process) Environment() []string {
	if p.cmd == nil {
		return nil
	}
	return p.cmd.Env
}

// Command is what a learner types to run the program this way: without the
// addresses that keep one play out of the way of another.
func (p *Process) Command() string {
	words := []string{"go run ./" + facts.StepName()}
	for i, arg := range p.Args {
		if isAddress(arg) || i+1 < len(p.Args) && isAddress(p.Args[i+1]) {
			continue
		}
		if arg == "" || strings.ContainsAny(arg, " \t\n\"'`$&?*;|<>()#!~") {
			arg = fmt.Sprintf("%q", arg)
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}

func isAddress(arg string) bool { return strings.Contains(arg, "127.0.0.1:") }

// Returned gives what the program said of itself when main returned, or nil
// if main did not.
func (p *Process) Returned() *facts.Return {
	for _, n := range p.Notes {
		if n.Return != nil {
			return n.Return
		}
	}
	return nil
}

// ends gives the spans that the program ended, in their order.
func (p *Process) ends() []*facts.End {
	var all []*facts.End
	for _, n := range p.Notes {
		if n.End != nil {
			all = append(all, n.End)
		}
	}
	return all
}

// Starts gives the spans that the program started, in their order.
func (p *Process) Starts() []*facts.Start {
	var all []*facts.Start
	for _, n := range p.Notes {
		if n.Start != nil {
			all = append(all, n.Start)
		}
	}
	return all
}

// Providers gives the SDK tracer providers that the program made.
func (p *Process) Providers() []*facts.ProviderNote {
	var all []*facts.ProviderNote
	for _, n := range p.Notes {
		if n.Provider != nil {
			all = append(all, n.Provider)
		}
	}
	return all
}

// Environment is this process's environment without what would change the
// telemetry of the learner's program behind the check's back, or hide where it
// panics. With go test -race, a program would sleep for a second before it
// exits.
func Environment() []string {
	kept := slices.DeleteFunc(proc.WithoutTelemetry(os.Environ()), func(pair string) bool {
		key, _, _ := strings.Cut(pair, "=")
		return key == facts.NotesVariable || key == facts.WatchVariable || key == "GOTRACEBACK"
	})
	return append([]string{"GORACE=atexit_sleep_ms=0", facts.Observe}, kept...)
}

// ComplainsOfCancel tells whether stderr tells of a context that was cancelled,
// beside the one that a signal to stop has cancelled for good reason.
func (p *Process) ComplainsOfCancel() bool {
	reasons := 0
	if p.Stopped {
		reasons = 1
	}
	return strings.Count(p.Stderr.String(), context.Canceled.Error()) > reasons
}

// LogStamp is what package log writes before a message.
var LogStamp = regexp.MustCompile(`(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `)
