package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/spans"
)

// found is nil if a Jaeger finds the specimen again, in each way in which one
// can ask: by id, service, operation, duration and time.
func (h *held) found(ctx context.Context, from *jaeger.Process) error {
	c := from.Client()
	for _, trace := range [][]*tracepb.Span{h.spans.full, h.spans.plain, h.spans.old} {
		want := h.kept(spans.FromOTLP(ofSpecimen(trace)))
		got, err := c.Trace(ctx, want[0].TraceID)
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, got, sorted, cmpopts.EquateEmpty()); diff != "" {
			return fmt.Errorf("the trace of %q has become another one (-want +got):\n%s", want[0].Name, diff)
		}
	}
	for what, inquiry := range h.inquiries() {
		got, err := c.Find(ctx, inquiry.search)
		if err != nil {
			return err
		}
		if diff := cmp.Diff(traceIDs(spans.FromOTLP(ofSpecimen(inquiry.want))), traceIDs(got)); diff != "" {
			return fmt.Errorf("by its %s other traces are found (-want +got):\n%s", what, diff)
		}
	}
	return h.listed(ctx, from)
}

// kept is what a storage makes of spans.
func (s storage) kept(all []spans.Span) []spans.Span {
	if s.exact {
		return all
	}
	for _, span := range all {
		for i, a := range span.Attributes {
			if a.Key == "list" {
				span.Attributes[i].Value = `["a","b"]`
			}
		}
		for i := range span.Links {
			span.Links[i].Attributes = spans.Attributes{{Key: "opentracing.ref_type", Value: "follows_from"}}
		}
	}
	return all
}

var sorted = cmp.Options{
	cmpopts.SortSlices(func(a, b spans.Span) bool { return a.SpanID < b.SpanID }),
	cmpopts.SortSlices(func(a, b spans.Attribute) bool { return a.Key < b.Key }),
}

// inquiry is a question with its one right answer.
type inquiry struct {
	search jaeger.Search
	want   []*tracepb.Span
}

func (h *held) inquiries() map[string]inquiry {
	s := h.spans
	all := jaeger.Search{Service: specimenService, From: s.now.Add(-2 * time.Hour)}
	slow, named, recent, old := all, all, all, all
	slow.MinDuration = time.Second
	named.Operation = s.plain[2].Name
	recent.From = s.now.Add(-time.Minute)
	old.To = s.now.Add(-30 * time.Minute)
	return map[string]inquiry{
		"service":   {all, slices.Concat(s.full, s.plain, s.old)},
		"operation": {named, s.plain},
		"duration":  {slow, s.full},
		"time":      {recent, slices.Concat(s.full, s.plain)},
		"past":      {old, s.old},
	}
}

func traceIDs(all []spans.Span) []string {
	var ids []string
	for _, trace := range spans.Group(all) {
		ids = append(ids, trace.ID)
	}
	slices.Sort(ids)
	return ids
}

// operation is one as Jaeger offers it.
type operation struct{ Name, SpanKind string }

// listed is nil if Jaeger offers the operations of the service, with the kinds
// if the storage has them.
func (h *held) listed(ctx context.Context, from *jaeger.Process) error {
	var want []operation
	for _, span := range spans.FromOTLP(h.spans.otlp()) {
		o := operation{Name: span.Name}
		if h.kinds {
			o.SpanKind = string(span.Kind)
		}
		want = append(want, o)
	}
	got, err := operations(ctx, jaeger.Reachable(from.Endpoints.Query))
	if err != nil {
		return err
	}
	for _, all := range [][]operation{want, got} {
		slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.Name, b.Name) })
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("the operations are others (-want +got):\n%s", diff)
	}
	return nil
}

func operations(ctx context.Context, query string) ([]operation, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, query+"/api/v3/operations?service="+specimenService, nil)
	if err != nil {
		return nil, err
	}
	response, err := oneRequest.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var answer struct{ Operations []operation }
	return answer.Operations, json.Unmarshal(body, &answer)
}

// awaitNil asks until there is no error any more. A question that is cut short
// by the limit says nothing: the one before it does.
func awaitNil(t *testing.T, limit time.Duration, ask func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	var err error
	for {
		if now := ask(ctx); now == nil {
			return
		} else if err == nil || ctx.Err() == nil {
			err = now
		}
		select {
		case <-ctx.Done():
			t.Fatalf("after %s: %v", limit, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
