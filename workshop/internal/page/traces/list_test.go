package traces

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/traceview"
	"example.com/tracing-workshop/workshop/spans"
)

func TestSpansIn(t *testing.T) {
	begin := time.Unix(1_700_000_000, 0)
	span := func(id, parent, service string, after time.Duration, code spans.StatusCode, attributes ...spans.Attribute) spans.Span {
		return spans.Span{TraceID: "t", SpanID: id, ParentID: parent, Name: "GET /seats", Start: begin.Add(after), End: begin.Add(after + time.Second),
			Status: spans.Status{Code: code}, Attributes: attributes, Events: []spans.Event{{Name: "lock-timeout"}},
			Resource: spans.Attributes{{Key: "service.name", Value: service}}}
	}
	all := []spans.Trace{{ID: "t", Spans: []spans.Span{
		span("1", "", "zurich", 0, spans.StatusError, spans.Attribute{Key: "http.route", Value: "/x"}, spans.Attribute{Key: "luggage.kind", Value: "cello"}),
		span("2", "1", "basel", 1, spans.StatusError, spans.Attribute{Key: "user_agent.original", Value: "zurich"}),
		span("3", "2", "basel", 2, spans.StatusError),
		span("4", "1", "basel", 3, spans.StatusOK),
	}}}
	got := SpansIn(all, traceview.Filter{Failed: true}, 2)
	var lines []string
	for _, s := range got.Spans {
		lines = append(lines, fmt.Sprintf("%s %s<%s %v %v %v", s.ID, s.Service, s.Caller, s.Error, s.Events, s.Attributes))
	}
	want := "3 basel< true [lock-timeout] []; 2 basel<zurich true [lock-timeout] [{user_agent.original string zurich}]"
	if text := strings.Join(lines, "; "); text != want || got.Of != 3 {
		t.Errorf("got %s of %d, want %s of 3", text, got.Of, want)
	}
	if got := SpansIn(all, traceview.Filter{Service: "zurich"}, 5); len(got.Spans) != 1 || fmt.Sprint(got.Spans[0].Attributes) != "[{luggage.kind string cello}]" {
		t.Errorf("got %+v", got)
	}
}
