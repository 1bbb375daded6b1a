package tracecheck

import (
	"net/http"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/spans"
)

// traceparent is the header that carries a span from one process to the next
// (W3C Trace Context, section 3.2).
type traceparent struct{ traceID, spanID, flags string }

// parseTraceparent reads the header as far as the evidence needs it: it tells
// whether the value names a span.
func parseTraceparent(value string) (traceparent, bool) {
	fields := strings.Split(value, "-")
	if len(fields) != 4 || len(fields[1]) != 32 || len(fields[2]) != 16 {
		return traceparent{}, false
	}
	return traceparent{traceID: fields[1], spanID: fields[2], flags: fields[3]}, true
}

// sent gives the traceparent of the requests that one service sent to the
// other, and how many of them had none.
func (e *Evidence) sent() (carried []traceparent, bare int) {
	for _, header := range e.Upstream {
		if parsed, ok := parseTraceparent(header.Get("traceparent")); ok {
			carried = append(carried, parsed)
		} else {
			bare++
		}
	}
	return carried, bare
}

// span gives the span with that id, or nil if it did not arrive.
func (e *Evidence) span(id string) *spans.Span {
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

// strangeHeaders gives the names of headers that the services sent and that
// HTTP by itself does not need, such as those of another trace format.
func (e *Evidence) strangeHeaders() []string {
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

// propagator is what is known of a service's global propagator.
type propagator struct {
	service string
	known   bool     // a span of it ended, or its main returned, so it could be asked
	fields  []string // names of the headers that it reads and writes
}

func (e *Evidence) propagators() []propagator {
	var all []propagator
	for _, p := range e.Processes {
		if p.service() == "" {
			continue
		}
		next := propagator{service: p.service()}
		if note := p.returned(); note != nil {
			next.known, next.fields = true, note.Propagates
		}
		if ends := p.ends(); len(ends) > 0 { // what is set later comes too late
			next.known, next.fields = true, ends[len(ends)-1].Propagates
		}
		all = append(all, next)
	}
	return all
}

// w3c tells whether the propagator reads and writes traceparent.
func (p propagator) w3c() bool { return p.has("traceparent") }

func (p propagator) has(field string) bool {
	return slices.ContainsFunc(p.fields, func(f string) bool { return strings.EqualFold(f, field) })
}

// other gives the headers of a trace format that is not the W3C's.
func (p propagator) other() []string {
	return slices.DeleteFunc(slices.Clone(p.fields), func(f string) bool {
		return slices.Contains(notTraceFormats, http.CanonicalHeaderKey(f))
	})
}
