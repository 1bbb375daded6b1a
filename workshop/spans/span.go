// Package spans is the workshop's one model of a span.
//
// A span reaches the workshop as JSON that a program printed ([ParseStdout]),
// as OTLP from the wire ([FromOTLP]), or as OTLP JSON that Jaeger answered
// ([ParseOTLPJSON]). All three become the same [Span], spans of one trace are
// put together by [Group], and [Draw] is the one way to draw a trace.
package spans

import "time"

// Span is one finished span, as its exporter reported it.
type Span struct {
	TraceID    string // 32 lower-case hex digits
	SpanID     string // 16 lower-case hex digits
	ParentID   string // 16 lower-case hex digits; empty for a root span
	TraceState string // the W3C tracestate, as it would stand in the header
	Name       string
	Kind       Kind
	Start, End time.Time
	Attributes Attributes
	Events     []Event
	Links      []Link
	Status     Status
	Resource   Attributes // what produced the span: service.name and the like
	Scope      string     // the instrumentation scope, that is, the tracer's name
}

// Service gives the span's service.name, or "" when its resource has none.
func (s Span) Service() string {
	name, _ := s.Resource.Get("service.name").(string)
	return name
}

// Duration is the time between the start and the end of the span. It is
// negative when the clock was turned back in between.
func (s Span) Duration() time.Duration { return s.End.Sub(s.Start) }

// Event gives the first event of that name, or nil.
func (s Span) Event(name string) *Event {
	for i := range s.Events {
		if s.Events[i].Name == name {
			return &s.Events[i]
		}
	}
	return nil
}

// Kind says which side of a call a span is on (OpenTelemetry specification,
// Trace API, section SpanKind).
type Kind string

const (
	KindInternal Kind = "internal"
	KindServer   Kind = "server"
	KindClient   Kind = "client"
	KindProducer Kind = "producer"
	KindConsumer Kind = "consumer"
)

// Attribute is a key with a typed value.
type Attribute struct {
	Key string
	// Value is a string, bool, int64, float64, []byte, a []any of these, or,
	// for the map values that OTLP knows, an Attributes. It is nil for an
	// empty value.
	Value any
}

// Attributes keep the order in which they were reported.
type Attributes []Attribute

// Get gives the value of key, or nil when there is none.
func (a Attributes) Get(key string) any {
	for _, attr := range a {
		if attr.Key == key {
			return attr.Value
		}
	}
	return nil
}

// Event is something that happened at one moment of a span.
type Event struct {
	Name       string
	Time       time.Time
	Attributes Attributes
}

// Link points to a span that is related but is not the parent.
type Link struct {
	TraceID    string
	SpanID     string
	Attributes Attributes
}

// Status tells whether the work of the span failed (OpenTelemetry
// specification, Trace API, section Set Status).
type Status struct {
	Code        StatusCode
	Description string // only set when Code is StatusError
}

// StatusCode is unset unless somebody set it.
type StatusCode string

const (
	StatusUnset StatusCode = "unset"
	StatusOK    StatusCode = "ok"
	StatusError StatusCode = "error"
)
