package tracecheck

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

const (
	// newsPatience is how long exporters may take to find a Jaeger again that
	// was away: they wait longer after each failure.
	newsPatience = 30 * time.Second
	// glance is the time between two looks.
	glance = 20 * time.Millisecond
)

// Jaeger is a real Jaeger on the stage, which runs with the learner's file.
type Jaeger struct {
	*evidence.Jaeger
	stage  *Stage
	ctx    context.Context
	cancel context.CancelFunc
	mu     sync.Mutex // for the process
}

// Jaeger starts a real Jaeger with that configuration file, on ports that
// nobody else uses, and with a folder of its own for its data. It tells whether
// Jaeger runs; if not, there is nothing more to play.
func (s *Stage) Jaeger(files fs.FS, config string) (*Jaeger, bool) {
	j := &Jaeger{Jaeger: &evidence.Jaeger{}, stage: s}
	j.ctx, j.cancel = context.WithCancel(context.Background())
	s.mu.Lock()
	s.jaeger = j
	if s.closed {
		j.cancel()
	}
	s.mu.Unlock()
	j.Err = j.start(files, config)
	if j.Err != nil {
		return j, false
	}
	s.AtEnd(func() { j.running().Stop() })
	return j, true
}

func (j *Jaeger) start(files fs.FS, config string) error {
	text, err := fs.ReadFile(files, config)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp(j.stage.folder, "jaeger-")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, config), text, 0o600); err != nil {
		return err
	}
	module, err := jaeger.FindModule(".")
	if err != nil {
		return err
	}
	binary, err := jaeger.Find(module)
	if err != nil {
		if now, runs := jaeger.Building(module); runs {
			j.Build = standing(now)
		}
		return err
	}
	process, err := jaeger.Start(j.ctx, binary, jaeger.Options{Config: config, Dir: folder, OverlayDir: filepath.Join(folder, "data")})
	if err != nil {
		return err
	}
	j.runs(process)
	return nil
}

// standing says where a build stands.
func standing(p jaeger.Progress) string {
	switch {
	case p.Stage == "":
		return "it has just begun"
	case p.Total > 0:
		return fmt.Sprintf("%s, %d of %d", p.Stage, p.Done, p.Total)
	}
	return string(p.Stage)
}

// runs notes the process, and ends it if the play is over already.
func (j *Jaeger) runs(process *jaeger.Process) {
	j.mu.Lock()
	j.Process, j.Since = process, time.Now()
	j.mu.Unlock()
	if j.ctx.Err() != nil {
		process.Kill()
	}
}

func (j *Jaeger) running() *jaeger.Process {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.Process
}

// discard ends a Jaeger that is of no interest any more, and all looks at it.
func (j *Jaeger) discard() {
	j.cancel()
	if process := j.running(); process != nil {
		process.Kill()
	}
}

// Kill ends Jaeger on the spot (SIGKILL).
func (j *Jaeger) Kill() { j.running().Kill() }

// Restart stops Jaeger as Ctrl-C does, if it still runs, and starts it again
// with the same file and the same data.
func (j *Jaeger) Restart() {
	process := j.running()
	if err := process.Stop(); err != nil && j.Err == nil {
		j.Err = err
		return
	}
	again, err := process.Restart(j.ctx)
	if err != nil {
		j.Err = err
		return
	}
	j.runs(again)
}

// Settle waits until Jaeger has all spans that the programs sent which have
// ended, where the learner's file makes it wait with traces before it decides
// about them: to stop Jaeger before that loses them. Everything else that holds
// spans back writes them when Jaeger stops.
func (j *Jaeger) Settle() {
	wait := j.running().Config.Decides()
	if wait == 0 {
		return
	}
	sent := 0
	for _, p := range j.stage.processes {
		handed, _ := p.Exports()
		sent += handed
	}
	looks := j.Looks
	j.lookFor(wait+j.running().Config.HoldsBack()+time.Second, func(l evidence.Look) bool { return len(l.Spans) >= sent })
	j.Looks = looks
}

// Look notes what Jaeger holds, as soon as that is n spans, or when it is clear
// that no more will come.
func (j *Jaeger) Look(n int) {
	patience := evidence.LookPatience
	if j.Wiring != nil && !j.Wiring.Reaches || !slices.ContainsFunc(j.running().Config.Ends(), evidence.IsStorage) {
		patience = 0
	}
	j.lookFor(patience, func(l evidence.Look) bool { return len(l.Spans) >= n })
}

// LookForNews notes what Jaeger holds when it holds a trace that began after
// Jaeger was started the last time.
func (j *Jaeger) LookForNews() {
	j.lookFor(newsPatience, func(l evidence.Look) bool { return len(newTraces(l.Spans, j.Since)) > 0 })
}

// newTraces gives the traces of which all spans began after a moment.
func newTraces(held []spans.Span, after time.Time) []spans.Trace {
	return slices.DeleteFunc(spans.Group(held), func(t spans.Trace) bool { return t.Spans[0].Start.Before(after) })
}

func (j *Jaeger) lookFor(patience time.Duration, enough func(evidence.Look) bool) {
	for deadline := time.Now().Add(patience); j.Err == nil; {
		l, err := j.look()
		if err != nil {
			j.Err = err
			return
		}
		if enough(l) || time.Now().After(deadline) {
			j.Looks = append(j.Looks, l)
			return
		}
		select {
		case <-j.ctx.Done():
			return
		case <-time.After(glance):
		}
	}
}

func (j *Jaeger) look() (l evidence.Look, err error) {
	if j.running().Config.Endpoints().Query == "" {
		return l, nil
	}
	client := j.running().Client()
	if l.Spans, err = client.Find(j.ctx, jaeger.Search{Limit: j.most()}); err != nil {
		return l, err
	}
	l.Services, err = client.Services(j.ctx)
	return l, err
}

// most is how many traces Jaeger can be asked for: memory refuses to be asked
// for more than it has room for.
func (j *Jaeger) most() int {
	most := 10000
	config := j.running().Config
	for _, s := range config.Storages() {
		room, ok := config.At("extensions", "jaeger_storage", "backends", s.Name, s.Kind, "max_traces").(float64)
		if ok && room >= 1 {
			most = min(most, int(room))
		}
	}
	return most
}

// Quit stops all programs on the stage, as an operator does, and waits until
// they have sent their last spans.
func (s *Stage) Quit() {
	s.mu.Lock()
	running := slices.Clone(s.processes)
	s.mu.Unlock()
	var all sync.WaitGroup
	for _, p := range running {
		all.Go(p.Terminate)
	}
	all.Wait()
}

// During sends requests to url, one after the other, for as long as the rest of
// the play takes.
func (s *Stage) During(url string, rest func()) {
	over := make(chan struct{})
	var asking sync.WaitGroup
	asking.Go(func() {
		for {
			s.Get(url)
			select {
			case <-over:
				return
			case <-time.After(glance):
			}
		}
	})
	rest()
	close(over)
	asking.Wait()
}
