package jaeger

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/proc"
)

const (
	// ready is what Jaeger logs when all of its parts run.
	ready = "Everything is ready."
	// startLimit is how long a start may take. It takes 0.1 to 0.3 s on an
	// idle machine.
	startLimit = 30 * time.Second
	// endLimit is how long a Jaeger may take to end of which a part did not start.
	// Some of its parts cannot be stopped before they have been started, as the
	// receiver for Kafka, and then it hangs.
	endLimit = 5 * time.Second
	// grace is how long a Jaeger that was told to stop may take to do so.
	grace = 15 * time.Second
	// logKept is how many bytes of the end of its log are kept at least.
	logKept = 256 << 10
	// attempts is how often ports are picked anew: a program that reserves none
	// may have taken one before Jaeger opens it.
	attempts = 5
)

// Options say how a Jaeger runs.
type Options struct {
	// Config is the configuration file.
	Config string
	// Dir is the folder that Jaeger runs in, where relative paths of the
	// file start; by default the current one.
	Dir string
	// Env is added to the environment of Jaeger.
	Env []string
	// OverlayDir, when it is not empty, is a folder for the data of Badger. Jaeger
	// then gets an overlay over the file: it listens on ports that are free, and
	// not on those in the file. The file itself is not changed.
	OverlayDir string
	// Beside are addresses of other programs, host:port, to which Jaeger may send
	// although it has an overlay. Others become one where nobody listens.
	Beside []string
	// Moved has for the usual port of another program the address, host:port, at
	// which it is, for a Jaeger with an overlay whose file only implies where it
	// looks for that: the default of Kafka's brokers, a host and a port apart.
	Moved map[string]string
	// Log gets what Jaeger prints, while it prints it. It may be nil.
	Log io.Writer
}

// Process is a Jaeger that runs, or has run.
type Process struct {
	Config    Config    // what the file says
	Endpoints Endpoints // where Jaeger listens

	binary  Binary
	options Options
	overlay *overlay
	cmd     *exec.Cmd
	log     *proc.Transcript
	done    chan struct{}
	err     error
	end     sync.Mutex
	ended   bool // somebody ended it
}

// Start runs a Jaeger and waits until it is ready. If ctx ends before that,
// Jaeger is killed; afterwards ctx has no say, and it is for [Process.Stop]
// or [Process.Kill] to end it. Where the system allows it, Jaeger also ends
// when this process dies.
//
// A Jaeger that does not start is a [*StartError].
func Start(ctx context.Context, b Binary, o Options) (*Process, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	config, err := ReadConfig(ctx, b, o)
	if err != nil {
		return nil, err
	}
	if o.OverlayDir == "" {
		return startOnce(ctx, b, o, config, nil)
	}
	folder, err := filepath.Abs(o.OverlayDir)
	if err != nil {
		return nil, err
	}
	implied := config.implied(o.Moved)
	config = config.with(implied)
	for attempt := 1; ; attempt++ {
		over, err := newOverlay(config, folder, o.Beside...)
		if err != nil {
			return nil, err
		}
		for _, r := range implied {
			over.set(r.to, r.path...)
		}
		p, err := startOnce(ctx, b, o, config, over)
		if err == nil {
			return p, nil
		}
		over.release()
		if attempt == attempts || !worthAnother(err) {
			return nil, err
		}
	}
}

// worthAnother tells whether Jaeger met another program on a port. Meeting
// itself is the file's fault.
func worthAnother(err error) bool {
	var failure *StartError
	return errors.As(err, &failure) && failure.TakenAddress() != "" && !failure.Shared
}

// Restart starts a Jaeger that has ended once more, with the same file, on the
// same addresses, and with the same data.
func (p *Process) Restart(ctx context.Context) (*Process, error) {
	<-p.done
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	var last error // why the attempt before failed
	for {
		again, err := startOnce(ctx, p.binary, p.options, p.Config, p.overlay)
		var failure *StartError
		switch {
		case err != nil && last != nil && ctx.Err() != nil:
			return nil, last // that the time is up says less
		case !errors.As(err, &failure) || (failure.TakenAddress() == "" && !failure.Locked()) || failure.Shared:
			return again, err
		}
		last = err
		select { // the system may need a moment to take back what Jaeger had
		case <-ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func startOnce(ctx context.Context, b Binary, o Options, c Config, over *overlay) (*Process, error) {
	p := &Process{Config: c, Endpoints: c.Endpoints(), binary: b, options: o, overlay: over, done: make(chan struct{})}
	args := []string{"--config=" + o.Config}
	if over != nil {
		p.Endpoints = over.move(p.Endpoints)
		args = append(args, over.flag())
	}
	if level := c.text("service", "telemetry", "logs", "level"); level != "info" && level != "debug" {
		args = append(args, "--set=service.telemetry.logs.level=info") // to be told when it is ready
	}
	if paths := c.list("service", "telemetry", "logs", "output_paths"); over == nil && !slices.Contains(paths, "stderr") && !slices.Contains(paths, "stdout") && len(paths) > 0 {
		// Its log goes to a file, and here as well.
		also, _ := json.Marshal(append(paths, "stderr"))
		args = append(args, "--set=service.telemetry.logs.output_paths="+string(also))
	}
	p.log = &proc.Transcript{Last: logKept, Also: o.Log}
	p.cmd = exec.Command(b.Path, args...)
	p.cmd.Dir, p.cmd.Env = o.Dir, o.environment()
	if over != nil {
		// One that is killed leaves behind what it has in a temporary folder.
		p.cmd.Env = append(p.cmd.Env, "TMPDIR="+over.folder, "TMP="+over.folder)
	}
	if p.Endpoints.Storage != "" {
		// The extension remote_storage traces itself, to port 4317, and needs
		// 10 s to stop. In the file, nothing switches that off.
		p.cmd.Env = append(p.cmd.Env, "OTEL_TRACES_SAMPLER=always_off")
	}
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.WaitDelay = time.Second
	proc.OwnGroup(p.cmd)
	ended, err := proc.Launch(p.cmd)
	if err != nil {
		return nil, fmt.Errorf("%s could not be run: %w", b.Path, err)
	}
	go func() {
		p.err = <-ended
		close(p.done)
	}()
	if err := p.awaitReady(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Process) awaitReady(ctx context.Context) error {
	var hangs <-chan time.Time // nil until a part has failed to start
	for {
		more := p.log.More()
		text := p.log.String()
		if strings.Contains(text, ready) {
			return nil
		}
		if hangs == nil && failedPart(text) != "" {
			hangs = time.After(endLimit)
		}
		select {
		case <-more:
		case <-p.done:
			return p.startError()
		case <-hangs:
			p.Kill()
			return p.startError()
		case <-ctx.Done():
			p.Kill()
			return fmt.Errorf("the Jaeger that was started is not ready in time: %w", context.Cause(ctx))
		}
	}
}

// startError is why a Jaeger has ended before it was ready.
func (p *Process) startError() error {
	text := p.log.String()
	if p.overlay != nil {
		text = p.overlay.original(text)
	}
	failure := newStartError(p.options, text, p.err)
	if failed := failedPart(text); essence(text) == "" && failed != "" {
		failure.Message = failed
	}
	failure.Shared = p.Config.Shares(failure.TakenAddress())
	return failure
}

// Memory is how many bytes of memory Jaeger has. A system that does not tell is
// an error.
func (p *Process) Memory() (bytes int64, err error) { return proc.Resident(p.cmd.Process) }

// Done is closed when Jaeger has ended, for whatever reason.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err gives why a Jaeger has ended that nobody has ended: nil for one that was
// told to, and for one that runs.
func (p *Process) Err() error {
	p.end.Lock()
	defer p.end.Unlock()
	select {
	case <-p.done:
	default:
		return nil
	}
	if p.ended {
		return nil
	}
	return fmt.Errorf("the running Jaeger has ended by itself: %s", cmp.Or(lastWords(p.log.String()), p.cmd.ProcessState.String()))
}

// Stop tells Jaeger to stop, as Ctrl-C would, and waits until it has written
// everything and has ended. One that does not end is killed, and that is an
// error. To stop a Jaeger twice is to stop it once.
func (p *Process) Stop() error {
	if !p.endBy(proc.Interrupt) {
		return nil
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(grace):
		p.Kill()
		return fmt.Errorf("the running Jaeger did not stop within %s and was killed", grace)
	}
}

// Kill ends Jaeger at once, so that it loses what it has not written, and
// waits until it is gone.
func (p *Process) Kill() {
	p.endBy(func(process *os.Process) error { return process.Kill() })
	<-p.done
}

// endBy does so to the process, and tells whether it was still running.
func (p *Process) endBy(how func(*os.Process) error) bool {
	p.end.Lock()
	defer p.end.Unlock()
	select {
	case <-p.done:
		return false
	default:
	}
	p.ended = true
	_ = how(p.cmd.Process)
	return true
}

// InPlaceOf gives the address that is in use in the place of one in the file.
func (p *Process) InPlaceOf(address string) string {
	if p.overlay == nil {
		return address
	}
	return p.overlay.ports[address]
}

// Client gives a client for the query API of this Jaeger.
func (p *Process) Client() *Client {
	return NewClient(Reachable(p.Endpoints.Query) + p.Config.BasePath())
}
