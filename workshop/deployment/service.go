package deployment

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"sync/atomic"
	"time"

	"example.com/tracing-workshop/workshop/internal/backend"
	"example.com/tracing-workshop/workshop/internal/hostport"
	"example.com/tracing-workshop/workshop/internal/proc"
)

const (
	// listenPatience is how long a service may take until it listens.
	listenPatience = 30 * time.Second
	// flushPatience is how long it may take for its last spans, which is longer
	// than an exporter tries.
	flushPatience = 20 * time.Second
	// stopPatience is how long it may take to stop.
	stopPatience = flushPatience + 10*time.Second
)

// Taker is what takes spans by OTLP over gRPC: a [Jaeger], or the [Backend]
// "collector".
type Taker interface {
	// takes gives the value of OTEL_EXPORTER_OTLP_ENDPOINT for who sends to it.
	takes() string
}

func (j *Jaeger) takes() string {
	if j.part.Process == nil {
		return ""
	}
	return hostport.URL(j.part.Process.Endpoints.OTLPGRPC)
}

func (b *Backend) takes() string {
	if b.process == nil {
		return ""
	}
	return hostport.URL(b.process.Address())
}

// Service is one of the two services of the workshop, user-service or
// joke-service. Those in Go and those in Python answer the same requests.
type Service struct {
	member
	url string
}

// URL gives the address of a path of the service, as /fetch-external.
func (s *Service) URL(path string) string { return s.url + path }

// GoService starts a service of step 5, built as it is, on a port that nobody
// else uses. It sends its spans to a collector. Flags may follow, as -joke-url.
func (d *Deployment) GoService(name string, to Taker, flags ...string) *Service {
	return d.service(name, "Go", func(s *Service) (process, error) {
		program, err := d.program(d.ctx)
		if err != nil {
			return nil, err
		}
		p := &goProcess{name: s.name, log: &proc.Transcript{Last: 64 << 10}, done: make(chan struct{})}
		args := append([]string{name, "-addr=127.0.0.1:0", "-flush-timeout=" + flushPatience.String()}, flags...)
		p.cmd = exec.Command(program, args...)
		p.cmd.Env = append(proc.WithoutTelemetry(os.Environ()), "OTEL_EXPORTER_OTLP_ENDPOINT="+to.takes())
		address, err := p.start(d.ctx)
		s.url = "http://" + address
		return p, err
	})
}

// PythonService starts a service in Python on a port that nobody else uses. It
// sends its spans to a collector. Environment variables may follow, as
// JOKE_URL=http://….
func (d *Deployment) PythonService(name string, to Taker, env ...string) *Service {
	return d.service(name, "Python", func(s *Service) (process, error) {
		system, err := backend.Find("python")
		if err != nil {
			return nil, err
		}
		folder, err := os.MkdirTemp(d.stage.Folder(), "python-")
		if err != nil {
			return nil, err
		}
		own := []string{"SERVICES=" + name, "OTEL_EXPORTER_OTLP_ENDPOINT=" + to.takes()}
		p, err := system.Start(d.ctx, backend.Options{Folder: folder, Free: true, Env: slices.Concat(proc.UnsetTelemetry(os.Environ()), own, env)})
		if err != nil {
			return nil, err
		}
		s.url = p.Address()
		return p, nil
	})
}

func (d *Deployment) service(name, language string, start func(*Service) (process, error)) *Service {
	s := &Service{}
	s.member = member{d: d, name: "the " + name + " in " + language}
	s.restart = func(context.Context) (process, error) { return start(s) }
	if d.failed() {
		return s
	}
	p, err := start(s)
	if err != nil {
		d.fail(err)
		return s
	}
	s.runs(p)
	d.note("%s in %s runs", name, language)
	return s
}

// goProcess is a service of step 5 that runs, or has run.
type goProcess struct {
	name string // in messages
	cmd  *exec.Cmd
	log  *proc.Transcript
	done chan struct{}
	err  error       // of the command, once it is done
	told atomic.Bool // somebody ended it
}

var listening = regexp.MustCompile(`msg=listening addr=(\S+)\s`)

// start runs it, and gives its address as soon as it listens.
func (p *goProcess) start(ctx context.Context) (address string, err error) {
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.WaitDelay = time.Second
	proc.OwnGroup(p.cmd)
	ended, err := proc.Launch(p.cmd)
	if err != nil {
		return "", err
	}
	release := proc.Adopt(p.cmd.Process)
	go func() {
		p.err = <-ended
		release()
		p.log.End()
		close(p.done)
	}()
	patience := time.After(listenPatience)
	for {
		more := p.log.More()
		if match := listening.FindStringSubmatch(p.log.String()); match != nil {
			return match[1], nil
		}
		select {
		case <-more:
		case <-p.done:
			return "", fmt.Errorf("%s does not run: %s", p.name, p.lastWords())
		case <-patience:
			p.Kill()
			return "", fmt.Errorf("%s does not listen within %s", p.name, listenPatience)
		case <-ctx.Done():
			p.Kill()
			return "", ctx.Err()
		}
	}
}

// Stop ends it as Ctrl-C does, and waits until it has sent its last spans.
func (p *goProcess) Stop() error {
	select {
	case <-p.done:
		return p.ending()
	default:
	}
	p.told.Store(true)
	if err := proc.Interrupt(p.cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
		return p.ending()
	case <-time.After(stopPatience):
		p.Kill()
		return fmt.Errorf("%s did not stop within %s and was killed", p.name, stopPatience)
	}
}

func (p *goProcess) ending() error {
	if p.err != nil {
		return fmt.Errorf("%s ended badly: %s", p.name, p.lastWords())
	}
	return nil
}

// Kill ends it on the spot, and waits until it is gone.
func (p *goProcess) Kill() {
	select {
	case <-p.done:
		return
	default:
		p.told.Store(true)
		proc.Kill(p.cmd.Process)
	}
	<-p.done
}

// Done is closed when it has ended, for whatever reason.
func (p *goProcess) Done() <-chan struct{} { return p.done }

// Err gives why one has ended that nobody has ended, with its last words.
func (p *goProcess) Err() error {
	select {
	case <-p.done:
	default:
		return nil
	}
	if p.told.Load() {
		return nil
	}
	return fmt.Errorf("it has ended by itself: %s", p.lastWords())
}

func (p *goProcess) lastWords() string {
	lines := p.log.Lines()
	if len(lines) == 0 {
		return p.cmd.ProcessState.String()
	}
	return lines[len(lines)-1]
}
