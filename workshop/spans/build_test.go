package spans_test

import (
	"fmt"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// traceID is the id of every trace that the tests build.
const traceID = "0af7651916cd43dd8448eb211c80319c"

// noon is when every trace that the tests build starts.
var noon = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)

// spanID gives the id of span number n. Ids look random, as real ones do.
func spanID(n int) string { return fmt.Sprintf("%016x", uint64(n)*0x9e3779b97f4a7c15) }

// at gives the time that many milliseconds after noon.
func at(ms float64) time.Time { return noon.Add(time.Duration(ms * float64(time.Millisecond))) }

// span builds span number id with the number of its parent, or 0, that runs
// between two times in milliseconds after noon.
func span(id, parent int, name string, from, to float64, changes ...func(*spans.Span)) spans.Span {
	s := spans.Span{
		TraceID: traceID,
		SpanID:  spanID(id),
		Name:    name,
		Kind:    spans.KindInternal,
		Start:   at(from),
		End:     at(to),
		Status:  spans.Status{Code: spans.StatusUnset},
	}
	if parent != 0 {
		s.ParentID = spanID(parent)
	}
	for _, change := range changes {
		change(&s)
	}
	return s
}

func of(service string) func(*spans.Span) {
	return func(s *spans.Span) { s.Resource = attributes("service.name", service) }
}

func kind(k spans.Kind) func(*spans.Span) { return func(s *spans.Span) { s.Kind = k } }

func failed(description string) func(*spans.Span) {
	return func(s *spans.Span) {
		s.Status = spans.Status{Code: spans.StatusError, Description: description}
	}
}

func with(keysAndValues ...any) func(*spans.Span) {
	return func(s *spans.Span) { s.Attributes = append(s.Attributes, attributes(keysAndValues...)...) }
}

func event(name string, ms float64, keysAndValues ...any) func(*spans.Span) {
	return func(s *spans.Span) {
		s.Events = append(s.Events, spans.Event{Name: name, Time: at(ms), Attributes: attributes(keysAndValues...)})
	}
}

func link(traceID, spanID string) func(*spans.Span) {
	return func(s *spans.Span) { s.Links = append(s.Links, spans.Link{TraceID: traceID, SpanID: spanID}) }
}

func untimed(s *spans.Span) { s.Start, s.End = time.Time{}, time.Time{} }

func attributes(keysAndValues ...any) spans.Attributes {
	var out spans.Attributes
	for i := 0; i < len(keysAndValues); i += 2 {
		out = append(out, spans.Attribute{Key: keysAndValues[i].(string), Value: keysAndValues[i+1]})
	}
	return out
}

func traceOf(all ...spans.Span) spans.Trace { return spans.Trace{ID: traceID, Spans: all} }
