package traceview

import (
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/spans"
)

// TestSettle asks for a trace whose spans come one after the other. The clock is
// a fake, so that what is asked in a patience can be counted.
func TestSettle(t *testing.T) {
	type at = time.Time
	span := func(id, parent string, end at) spans.Span {
		return spans.Span{TraceID: "1", SpanID: id, ParentID: parent, Start: end, End: end}
	}
	root := func(now at) spans.Span { return span("a", "", now) }
	child := func(now at) spans.Span { return span("b", "a", now) }
	leaf := func(now at) spans.Span { return span("c", "b", now) }
	old := func(now at) spans.Span { return span("c", "b", now.Add(-time.Hour)) }
	under := func(now at) spans.Span { return span("c", "b", now.Add(time.Hour)) } // a trace that goes on and on
	type parts = []func(at) spans.Span
	for name, test := range map[string]struct {
		answers  []parts
		patience time.Duration
		spans    int
		asked    int
		whole    bool
	}{
		"not there yet":     {[]parts{nil, {root}}, time.Minute, 1, 3, true},
		"a parent is late":  {[]parts{{leaf}, {leaf, child}, {leaf, child, root}}, time.Minute, 3, 4, true},
		"a leaf is late":    {[]parts{{root}, {root, child}}, time.Minute, 2, 3, true},
		"still under way":   {[]parts{{under}}, 2 * askAgain, 1, 4, false},
		"a parent is lost":  {[]parts{{leaf}}, 4 * askAgain, 1, 5, true},
		"lost long ago":     {[]parts{{old}}, time.Minute, 1, 1, true},
		"whole at any time": {[]parts{{root, child}}, time.Minute, 2, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				now, asked := time.Now(), 0
				traces, whole, err := Query{Patience: test.patience}.settle(t.Context(), func() ([]spans.Trace, error) {
					found := test.answers[min(asked, len(test.answers)-1)]
					asked++
					if found == nil {
						return nil, jaeger.ErrNotFound
					}
					var all []spans.Span
					for _, part := range found {
						all = append(all, part(now))
					}
					return spans.Group(all), nil
				})
				if err != nil || len(traces[0].Spans) != test.spans || whole != test.whole {
					t.Errorf("%v, %v, whole: %v", traces, err, whole)
				}
				if asked != test.asked {
					t.Errorf("it asked %d times, want %d", asked, test.asked)
				}
			})
		})
	}
}
