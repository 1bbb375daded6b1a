package live

import (
	"context"
	"runtime"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/internal/traceview"
	"example.com/tracing-workshop/workshop/receiver"
)

// Intake receives spans into a store. Where its port is taken, it tries again
// until it gets it.
type Intake struct {
	store   *Store
	address string
	// taken says who has the port, and what to do, as far as that is known.
	taken func(context.Context, error) string
	again time.Duration // after which a port that is taken is tried again

	mu      sync.Mutex
	state   state
	changed chan struct{} // closed, and replaced, at every change
}

type state struct{ listening, problem, remark string }

// State is what the page shows of what arrives.
type State struct {
	Listening string `json:"listening"` // the address, and "" if it cannot
	Endpoint  string `json:"endpoint"`  // for OTEL_EXPORTER_OTLP_ENDPOINT
	Command   string `json:"command"`   // that sets this variable
	Problem   string `json:"problem"`   // why it does not listen, and what to do
	Counts
	Remark string `json:"remark"` // about the last mistake of a client
}

// tryAgain is how often a port that is taken is tried.
const tryAgain = 3 * time.Second

// NewIntake gives one that will listen at an address, and asks taken what to say
// where that cannot be done.
func NewIntake(store *Store, address string, taken func(context.Context, error) string) *Intake {
	return &Intake{store: store, address: address, taken: taken, again: tryAgain, changed: make(chan struct{})}
}

// Run receives until ctx ends. ready is called when it was tried to listen for
// the first time.
func (in *Intake) Run(ctx context.Context, ready func()) {
	ready = sync.OnceFunc(ready)
	for ctx.Err() == nil {
		r, err := receiver.Listen(in.address, receiver.Accept())
		if err != nil {
			problem := text.Sentence(in.taken(ctx, err))
			in.change(func(s *state) { s.problem = problem })
			ready()
			in.pause(ctx)
			continue
		}
		in.change(func(s *state) { s.listening, s.problem = r.Addr(), "" })
		ready()
		in.receive(ctx, r)
	}
	ready()
}

func (in *Intake) pause(ctx context.Context) {
	timer := time.NewTimer(in.again)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// receive takes what arrives until ctx ends.
func (in *Intake) receive(ctx context.Context, r *receiver.Receiver) {
	defer r.Close()
	for ctx.Err() == nil {
		_ = r.Wait(ctx, func() bool { return in.take(r) }) // Ctrl-C
	}
}

// take takes what the receiver has got, and tells whether it had anything.
func (in *Intake) take(r *receiver.Receiver) bool {
	arrived, over := r.Take()
	in.store.Add(arrived)
	remark := ""
	for _, c := range over {
		if said := traceview.Mistake(c, jaeger.Reachable(r.Addr())); said != "" {
			remark = said
		}
	}
	if remark != "" || len(arrived) > 0 {
		in.change(func(s *state) {
			if remark != "" {
				s.remark = remark
			}
		})
	}
	return len(arrived)+len(over) > 0
}

func (in *Intake) change(edit func(*state)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	edit(&in.state)
	close(in.changed)
	in.changed = make(chan struct{})
}

// Changed gives a channel that is closed at the next change of the state.
func (in *Intake) Changed() <-chan struct{} {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.changed
}

// State tells how it is now.
func (in *Intake) State() State {
	in.mu.Lock()
	now := in.state
	in.mu.Unlock()
	s := State{Listening: now.listening, Problem: now.problem, Remark: now.remark, Counts: in.store.Counts()}
	if s.Listening != "" {
		s.Endpoint = jaeger.Reachable(s.Listening)
		s.Command = shell.SetVariable(runtime.GOOS, "OTEL_EXPORTER_OTLP_ENDPOINT", s.Endpoint)
	}
	return s
}
