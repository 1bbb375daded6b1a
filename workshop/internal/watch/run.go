package watch

import (
	"context"
	"time"

	"example.com/tracing-workshop/workshop/internal/guide"
)

// run is a check at work.
type run struct {
	began time.Time // when the save began that it is about, or the check
	saved bool      // it is about a save
	stop  context.CancelFunc
	ended chan struct{}
}

// finding is what a run has found, so far or at its end.
type finding struct {
	*run
	report guide.Report
	err    error
	final  bool
	panic  any
	took   time.Duration
}

// check checks the step, for a save that began at a time, or for none. A check
// that is overtaken is stopped first, with all that it has started.
func (w *Watcher) check(ctx context.Context, began time.Time) {
	w.stopCheck()
	ctx, stop := context.WithCancel(ctx)
	r := &run{began: began, saved: !began.IsZero(), stop: stop, ended: make(chan struct{})}
	if !r.saved {
		r.began = w.now()
	}
	w.running = r
	w.announce()
	step := w.step
	go func() {
		defer close(r.ended)
		w.look(ctx, r, step)
	}()
}

// look does a check, and hands on what it finds. That it panics is for the one
// who has to restore the terminal.
func (w *Watcher) look(ctx context.Context, r *run, step string) {
	f := finding{run: r, final: true}
	defer func() {
		f.panic = recover()
		w.hand(ctx, f)
	}()
	f.report, f.err = w.Check(ctx, step, guide.Colored(w.Console), func(early guide.Report) {
		w.hand(ctx, finding{run: r, report: early})
	})
}

func (w *Watcher) hand(ctx context.Context, f finding) {
	f.took = w.now().Sub(f.began)
	select {
	case w.found <- f:
	case <-ctx.Done():
	}
}

// stopCheck stops the check that is at work, and waits for its end.
func (w *Watcher) stopCheck() {
	if w.running != nil {
		w.running.stop()
		<-w.running.ended
		w.running = nil
	}
}

// take shows what the check has found.
func (w *Watcher) take(f finding) {
	if f.run != w.running {
		return
	}
	if f.panic != nil {
		panic(f.panic)
	}
	if f.final {
		w.stopCheck()
	}
	w.tell(f)
}
