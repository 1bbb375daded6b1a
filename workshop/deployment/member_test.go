package deployment

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"example.com/tracing-workshop/workshop/tracecheck"
)

// fakeProcess runs until it is ended, by somebody or by itself.
type fakeProcess struct {
	mu   sync.Mutex
	told bool
	err  error
	done chan struct{}
}

func newFake() *fakeProcess { return &fakeProcess{done: make(chan struct{})} }

func (p *fakeProcess) Stop() error { p.Kill(); return nil }

func (p *fakeProcess) Kill() { p.end(nil) }

func (p *fakeProcess) end(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.done:
		return
	default:
	}
	p.told, p.err = err == nil, err
	close(p.done)
}

func (p *fakeProcess) Done() <-chan struct{} { return p.done }

func (p *fakeProcess) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// stageWith gives a deployment of one part, which has these processes one after
// the other.
func stageWith(t *testing.T, processes ...*fakeProcess) (*bench, *member) {
	t.Helper()
	stage := &bench{folder: t.TempDir()}
	d := newOn(stage, nil)
	t.Cleanup(d.discard)
	m := &member{d: d, name: "the storage", restart: func(context.Context) (process, error) {
		processes = processes[1:]
		return processes[0], nil
	}}
	m.runs(processes[0])
	return stage, m
}

var errBroken = errors.New("the running Jaeger has ended by itself: no disk")

func TestPartThatEndsByItself(t *testing.T) {
	first, second := newFake(), newFake()
	stage, m := stageWith(t, first, second)
	m.Kill()
	m.Restart()
	second.end(errBroken)
	<-m.d.ctx.Done()
	m.Restart()                                    // it does nothing any more
	m.d.fail(errors.New("nobody is there to ask")) // as what comes of it
	m.d.conclude()
	checkGone(t, stage)
	if want := "storage is killed, storage runs again, storage has ended by itself"; strings.Join(stage.facts.Account, ", ") != want {
		t.Errorf("the account is %q, want %q", stage.facts.Account, want)
	}
}

func checkGone(t *testing.T, stage *bench) {
	t.Helper()
	var gone *tracecheck.Gone
	if want := "the storage is gone: " + errBroken.Error(); !errors.As(stage.facts.Err, &gone) || gone.Error() != want {
		t.Errorf("the play fails with %v, want %s", stage.facts.Err, want)
	}
}

// TestFailureBeforeTheEndIsKnown is a question that fails a moment before it is
// known that who was asked has ended.
func TestFailureBeforeTheEndIsKnown(t *testing.T) {
	p := newFake()
	stage, m := stageWith(t, p)
	go p.end(errBroken)
	m.d.fail(errors.New("nobody is there to ask"))
	m.d.conclude()
	checkGone(t, stage)
}

// TestPartThatIsEnded has parts that the script ends, and that end with the play.
func TestPartThatIsEnded(t *testing.T) {
	for name, end := range map[string]func(*member){
		"killed":    (*member).Kill,
		"stopped":   (*member).Stop,
		"restarted": (*member).Restart,
		"discarded": func(m *member) { m.d.discard() },
	} {
		t.Run(name, func(t *testing.T) {
			first, second := newFake(), newFake()
			stage, m := stageWith(t, first, second)
			end(m)
			m.d.watch(m.name, first) // as long as that takes
			m.d.conclude()
			if stage.facts.Err != nil {
				t.Errorf("the play fails with %v", stage.facts.Err)
			}
		})
	}
}
