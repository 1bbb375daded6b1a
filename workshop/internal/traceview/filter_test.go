package traceview

import (
	"slices"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// TestHowLongAServiceTakes asks for the quick and the slow requests of a service
// that calls another one.
func TestHowLongAServiceTakes(t *testing.T) {
	now := time.Now()
	resource := spans.Attributes{{Key: "service.name", Value: "basel"}}
	slow := spans.Trace{Spans: []spans.Span{
		{SpanID: "1", Name: "GET /prices", Kind: spans.KindServer, Start: now, End: now.Add(time.Second), Resource: resource},
		{SpanID: "2", ParentID: "1", Name: "HTTP GET", Kind: spans.KindClient, Start: now, End: now.Add(time.Millisecond), Resource: resource},
	}}
	for _, test := range []struct {
		filter Filter
		names  []string
	}{
		{Filter{Service: "basel"}, []string{"GET /prices", "HTTP GET"}},
		{Filter{Service: "basel", Shorter: 50 * time.Millisecond}, nil},
		{Filter{Service: "basel", Shorter: 2 * time.Second}, []string{"GET /prices"}},
		{Filter{Service: "basel", Longer: time.Nanosecond}, []string{"GET /prices"}},
		{Filter{Service: "basel", Operation: "HTTP GET", Shorter: 50 * time.Millisecond}, []string{"HTTP GET"}},
		{Filter{Longer: time.Nanosecond}, []string{"GET /prices", "HTTP GET"}},
	} {
		var names []string
		for _, s := range test.filter.In(slow) {
			names = append(names, s.Name)
		}
		if !slices.Equal(names, test.names) {
			t.Errorf("%+v gives %q, want %q", test.filter, names, test.names)
		}
	}
}
