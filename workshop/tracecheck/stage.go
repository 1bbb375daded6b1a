package tracecheck

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/receiver"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// Stage is where the learner's program runs. What is started on it is gone
// when the play is over.
type Stage struct {
	folder     string
	env        []string
	limit      time.Duration
	mu         sync.Mutex
	closed     bool
	processes  []*Process
	collector  *receiver.Receiver
	exchanges  []*Exchange
	upstream   []http.Header
	endings    []func()
	deaf       bool        // the collector takes no spans
	together   bool        // several requests came at once
	jaeger     *Jaeger     // or nil
	deployment *Deployment // or nil
	discards   []func()    // end what others have put on the stage
	pace       int         // how many times longer a pause is than the script says
	paced      bool        // the script has asked for pauses
	problem    error
}

// Collector starts an OTLP/gRPC receiver and points the programs that are
// started from here on to it, with OTEL_EXPORTER_OTLP_ENDPOINT (OpenTelemetry
// specification, OpenTelemetry Protocol Exporter, section Configuration
// Options).
func (s *Stage) Collector() { s.listen(receiver.Accept()) }

// SilentCollector is a Collector that never answers.
func (s *Stage) SilentCollector() {
	s.listen(receiver.Hang())
	s.deaf = true
}

// NoCollector points the programs to a port where no collector is to be had.
func (s *Stage) NoCollector() {
	s.listen(receiver.Refuse())
	s.deaf = true
}

func (s *Stage) listen(behaviour receiver.Behaviour) {
	collector, err := receiver.Listen("127.0.0.1:0", behaviour)
	if err != nil {
		s.problem = err
		return
	}
	s.collector = collector
	s.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint())
}

// Setenv sets an environment variable for the programs that are started from
// here on. Variables called OTEL_... are not inherited from the person at the
// keyboard.
func (s *Stage) Setenv(key, value string) {
	s.env = append(s.env, key+"="+value)
}

// Limit says how long each program that is started from here on may run; five
// seconds if nothing is said.
func (s *Stage) Limit(d time.Duration) { s.limit = d }

// Pause gives the pause d, or a longer one. Where a machine has so much else to
// do that it cannot be told by the times of the spans what came first, the play
// is repeated with longer pauses (see [Miss]).
func (s *Stage) Pause(d time.Duration) time.Duration {
	s.paced = true
	return d * time.Duration(s.pace)
}

// Run runs the learner's program with these arguments until it exits.
func (s *Stage) Run(args ...string) *Process {
	p := s.Start(args...)
	p.Wait()
	return p
}

// Start starts the learner's program with these arguments.
func (s *Stage) Start(args ...string) *Process {
	p := evidence.Start(s.folder, args, s.env, s.limit)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.processes = append(s.processes, p)
	if s.closed {
		p.Discard()
	}
	return p
}

// Deployment gives the place for the facts of a deployment, which package
// deployment notes there.
func (s *Stage) Deployment() *Deployment {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deployment == nil {
		s.deployment = &Deployment{}
	}
	return s.deployment
}

// Folder is one for files of the play, and is gone when that is over.
func (s *Stage) Folder() string { return s.folder }

// Own puts something else on the stage. end is called when the play is over, and
// when it is of no interest any more, which may be while it still goes on: so it is
// called twice at times, and at once if the play has been of no interest already.
func (s *Stage) Own(end func()) {
	s.mu.Lock()
	closed := s.closed
	s.endings = append(s.endings, end)
	s.discards = append(s.discards, end)
	s.mu.Unlock()
	if closed {
		end()
	}
}

// AtEnd lets end be called when the play is over, by the goroutine of the script.
func (s *Stage) AtEnd(end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endings = append(s.endings, end)
}

// end stops what is still running the way a service is stopped, so that it can
// send its last spans.
func (s *Stage) end() {
	s.Quit()
	for _, end := range s.endings {
		end()
	}
}

// brokenOff tells whether what runs on the stage was discarded.
func (s *Stage) brokenOff() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// discard ends what is still running, and what is started later.
func (s *Stage) discard() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, p := range s.processes {
		p.Discard()
	}
	if s.jaeger != nil {
		s.jaeger.discard()
	}
	for _, discard := range s.discards {
		discard()
	}
}

// evidence is what is left on the stage when the play is over.
func (s *Stage) evidence() (*Evidence, error) {
	if s.problem != nil {
		return nil, s.problem
	}
	for _, p := range s.processes {
		if p.StartErr != nil {
			return nil, fmt.Errorf("cannot run %s again as your program: %w", os.Args[0], p.StartErr)
		}
	}
	return newEvidence(s), nil
}

func newEvidence(s *Stage) *Evidence {
	e := &Evidence{Processes: s.processes, Collector: s.collector, Exchanges: s.exchanges, Upstream: s.upstream, Deaf: s.deaf, Together: s.together}
	if s.paced {
		e.Pace = s.pace
	}
	for _, p := range s.processes {
		e.Printed = append(e.Printed, evidence.SpansIn(p.Stdout)...)
	}
	e.Ending = evidence.Ending(e.Printed)
	if s.collector != nil {
		e.Received = slices.Clone(s.collector.Spans())
		e.Ending = evidence.Ending(e.Received)
		// In which order they arrive is chance.
		slices.SortStableFunc(e.Received, func(a, b spans.Span) int { return a.Start.Compare(b.Start) })
	}
	if s.jaeger != nil {
		e.Jaeger, e.Held = s.jaeger.Jaeger, s.jaeger.First()
	}
	if s.deployment != nil {
		e.Deployment, e.Held = s.deployment, s.deployment.Last()
		if s.deployment.Err != nil {
			e.Jaeger = &evidence.Jaeger{Err: s.deployment.Err}
		}
	}
	return e
}
