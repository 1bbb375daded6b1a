// Package live keeps the traces that arrive while the page runs, and forgets the
// oldest ones when they get too large. A [Store] keeps them, and an [Intake]
// receives them.
package live

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/page/traces"
	"example.com/tracing-workshop/workshop/internal/timeline"
	"example.com/tracing-workshop/workshop/spans"
)

// Budget is how many bytes the traces of a store may take, unless it is told.
const Budget = 256 << 20

// Store keeps traces. Its methods may be called from several goroutines at once.
type Store struct {
	budget int64

	mu       sync.Mutex
	byID     map[string]*kept
	order    []*kept                   // oldest first, by when they began to arrive
	first    int                       // index in order of the oldest one that is not forgotten
	services map[string]map[string]int // service -> operation -> spans
	counts   Counts
}

// Counts is how much a store keeps, and what it had to forget.
type Counts struct {
	Traces    int   `json:"traces"`
	Spans     int   `json:"spans"`
	Bytes     int64 `json:"bytes"`
	Budget    int64 `json:"budget"`
	Forgotten int   `json:"forgotten"` // traces
	Arrived   int   `json:"arrived"`   // spans
}

// kept is a trace. Its spans are only ever added to, so that who has got a part
// of them can read it while more arrive.
type kept struct {
	id    string
	spans []spans.Span
	bytes int64
}

// NewStore gives an empty one with a budget in bytes.
func NewStore(budget int64) *Store {
	return &Store{budget: budget, byID: map[string]*kept{}, services: map[string]map[string]int{}}
}

// Add keeps spans that arrived, and makes room for them.
func (s *Store) Add(arrived []spans.Span) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range arrived {
		s.add(arrived[i])
	}
	s.counts.Arrived += len(arrived)
	for s.counts.Bytes > s.budget && s.first < len(s.order) {
		s.forgetOldest()
	}
	s.compact()
}

func (s *Store) add(span spans.Span) {
	t := s.byID[span.TraceID]
	if t == nil {
		t = &kept{id: span.TraceID, bytes: traceBytes}
		s.counts.Bytes += traceBytes
		s.byID[t.id] = t
		s.order = append(s.order, t)
	}
	room := cap(t.spans)
	t.spans = append(t.spans, span)
	grown := contentOf(span) + int64(cap(t.spans)-room)*spanBytes
	t.bytes += grown
	s.counts.Bytes += grown
	s.counts.Spans++
	operations := s.services[span.Service()]
	if operations == nil {
		operations = map[string]int{}
		s.services[span.Service()] = operations
	}
	operations[span.Name]++
}

func (s *Store) forgetOldest() {
	t := s.order[s.first]
	s.order[s.first] = nil
	s.first++
	delete(s.byID, t.id)
	s.counts.Bytes -= t.bytes
	s.counts.Spans -= len(t.spans)
	s.counts.Forgotten++
	for i := range t.spans {
		service, name := t.spans[i].Service(), t.spans[i].Name
		operations := s.services[service]
		if operations[name]--; operations[name] == 0 {
			delete(operations, name)
		}
		if len(operations) == 0 {
			delete(s.services, service)
		}
	}
}

// compact takes back the room of traces that are forgotten, once that is half of
// all.
func (s *Store) compact() {
	if s.first > len(s.order)/2 {
		s.order = slices.Clone(s.order[s.first:])
		s.first = 0
	}
}

// Counts tells how much there is.
func (s *Store) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counts
	c.Traces, c.Budget = len(s.order)-s.first, s.budget
	return c
}

// snapshot gives the traces as they are now, oldest first. Nobody has to wait
// while they are looked at.
func (s *Store) snapshot() []spans.Trace {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]spans.Trace, 0, len(s.order)-s.first)
	for _, t := range s.order[s.first:] {
		all = append(all, spans.Trace{ID: t.id, Spans: slices.Clip(t.spans)})
	}
	return all
}

// List gives the newest traces that are wanted, by when they began to arrive:
// that is in order also where the clocks of services are not.
func (s *Store) List(ctx context.Context, q traces.Question) (traces.Summaries, error) {
	list := traces.Summaries{Traces: []traces.Summary{}}
	for _, t := range slices.Backward(s.wanted(ctx, q)) {
		if list.Of++; q.Limit == 0 || len(list.Traces) < q.Limit {
			list.Traces = append(list.Traces, traces.Summarize(t.ID, t.Spans))
		}
	}
	list.More = list.Of - len(list.Traces)
	return list, ctx.Err()
}

// wanted gives the traces that are wanted, oldest first.
func (s *Store) wanted(ctx context.Context, q traces.Question) []spans.Trace {
	since := time.Now().Add(-q.Since)
	return slices.DeleteFunc(s.snapshot(), func(t spans.Trace) bool {
		if ctx.Err() != nil {
			return true
		}
		return q.Since != 0 && !startsAfter(t, since) || !q.Filter.Anything() && !q.Filter.Wants(t)
	})
}

func startsAfter(t spans.Trace, since time.Time) bool {
	return slices.ContainsFunc(t.Spans, func(s spans.Span) bool { return s.Start.After(since) })
}

// Trace gives the trace whose id begins so.
func (s *Store) Trace(_ context.Context, id string) (timeline.Trace, error) {
	found, err := s.find(id)
	if err != nil {
		return timeline.Trace{}, err
	}
	return traces.Timeline(found.ID, found.Spans), nil
}

func (s *Store) find(id string) (spans.Trace, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.byID[id]; t != nil {
		return spans.Trace{ID: t.id, Spans: slices.Clip(t.spans)}, nil
	}
	var found []*kept
	var ids []string
	for _, t := range s.order[s.first:] {
		if strings.HasPrefix(t.id, id) {
			found, ids = append(found, t), append(ids, t.id)
		}
	}
	switch {
	case len(found) == 1:
		return spans.Trace{ID: found[0].id, Spans: slices.Clip(found[0].spans)}, nil
	case len(found) > 1:
		return spans.Trace{}, &traces.Ambiguous{Begin: id, IDs: ids}
	case s.counts.Forgotten > 0:
		return spans.Trace{}, &traces.NotFound{Says: fmt.Sprintf("no trace %s is kept here: it did not arrive, or it is one of the %d old ones that had to make room", id, s.counts.Forgotten)}
	}
	return spans.Trace{}, &traces.NotFound{Says: fmt.Sprintf("no trace %s has arrived here since the page runs: has its service sent it yet, and does it send to this page?", id)}
}

// mostOperations is how many operations of a service are told. Where there are
// more, names have values in them, and nobody reads them all.
const mostOperations = 500

// Services gives the services that are in the traces, with their operations.
func (s *Store) Services(context.Context) ([]traces.Service, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	services := []traces.Service{}
	for _, name := range slices.Sorted(maps.Keys(s.services)) {
		if name == "" {
			continue // it cannot be asked for
		}
		operations := slices.Sorted(maps.Keys(s.services[name]))
		services = append(services, traces.Service{Name: name, Operations: operations[:min(len(operations), mostOperations)]})
	}
	return services, nil
}

// Calls counts the calls that are wanted.
func (s *Store) Calls(ctx context.Context, q traces.Question) ([]traces.Call, error) {
	return traces.CallsIn(s.wanted(ctx, q), q.Filter), ctx.Err()
}

// Spans gives the spans that are wanted.
func (s *Store) Spans(ctx context.Context, q traces.Question) (traces.Spans, error) {
	return traces.SpansIn(s.wanted(ctx, q), q.Filter, q.Limit), ctx.Err()
}
