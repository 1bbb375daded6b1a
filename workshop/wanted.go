package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// wanted says which spans somebody asks a Jaeger for. One and the same span
// must have all of it. A trace is wanted if one of its spans is.
type wanted struct {
	service, operation string
	longer, shorter    time.Duration // it took at least, and less than that
	failed             bool
	attributes         pairs
}

// anything tells whether every span will do.
func (w wanted) anything() bool {
	return w.service == "" && w.operation == "" && w.longer == 0 && w.shorter == 0 && !w.failed && len(w.attributes) == 0
}

// in gives the spans of a trace that are wanted.
func (w wanted) in(t spans.Trace) []spans.Span {
	services := map[string]string{} // span id -> service
	for _, s := range t.Spans {
		services[s.SpanID] = s.Service()
	}
	return slices.DeleteFunc(slices.Clone(t.Spans), func(s spans.Span) bool {
		caller, inside := services[s.ParentID]
		return !w.fits(s, inside && caller == s.Service())
	})
}

// fits tells whether a span is wanted. How long a service takes is told by the
// span with which a request enters it, and not by those inside, of which some are
// always short.
func (w wanted) fits(s spans.Span, inside bool) bool {
	switch {
	case w.service != "" && s.Service() != w.service,
		w.operation != "" && s.Name != w.operation,
		w.service != "" && w.operation == "" && (w.longer != 0 || w.shorter != 0) && inside,
		s.Duration() < w.longer,
		w.shorter != 0 && s.Duration() >= w.shorter,
		w.failed && s.Status.Code != spans.StatusError:
		return false
	}
	return !slices.ContainsFunc(w.attributes, func(p pair) bool { return !p.isOf(s) })
}

// among gives the traces that are wanted.
func (w wanted) among(traces []spans.Trace) []spans.Trace {
	return slices.DeleteFunc(slices.Clone(traces), func(t spans.Trace) bool { return len(w.in(t)) == 0 })
}

// pair is an attribute as it is typed: key=value.
type pair struct{ key, value string }

// isOf tells whether a span has the attribute, or its resource.
func (p pair) isOf(s spans.Span) bool {
	for _, attributes := range []spans.Attributes{s.Attributes, s.Resource} {
		if value := attributes.Get(p.key); value != nil && fmt.Sprint(value) == p.value {
			return true
		}
	}
	return false
}

// pairs is a flag that may be given several times.
type pairs []pair

func (p *pairs) String() string { return "" }

func (p *pairs) Set(text string) error {
	key, value, found := strings.Cut(text, "=")
	if key = strings.TrimSpace(key); !found || key == "" {
		return errors.New("it is a key and a value, as http.response.status_code=500")
	}
	*p = append(*p, pair{key, strings.TrimSpace(value)})
	return nil
}
