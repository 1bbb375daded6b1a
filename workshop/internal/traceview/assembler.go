// Package traceview makes traces fit to be shown: an [Assembler] puts them
// together from spans that arrive, and a [Query] asks a Jaeger for those that it
// holds. It gives what is to be shown, and prints nothing.
package traceview

import (
	"slices"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// Assembler puts spans together that arrive in several batches, from several
// services, until their trace can be drawn. It keeps traces for a while after
// that, in case there is more to come.
type Assembler struct {
	quiet   time.Duration // a trace is drawn when nothing was added to it for so long
	missing time.Duration // the same for a trace in which a parent is missing
	longest time.Duration // no trace waits longer than that
	most    int           // spans that are kept

	traces []*assembled // in the order in which they began to arrive
	kept   int          // spans in traces
}

// assembled is a trace and what was done with it.
type assembled struct {
	spans.Trace
	drawn   int // how many of its spans have been drawn
	changed time.Time
	waiting time.Time // since when there are spans that were not drawn
}

// Part is a trace to draw.
type Part struct {
	Trace spans.Trace
	Again bool // some of it was drawn before
	Late  int  // how many spans came after that
}

// OnTheWay is how much later than the rest a part of a trace may come. A batch
// span processor exports every five seconds unless it is told otherwise
// (OpenTelemetry specification, Trace SDK, section Batching processor).
const OnTheWay = 6 * time.Second

// NewAssembler gives the patience that suits people who watch.
func NewAssembler() *Assembler {
	return &Assembler{
		quiet:   300 * time.Millisecond,
		missing: OnTheWay,
		longest: 10 * time.Second,
		most:    10_000,
	}
}

// Add adds spans that arrived at a moment. It gives the traces that must be
// drawn at once because there is no room to keep them.
func (a *Assembler) Add(now time.Time, arrived []spans.Span) []Part {
	for _, part := range spans.Group(arrived) {
		t := a.find(part.ID)
		if t.drawn == len(t.Spans) {
			t.waiting = now
		}
		t.Spans = append(t.Spans, part.Spans...)
		t.changed = now
		a.kept += len(part.Spans)
	}
	return a.makeRoom()
}

// find gives the trace with an id, a new one if need be.
func (a *Assembler) find(id string) *assembled {
	i := slices.IndexFunc(a.traces, func(t *assembled) bool { return t.ID == id })
	if i >= 0 {
		return a.traces[i]
	}
	t := &assembled{Trace: spans.Trace{ID: id}}
	a.traces = append(a.traces, t)
	return t
}

// makeRoom forgets the oldest traces while there are too many spans.
func (a *Assembler) makeRoom() []Part {
	var parts []Part
	for a.kept > a.most {
		oldest := a.traces[0]
		if oldest.pending() {
			parts = append(parts, oldest.part())
		}
		a.kept -= len(oldest.Spans)
		a.traces = slices.Delete(a.traces, 0, 1)
	}
	return parts
}

// Next gives when the next trace is due, and whether one waits at all.
func (a *Assembler) Next() (time.Time, bool) {
	var next time.Time
	for _, t := range a.traces {
		if !t.pending() {
			continue
		}
		if due := a.dueAt(t); next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next, !next.IsZero()
}

// Due gives the traces to draw at a moment.
func (a *Assembler) Due(now time.Time) []Part {
	return a.parts(func(t *assembled) bool { return !a.dueAt(t).After(now) })
}

// All gives what was not drawn yet.
func (a *Assembler) All() []Part {
	return a.parts(func(*assembled) bool { return true })
}

func (a *Assembler) parts(ready func(*assembled) bool) []Part {
	var parts []Part
	for _, t := range a.traces {
		if t.pending() && ready(t) {
			parts = append(parts, t.part())
		}
	}
	return parts
}

func (a *Assembler) dueAt(t *assembled) time.Time {
	patience := a.quiet
	if !complete(t.Spans) {
		patience = a.missing
	}
	due, latest := t.changed.Add(patience), t.waiting.Add(a.longest)
	if latest.Before(due) {
		return latest
	}
	return due
}

func (t *assembled) pending() bool { return t.drawn < len(t.Spans) }

// part gives the trace to draw, and notes that it was drawn.
func (t *assembled) part() Part {
	p := Part{Trace: t.Trace, Again: t.drawn > 0, Late: len(t.Spans) - t.drawn}
	p.Trace.Spans = slices.Clone(t.Spans)
	t.drawn = len(t.Spans)
	return p
}

// complete tells whether no span is without its parent. That there is more to
// come cannot be excluded.
func complete(all []spans.Span) bool {
	ids := make(map[string]bool)
	for _, s := range all {
		ids[s.SpanID] = true
	}
	return !slices.ContainsFunc(all, func(s spans.Span) bool {
		return s.ParentID != "" && !ids[s.ParentID]
	})
}
