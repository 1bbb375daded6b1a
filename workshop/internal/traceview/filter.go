package traceview

import (
	"fmt"
	"slices"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// Filter says which spans somebody asks a Jaeger for. One and the same span
// must have all of it. A trace is wanted if one of its spans is.
type Filter struct {
	Service, Operation string
	Longer, Shorter    time.Duration // it took at least, and less than that
	Failed             bool
	Attributes         []Attribute
}

// Anything tells whether every span will do.
func (f Filter) Anything() bool {
	return f.Service == "" && f.Operation == "" && f.Longer == 0 && f.Shorter == 0 && !f.Failed && len(f.Attributes) == 0
}

// In gives the spans of a trace that are wanted.
func (f Filter) In(t spans.Trace) []spans.Span {
	services := map[string]string{} // span id -> service
	for _, s := range t.Spans {
		services[s.SpanID] = s.Service()
	}
	return slices.DeleteFunc(slices.Clone(t.Spans), func(s spans.Span) bool {
		caller, inside := services[s.ParentID]
		return !f.fits(s, inside && caller == s.Service())
	})
}

// Wants tells whether one of the spans of a trace is wanted. It is for going
// through many traces: most are told by what is asked of each span alone.
func (f Filter) Wants(t spans.Trace) bool {
	for _, s := range t.Spans {
		if f.fits(s, false) {
			return !f.heedsCaller() || len(f.In(t)) > 0
		}
	}
	return false
}

// heedsCaller tells whether it matters who a span's parent is.
func (f Filter) heedsCaller() bool {
	return f.Service != "" && f.Operation == "" && (f.Longer != 0 || f.Shorter != 0)
}

// fits tells whether a span is wanted. How long a service takes is told by the
// span with which a request enters it, and not by those inside, of which some are
// always short.
func (f Filter) fits(s spans.Span, inside bool) bool {
	switch {
	case f.Service != "" && s.Service() != f.Service,
		f.Operation != "" && s.Name != f.Operation,
		inside && f.heedsCaller(),
		s.Duration() < f.Longer,
		f.Shorter != 0 && s.Duration() >= f.Shorter,
		f.Failed && s.Status.Code != spans.StatusError:
		return false
	}
	return !slices.ContainsFunc(f.Attributes, func(a Attribute) bool { return !a.isOf(s) })
}

// Among gives the traces that are wanted.
func (f Filter) Among(traces []spans.Trace) []spans.Trace {
	return slices.DeleteFunc(slices.Clone(traces), func(t spans.Trace) bool { return !f.Wants(t) })
}

// Attribute is one with its value as it is typed.
type Attribute struct{ Key, Value string }

// isOf tells whether a span has the attribute, or its resource.
func (a Attribute) isOf(s spans.Span) bool {
	for _, attributes := range []spans.Attributes{s.Attributes, s.Resource} {
		if value := attributes.Get(a.Key); value != nil && fmt.Sprint(value) == a.Value {
			return true
		}
	}
	return false
}
