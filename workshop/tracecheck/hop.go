package tracecheck

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// Hop is one span on the way of a request: on which side of a call it is, in
// which service, and what must be true of it.
type Hop struct {
	Service string
	Kind    spans.Kind
	Name    string // any name will do if empty
	Traits  []Trait
}

// Server is the hop of a service that answers.
func Server(service, name string, traits ...Trait) Hop {
	return Hop{service, spans.KindServer, name, traits}
}

// Client is the hop of a service that calls another one.
func Client(service string, traits ...Trait) Hop {
	return Hop{service, spans.KindClient, "", traits}
}

// String describes the hop in the middle of a sentence.
func (h Hop) String() string {
	if h.Name == "" {
		return fmt.Sprintf("the %s span of %s", h.Kind, h.Service)
	}
	return fmt.Sprintf("the %s span %q of %s", h.Kind, h.Name, h.Service)
}

// missingOf is missing, of the spans of a play. The span of a request to another
// path does not come close.
func (h Hop) missingOf(e *Evidence) *Miss {
	elsewhere := func(s spans.Span) bool {
		path, _ := s.Attributes.Get("url.path").(string)
		return s.Kind == spans.KindServer && slices.ContainsFunc(e.Exchanges, func(x *Exchange) bool {
			asked, err := url.Parse(x.URL)
			if err != nil || strings.Contains(h.Name, asked.Path) {
				return false
			}
			return path == asked.Path || slices.Contains(strings.Fields(s.Name), asked.Path)
		})
	}
	if h.Name == "" {
		return h.missing(e.Spans())
	}
	return h.missing(slices.DeleteFunc(slices.Clone(e.Spans()), elsewhere))
}

// missing tells whether no span is such a hop, and which one comes close.
func (h Hop) missing(arrived []spans.Span) *Miss {
	var otherName, otherKind *spans.Span
	for i, s := range arrived {
		switch {
		case h.is(s):
			return nil
		case s.Service() != h.Service:
		case s.Kind != h.Kind && s.Name == h.Name:
			otherKind = &arrived[i]
		case s.Kind == h.Kind && (otherName == nil || closer(h.Name, s.Name, otherName.Name)):
			otherName = &arrived[i]
		}
	}
	miss := &Miss{What: evidence.NoSpan, Name: h.Name, Service: h.Service, Kind: h.Kind,
		Says: text.Capitalize(h.String()) + " is missing."}
	switch {
	case otherKind != nil:
		miss.What, miss.Span, miss.Got = evidence.WrongKind, otherKind, otherKind.Kind
		miss.Says = fmt.Sprintf("The span %q of %s has the kind %s; %s is wanted.", h.Name, h.Service, otherKind.Kind, h.Kind)
	case otherName != nil:
		miss.What, miss.Span, miss.Got = evidence.WrongName, otherName, otherName.Name
		miss.Says = fmt.Sprintf("The %s span of %s is called %q; %q is wanted.", h.Kind, h.Service, otherName.Name, h.Name)
	}
	return miss
}

// closer tells whether a name shares more of its beginning with the one that
// is wanted than another does.
func closer(want, name, other string) bool {
	shared := func(s string) int {
		n := 0
		for n < len(s) && n < len(want) && s[n] == want[n] {
			n++
		}
		return n
	}
	return shared(name) > shared(other)
}

func (h Hop) is(s spans.Span) bool {
	return s.Service() == h.Service && s.Kind == h.Kind && (h.Name == "" || s.Name == h.Name)
}

func traceIDs(arrived []spans.Span, h Hop) []string {
	var ids []string
	for _, s := range arrived {
		if h.is(s) {
			ids = append(ids, s.TraceID)
		}
	}
	return ids
}

// in gives the one span of the trace that is such a hop.
func (h Hop) in(trace spans.Trace) (*spans.Span, *Miss) {
	found := h.calls(trace)
	switch len(found) {
	case 0:
		return nil, &Miss{What: evidence.NoSpan, Name: h.Name, Service: h.Service, Kind: h.Kind, Trace: trace.ID,
			Says: fmt.Sprintf("A trace lacks %s.", h)}
	case 1:
		return &found[0], nil
	}
	return nil, &Miss{What: evidence.ExtraSpan, Span: &found[1], Name: h.Name, Service: h.Service, Kind: h.Kind,
		Says: fmt.Sprintf("%s is there %d times in one trace.", text.Capitalize(h.String()), len(found))}
}

// calls gives the spans of the trace that are such a hop, one for each call: of
// a call that was made again when it failed, the last one.
func (h Hop) calls(trace spans.Trace) []spans.Span {
	found := h.tries(trace)
	if h.Kind == spans.KindClient && repeats(trace, found) {
		return found[len(found)-1:]
	}
	return found
}

// tries gives the spans of the trace that are such a hop and not only a part of
// a call, in the order in which they began.
func (h Hop) tries(trace spans.Trace) []spans.Span {
	var found []spans.Span
	for _, s := range trace.Spans {
		if h.is(s) && !partOfCall(trace, s) {
			found = append(found, s)
		}
	}
	slices.SortStableFunc(found, func(a, b spans.Span) int { return a.Start.Compare(b.Start) })
	return found
}

// partOfCall tells whether a client span tells of a part of a call that has a
// client span already, such as getting a connection: it is below that one,
// names no method (semantic conventions, HTTP client span), and nobody answers
// it. Instrumentation of httptrace makes such spans.
func partOfCall(trace spans.Trace, s spans.Span) bool {
	for _, key := range []string{"http.request.method", "http.method"} {
		if s.Attributes.Get(key) != nil {
			return false
		}
	}
	answered := slices.ContainsFunc(trace.Spans, func(o spans.Span) bool { return o.ParentID == s.SpanID && o.Service() != s.Service() })
	return s.Kind == spans.KindClient && !answered && belowClient(trace, s)
}

// belowClient tells whether a client span of the same service is above the span.
func belowClient(trace spans.Trace, s spans.Span) bool {
	at := s
	for range trace.Spans {
		i := slices.IndexFunc(trace.Spans, func(o spans.Span) bool { return o.SpanID == at.ParentID })
		if i < 0 || trace.Spans[i].Service() != s.Service() {
			return false
		}
		if at = trace.Spans[i]; at.Kind == spans.KindClient {
			return true
		}
	}
	return false
}

// repeats tells whether the client spans are those of one call that was made
// again each time it failed: none is below another one, and all but the last
// failed.
func repeats(trace spans.Trace, tries []spans.Span) bool {
	for i, s := range tries {
		if belowClient(trace, s) || i < len(tries)-1 && !failedCall(s) {
			return false
		}
	}
	return len(tries) > 1
}

// inTurn tells whether the client spans, in the order in which they began, are
// those of calls that were made one after the other: none is below another one,
// or begins before the one before it has ended.
func inTurn(trace spans.Trace, calls []spans.Span) bool {
	for i, s := range calls {
		if belowClient(trace, s) || i > 0 && s.Start.Before(calls[i-1].End) {
			return false
		}
	}
	return len(calls) > 0
}

// failedCall tells whether a client span tells of a call that failed: in its
// status, or with a status of the answer that is one of an error (semantic
// conventions, HTTP client span).
func failedCall(s spans.Span) bool {
	status, _ := s.Attributes.Get("http.response.status_code").(int64)
	return s.Status.Code == spans.StatusError || status >= 400
}
