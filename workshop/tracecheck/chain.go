package tracecheck

import (
	"fmt"
	"slices"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

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
	return alongTheWay([]Hop{parent, child}, func(e *Evidence) *Miss {
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
	})
}

// Chain expects that the spans that arrived make one trace, and that it is
// this way of a request: every hop is the parent of the next. Internal spans in
// between are welcome; other spans that call or answer are not.
func Chain(hops ...Hop) Expectation { return Chains(1, hops...) }

// Chains expects n traces, and that each of them is such a [Chain].
func Chains(n int, hops ...Hop) Expectation {
	return alongTheWay(hops, func(e *Evidence) *Miss {
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
	})
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
