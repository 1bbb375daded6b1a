package main

import (
	"slices"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// gathering puts spans together that arrive in several batches, from several
// services, until their trace can be drawn. It keeps traces for a while after
// that, in case there is more to come.
type gathering struct {
	quiet   time.Duration // a trace is drawn when nothing was added to it for so long
	missing time.Duration // the same for a trace in which a parent is missing
	longest time.Duration // no trace waits longer than that
	most    int           // spans that are kept

	traces []*gathered // in the order in which they began to arrive
	kept   int         // spans in traces
}

// gathered is a trace and what was done with it.
type gathered struct {
	spans.Trace
	drawn   int // how many of its spans have been drawn
	changed time.Time
	waiting time.Time // since when there are spans that were not drawn
}

// picture is a trace to draw.
type picture struct {
	trace spans.Trace
	again bool // a part of it was drawn before
	late  int  // how many spans came after that
}

// onTheWay is how much later than the rest a part of a trace may come. A batch
// span processor exports every five seconds unless it is told otherwise
// (OpenTelemetry specification, Trace SDK, section Batching processor).
const onTheWay = 6 * time.Second

// newGathering gives the patience that suits people who watch.
func newGathering() *gathering {
	return &gathering{
		quiet:   300 * time.Millisecond,
		missing: onTheWay,
		longest: 10 * time.Second,
		most:    10_000,
	}
}

// add adds spans that arrived at a moment. It gives the traces that must be
// drawn at once because there is no room to keep them.
func (g *gathering) add(now time.Time, arrived []spans.Span) []picture {
	for _, part := range spans.Group(arrived) {
		t := g.find(part.ID)
		if t.drawn == len(t.Spans) {
			t.waiting = now
		}
		t.Spans = append(t.Spans, part.Spans...)
		t.changed = now
		g.kept += len(part.Spans)
	}
	return g.makeRoom()
}

// find gives the trace with an id, a new one if need be.
func (g *gathering) find(id string) *gathered {
	i := slices.IndexFunc(g.traces, func(t *gathered) bool { return t.ID == id })
	if i >= 0 {
		return g.traces[i]
	}
	t := &gathered{Trace: spans.Trace{ID: id}}
	g.traces = append(g.traces, t)
	return t
}

// makeRoom forgets the oldest traces while there are too many spans.
func (g *gathering) makeRoom() []picture {
	var pictures []picture
	for g.kept > g.most {
		oldest := g.traces[0]
		if oldest.pending() {
			pictures = append(pictures, oldest.picture())
		}
		g.kept -= len(oldest.Spans)
		g.traces = slices.Delete(g.traces, 0, 1)
	}
	return pictures
}

// next gives when the next trace is due, and whether one waits at all.
func (g *gathering) next() (time.Time, bool) {
	var next time.Time
	for _, t := range g.traces {
		if !t.pending() {
			continue
		}
		if due := g.dueAt(t); next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next, !next.IsZero()
}

// due gives the traces to draw at a moment.
func (g *gathering) due(now time.Time) []picture {
	return g.pictures(func(t *gathered) bool { return !g.dueAt(t).After(now) })
}

// all gives what was not drawn yet.
func (g *gathering) all() []picture {
	return g.pictures(func(*gathered) bool { return true })
}

func (g *gathering) pictures(ready func(*gathered) bool) []picture {
	var pictures []picture
	for _, t := range g.traces {
		if t.pending() && ready(t) {
			pictures = append(pictures, t.picture())
		}
	}
	return pictures
}

func (g *gathering) dueAt(t *gathered) time.Time {
	patience := g.quiet
	if !complete(t.Spans) {
		patience = g.missing
	}
	due, latest := t.changed.Add(patience), t.waiting.Add(g.longest)
	if latest.Before(due) {
		return latest
	}
	return due
}

func (t *gathered) pending() bool { return t.drawn < len(t.Spans) }

// picture gives the trace to draw, and notes that it was drawn.
func (t *gathered) picture() picture {
	p := picture{trace: t.Trace, again: t.drawn > 0, late: len(t.Spans) - t.drawn}
	p.trace.Spans = slices.Clone(t.Spans)
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
