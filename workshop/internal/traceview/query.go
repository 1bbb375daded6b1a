package traceview

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/spans"
)

// Query asks a Jaeger for the traces that it holds.
type Query struct {
	Client *jaeger.Client
	Filter Filter
	Since  time.Duration // how far it looks back
	Limit  int           // how many traces are to be shown at most
	// Patience is how long it waits for spans that may be on their way.
	Patience time.Duration
	// Waiting, if not nil, is called when it begins to wait, and done when it ends.
	Waiting func() (done func())
}

// Answer is what a Jaeger holds of what was asked for.
type Answer struct {
	Traces []spans.Trace // to be shown, oldest first
	Of     []spans.Trace // of which they are the newest, or in which they are
	// Whole tells that nothing of them seems to be on its way any more.
	Whole bool
}

// MostSearched is how many traces are looked through for the newest ones, or
// for the beginning of an id.
const MostSearched = 5000

// Newest gives the newest traces that are wanted. There may be none.
func (q Query) Newest(ctx context.Context) (Answer, error) {
	var a Answer
	var err error
	a.Traces, a.Whole, err = q.settle(ctx, func() (newest []spans.Trace, err error) {
		a.Of, err = q.find(ctx, q.Filter)
		return a.Of[max(0, len(a.Of)-q.Limit):], err
	})
	return a, err
}

// Trace gives the trace with an id, and no Traces if it is not wanted. The error
// is [jaeger.ErrNotFound] where there is none.
func (q Query) Trace(ctx context.Context, id string) (Answer, error) {
	traces, whole, err := q.settle(ctx, func() ([]spans.Trace, error) {
		found, err := q.Client.Trace(ctx, id)
		return spans.Group(found), err
	})
	return Answer{Traces: q.Filter.Among(traces), Of: traces, Whole: whole}, err
}

// IDs gives the ids of traces that begin so.
func (q Query) IDs(ctx context.Context, begin string) (ids []string, err error) {
	traces, err := q.find(ctx, Filter{})
	for _, t := range traces {
		if strings.HasPrefix(t.ID, begin) {
			ids = append(ids, t.ID)
		}
	}
	return ids, err
}

// find gives the traces that are wanted, oldest first.
func (q Query) find(ctx context.Context, f Filter) ([]spans.Trace, error) {
	now := time.Now()
	found, err := q.Client.Find(ctx, jaeger.Search{
		Service: f.Service, Operation: f.Operation, MinDuration: f.Longer,
		From: now.Add(-q.Since), To: now.Add(time.Minute), // clocks differ
		Limit: MostSearched,
	})
	return f.Among(spans.Group(found)), err
}

// askAgain is how long settle waits in between.
const askAgain = 300 * time.Millisecond

// settle asks for traces until those that ended a moment ago have all parents,
// and did not grow since it asked before, or until its patience is over. It also
// waits for a trace that is not found: maybe it has not come yet.
func (q Query) settle(ctx context.Context, ask func() ([]spans.Trace, error)) (traces []spans.Trace, whole bool, err error) {
	late := time.Now().Add(q.Patience)
	waits := false
	for before := -1; ; {
		traces, err = ask()
		missing := errors.Is(err, jaeger.ErrNotFound)
		if err != nil && !missing {
			return nil, false, err
		}
		fresh, whole := freshSpans(traces, time.Now().Add(-q.Patience))
		if settled := !missing && (fresh == 0 || whole && fresh == before); settled || time.Now().After(late) {
			return traces, whole, err
		}
		if before = fresh; q.Waiting != nil && !waits {
			waits = true
			defer q.Waiting()()
		}
		select {
		case <-ctx.Done():
			return nil, false, ctx.Err()
		case <-time.After(askAgain):
		}
	}
}

// freshSpans gives how many spans the traces have of which some were not over at
// a moment, and whether no parent is missing in these.
func freshSpans(traces []spans.Trace, since time.Time) (n int, whole bool) {
	whole = true
	for _, t := range traces {
		if !slices.ContainsFunc(t.Spans, func(s spans.Span) bool { return s.End.After(since) }) {
			continue
		}
		n += len(t.Spans)
		whole = whole && complete(t.Spans)
	}
	return n, whole
}
