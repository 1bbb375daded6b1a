package traceview

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/spans"
)

// TestCount follows an error that climbs from the last of three services.
func TestCount(t *testing.T) {
	span := func(id, parent, service, name string, kind spans.Kind, code spans.StatusCode) spans.Span {
		return spans.Span{TraceID: "t", SpanID: id, ParentID: parent, Name: name, Kind: kind, Status: spans.Status{Code: code},
			Resource: spans.Attributes{{Key: "service.name", Value: service}}}
	}
	trace := spans.Trace{ID: "t", Spans: []spans.Span{
		span("1", "", "user", "GET /trip", spans.KindServer, spans.StatusError),
		span("2", "1", "user", "HTTP GET", spans.KindClient, spans.StatusError),
		span("3", "2", "zurich", "GET /seats", spans.KindServer, spans.StatusError),
		span("4", "3", "zurich", "HTTP GET", spans.KindClient, spans.StatusError),
		span("5", "4", "basel", "GET /delays", spans.KindServer, spans.StatusError),
		span("6", "1", "user", "HTTP GET", spans.KindClient, spans.StatusUnset),
		span("7", "6", "basel", "GET /delays", spans.KindServer, spans.StatusUnset),
		span("8", "9", "basel", "GET /delays", spans.KindServer, spans.StatusUnset),
	}}
	want := []Calls{
		{Call: Call{"(not here)", "basel", "GET /delays"}, Calls: 1, Traces: 1},
		{Call: Call{"user", "basel", "GET /delays"}, Calls: 1, Traces: 1},
		{Call: Call{"zurich", "basel", "GET /delays"}, Calls: 1, Traces: 1, Errors: 1, Began: 1},
		{Call: Call{Outside, "user", "GET /trip"}, Calls: 1, Traces: 1, Errors: 1},
		{Call: Call{"user", "zurich", "GET /seats"}, Calls: 1, Traces: 1, Errors: 1},
	}
	if diff := cmp.Diff(want, Count([]spans.Trace{trace}, Filter{})); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}
