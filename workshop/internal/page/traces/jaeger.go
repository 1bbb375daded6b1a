package traces

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/timeline"
	"example.com/tracing-workshop/workshop/internal/traceview"
)

// Jaeger is what a Jaeger holds.
type Jaeger struct {
	address string
	client  *jaeger.Client
}

// NewJaeger gives the Jaeger whose query API is at an address.
func NewJaeger(address string) *Jaeger {
	return &Jaeger{address: address, client: jaeger.NewClient(address)}
}

// Address is where its query API is.
func (j *Jaeger) Address() string { return j.address }

// patience is how long it waits for spans that may be on their way. The page
// asks again by itself.
const patience = 0

// usualSince is how far it looks back, unless it is told.
const usualSince = 24 * time.Hour

func (j *Jaeger) query(q Question) traceview.Query {
	return traceview.Query{
		Client: j.client, Filter: q.Filter, Since: cmp.Or(q.Since, usualSince), Limit: cmp.Or(q.Limit, usualLimit), Patience: patience,
	}
}

// List gives the newest traces that are wanted.
func (j *Jaeger) List(ctx context.Context, q Question) (Summaries, error) {
	answer, err := j.query(q).Newest(ctx)
	if err != nil {
		return Summaries{}, j.explain(err)
	}
	list := Summaries{Traces: []Summary{}, Of: len(answer.Of), More: len(answer.Of) - len(answer.Traces)}
	for _, t := range slices.Backward(answer.Traces) {
		list.Traces = append(list.Traces, Summarize(t.ID, t.Spans))
	}
	return list, nil
}

// Trace gives the trace whose id begins so.
func (j *Jaeger) Trace(ctx context.Context, id string) (timeline.Trace, error) {
	query := j.query(Question{})
	if len(id) < idDigits {
		ids, err := query.IDs(ctx, id)
		switch {
		case err != nil:
			return timeline.Trace{}, j.explain(err)
		case len(ids) == 0:
			return timeline.Trace{}, &NotFound{fmt.Sprintf("no trace of the last day in the Jaeger at %s has an id that begins with %s", j.address, id)}
		case len(ids) > 1:
			return timeline.Trace{}, &Ambiguous{id, ids}
		}
		id = ids[0]
	}
	answer, err := query.Trace(ctx, id)
	if err == nil && len(answer.Of) == 0 {
		err = jaeger.ErrNotFound
	}
	if err != nil {
		return timeline.Trace{}, j.explain(err)
	}
	return Timeline(id, answer.Of[0].Spans), nil
}

// Services gives the services, each with its operations.
func (j *Jaeger) Services(ctx context.Context) ([]Service, error) {
	names, err := j.client.Services(ctx)
	if err != nil {
		return nil, j.explain(err)
	}
	services := []Service{}
	slices.Sort(names)
	for _, name := range names {
		operations, err := j.client.Operations(ctx, name)
		if err != nil {
			return nil, j.explain(err)
		}
		services = append(services, Service{name, operations})
	}
	return services, nil
}

// Calls counts the calls that are wanted.
func (j *Jaeger) Calls(ctx context.Context, q Question) ([]Call, error) {
	q.Limit = traceview.MostSearched // a count is of all
	answer, err := j.query(q).Newest(ctx)
	if err != nil {
		return nil, j.explain(err)
	}
	return CallsIn(answer.Traces, q.Filter), nil
}

// Spans gives the spans that are wanted.
func (j *Jaeger) Spans(ctx context.Context, q Question) (Spans, error) {
	limit := cmp.Or(q.Limit, usualLimit)
	q.Limit = traceview.MostSearched
	answer, err := j.query(q).Newest(ctx)
	if err != nil {
		return Spans{}, j.explain(err)
	}
	return SpansIn(answer.Traces, q.Filter, limit), nil
}

// Answers tells what is wrong where it does not answer.
func (j *Jaeger) Answers(ctx context.Context) error {
	_, err := j.client.Services(ctx)
	return j.explain(err)
}

// explain says what to do.
func (j *Jaeger) explain(err error) error {
	switch {
	case errors.Is(err, jaeger.ErrNotFound):
		return &NotFound{fmt.Sprintf("there is no such trace in the Jaeger at %s: was it sampled, has its service sent it yet, and does it send to this Jaeger?", j.address)}
	case errors.Is(err, jaeger.ErrUnreachable):
		return fmt.Errorf("%w at %s: start one with %s jaeger, or name another one with %[3]s page -from URL", jaeger.ErrUnreachable, j.address, repository.Invocation)
	}
	return err
}
