package evidence

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/spans"
)

// Traceparent is the header that carries a span from one process to the next
// (W3C Trace Context, section 3.2).
type Traceparent struct{ TraceID, SpanID, Flags string }

// ParseTraceparent reads the header as far as the evidence needs it: it tells
// whether the value names a span.
func ParseTraceparent(value string) (Traceparent, bool) {
	fields := strings.Split(value, "-")
	if len(fields) != 4 || len(fields[1]) != 32 || len(fields[2]) != 16 {
		return Traceparent{}, false
	}
	return Traceparent{TraceID: fields[1], SpanID: fields[2], Flags: fields[3]}, true
}

// Sampled tells whether the one who sent it says that the trace is recorded (W3C
// Trace Context, section 3.2.2.5.1).
func (t Traceparent) Sampled() bool {
	flags, err := strconv.ParseUint(t.Flags, 16, 8)
	return err == nil && flags&1 == 1
}

// Told gives the traceparents of the requests that the services were sent by
// their callers.
func (e *Evidence) Told() []Traceparent {
	var all []Traceparent
	for _, x := range e.Exchanges {
		for _, value := range x.Header.Values("traceparent") {
			if parsed, ok := ParseTraceparent(value); ok {
				all = append(all, parsed)
			}
		}
	}
	return all
}

// Sent gives the traceparent of the requests that one service sent to the
// other, and how many of them had none.
func (e *Evidence) Sent() (carried []Traceparent, bare int) {
	for _, header := range e.Upstream {
		if parsed, ok := ParseTraceparent(header.Get("traceparent")); ok {
			carried = append(carried, parsed)
		} else {
			bare++
		}
	}
	return carried, bare
}

// Span gives the span with that id, or nil if it did not arrive.
func (e *Evidence) Span(id string) *spans.Span {
	for i, s := range e.Spans() {
		if s.SpanID == id {
			return &e.Spans()[i]
		}
	}
	return nil
}

// notTraceFormats are headers of HTTP clients and proxies.
var notTraceFormats = []string{"Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Baggage", "Connection",
	"Content-Length", "Content-Type", "Cookie", "Host", "Traceparent", "Tracestate", "User-Agent", "X-Forwarded-For"}

// StrangeHeaders gives the names of headers that the services sent and that
// HTTP by itself does not need, such as those of another trace format.
func (e *Evidence) StrangeHeaders() []string {
	var names []string
	for _, header := range e.Upstream {
		for name := range header {
			if !slices.Contains(notTraceFormats, name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// Propagator is what is known of a service's global propagator.
type Propagator struct {
	Service string
	Known   bool     // a span of it ended, or its main returned, so it could be asked
	fields  []string // names of the headers that it reads and writes
}

func (e *Evidence) Propagators() []Propagator {
	var all []Propagator
	for _, p := range e.Processes {
		if p.Service() == "" {
			continue
		}
		next := Propagator{Service: p.Service()}
		if note := p.Returned(); note != nil {
			next.Known, next.fields = true, note.Propagates
		}
		if ends := p.ends(); len(ends) > 0 { // what is set later comes too late
			next.Known, next.fields = true, ends[len(ends)-1].Propagates
		}
		all = append(all, next)
	}
	return all
}

// W3c tells whether the propagator reads and writes traceparent.
func (p Propagator) W3c() bool { return p.Has("traceparent") }

func (p Propagator) Has(field string) bool {
	return slices.ContainsFunc(p.fields, func(f string) bool { return strings.EqualFold(f, field) })
}

// Other gives the headers of a trace format that is not the W3C's.
func (p Propagator) Other() []string {
	return slices.DeleteFunc(slices.Clone(p.fields), func(f string) bool {
		return slices.Contains(notTraceFormats, http.CanonicalHeaderKey(f))
	})
}
