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

// Has expects one span at least that is such a hop, for each of the hops, and
// that all of them are as the traits say. How they hang together does not
// matter.
func Has(hops ...Hop) Expectation {
	return func(e *Evidence) *Miss {
		for _, hop := range hops {
			if miss := hop.missingOf(e); miss != nil {
				return miss
			}
			for _, s := range e.Spans() {
				if !hop.is(s) {
					continue
				}
				if miss := firstMiss(s, hop.Traits); miss != nil {
					return miss
				}
			}
		}
		return nil
	}
}

// HasEach expects n spans that are such a hop: one for each of n requests. Calls
// that were made one after the other in one request count as one: who does not
// like the answer may ask again.
func HasEach(n int, hop Hop) Expectation {
	return func(e *Evidence) *Miss {
		found := 0
		for _, trace := range spans.Group(e.Spans()) {
			calls := hop.calls(trace)
			if hop.Kind == spans.KindClient && inTurn(trace, calls) {
				calls = calls[:1]
			}
			found += len(calls)
		}
		if found == n {
			return nil
		}
		miss := &Miss{What: evidence.NoSpan, Name: hop.Name, Service: hop.Service, Kind: hop.Kind,
			Says: fmt.Sprintf("Only %d of %s left %s.", found, text.Plural(n, "request"), hop)}
		if found > n {
			miss.What = evidence.ExtraSpan
			miss.Says = fmt.Sprintf("%s is there %d times for %s.", text.Capitalize(hop.String()), found, text.Plural(n, "request"))
		}
		return miss
	}
}

// EveryRequest expects that each span arrived from which the services sent a
// request to [Stage.Upstream], as the traceparent of the request tells, those
// included that were made again. Several requests may come from one span.
func EveryRequest(hop Hop) Expectation {
	return func(e *Evidence) *Miss {
		carried, _ := e.Sent()
		from, lost := map[string]bool{}, 0
		for _, request := range carried {
			if !from[request.SpanID] && e.Span(request.SpanID) == nil {
				lost++
			}
			from[request.SpanID] = true
		}
		if lost == 0 {
			return nil
		}
		return &Miss{What: evidence.NoSpan, Name: hop.Name, Service: hop.Service, Kind: hop.Kind,
			Says: fmt.Sprintf("%s sent requests from %s, and %d of them did not arrive.", hop.Service, text.Plural(len(from), "span"), lost)}
	}
}

// InTraces expects something of the traces alone that have a span of that name
// which is as the trait says.
func InTraces(name string, trait Trait, expect Expectation) Expectation {
	return func(e *Evidence) *Miss {
		var kept []spans.Span
		for _, t := range spans.Group(e.Spans()) {
			if slices.ContainsFunc(t.Find(name), func(s spans.Span) bool { return trait(s) == nil }) {
				kept = append(kept, t.Spans...)
			}
		}
		part := *e
		part.Received, part.Printed, part.Held = kept, kept, kept
		return expect(&part)
	}
}

// Once expects that each trace has no more than one span that is such a hop.
func Once(hops ...Hop) Expectation {
	return func(e *Evidence) *Miss {
		for _, trace := range spans.Group(e.Spans()) {
			for _, hop := range hops {
				if _, miss := hop.in(trace); miss != nil && miss.What == evidence.ExtraSpan {
					return miss
				}
			}
		}
		return nil
	}
}

// Linked expects that every child is below a parent, in the parent's trace.
func Linked(parent, child Hop) Expectation {
	return func(e *Evidence) *Miss {
		for _, hop := range []Hop{parent, child} {
			if miss := hop.missingOf(e); miss != nil {
				return miss
			}
		}
		if miss := severed(e.Spans(), []Hop{parent, child}); miss != nil {
			return miss
		}
		for _, trace := range spans.Group(e.Spans()) {
			above, miss := parent.in(trace)
			if miss != nil {
				continue
			}
			below, miss := child.in(trace)
			if miss != nil {
				return miss
			}
			if !descends(trace, *below, *above) {
				return wrongParent(child, *below, *above)
			}
		}
		return nil
	}
}

// Chain expects that the spans that arrived make one trace, and that it is
// this way of a request: every hop is the parent of the next. Internal spans in
// between are welcome; other spans that call or answer are not.
func Chain(hops ...Hop) Expectation { return Chains(1, hops...) }

// Chains expects n traces, and that each of them is such a [Chain].
func Chains(n int, hops ...Hop) Expectation {
	return func(e *Evidence) *Miss {
		traces := spans.Group(e.Spans())
		if len(traces) == 0 {
			return &Miss{What: evidence.NoSpan, Name: hops[0].Name, Service: hops[0].Service, Kind: hops[0].Kind, Says: "No span arrived."}
		}
		for _, hop := range hops {
			if miss := hop.missingOf(e); miss != nil {
				return miss
			}
		}
		if miss := severed(e.Spans(), hops); miss != nil {
			return miss
		}
		if len(traces) != n {
			return &Miss{What: evidence.Severed, Says: fmt.Sprintf("%s arrived instead of %d.", text.Plural(len(traces), "trace"), n)}
		}
		for _, trace := range traces {
			if miss := followChain(trace, hops); miss != nil {
				return miss
			}
		}
		return nil
	}
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

// severed finds a hop that is not in the trace of the one before.
func severed(arrived []spans.Span, hops []Hop) *Miss {
	for i := 1; i < len(hops); i++ {
		before := traceIDs(arrived, hops[i-1])
		for _, s := range arrived {
			if hops[i].is(s) && !slices.Contains(before, s.TraceID) {
				return &Miss{What: evidence.Severed, Span: &s, Name: hops[i].Name, Service: hops[i].Service, Kind: hops[i].Kind,
					Says: fmt.Sprintf("The trace breaks before %s: it is in another trace than %s.", hops[i], hops[i-1])}
			}
		}
	}
	return nil
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

// followChain expects that a trace is the chain and no more.
func followChain(trace spans.Trace, hops []Hop) *Miss {
	var parent *spans.Span
	for _, hop := range hops {
		span, miss := hop.in(trace)
		if miss != nil {
			return miss
		}
		if parent != nil && !descends(trace, *span, *parent) {
			return wrongParent(hop, *span, *parent)
		}
		if miss := firstMiss(*span, hop.Traits); miss != nil {
			return miss
		}
		parent = span
	}
	return strangers(trace, hops)
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

func wrongParent(h Hop, span, parent spans.Span) *Miss {
	return &Miss{What: evidence.WrongParent, Span: &span, Name: h.Name, Service: h.Service, Kind: h.Kind, Want: &parent,
		Says: fmt.Sprintf("%s is not below the %s span of %s.", text.Capitalize(h.String()), parent.Kind, parent.Service())}
}

// strangers finds a span that calls or answers and is no hop.
func strangers(trace spans.Trace, hops []Hop) *Miss {
	for _, s := range trace.Spans {
		if s.Kind == spans.KindInternal || slices.ContainsFunc(hops, func(h Hop) bool { return h.is(s) }) {
			continue
		}
		return &Miss{What: evidence.ExtraSpan, Span: &s, Name: s.Name, Service: s.Service(), Kind: s.Kind,
			Says: fmt.Sprintf("There is a %s span %q of %s, too.", s.Kind, s.Name, s.Service())}
	}
	return nil
}

// descends tells whether span is a child of ancestor, or of internal spans
// below it.
func descends(trace spans.Trace, span, ancestor spans.Span) bool {
	for range trace.Spans {
		if span.ParentID == ancestor.SpanID {
			return true
		}
		i := slices.IndexFunc(trace.Spans, func(s spans.Span) bool { return s.SpanID == span.ParentID })
		if i < 0 || trace.Spans[i].Kind != spans.KindInternal {
			return false
		}
		span = trace.Spans[i]
	}
	return false
}
