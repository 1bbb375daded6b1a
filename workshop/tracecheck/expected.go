package tracecheck

import (
	"fmt"
	"slices"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// alongTheWay gives a miss of an expectation the spans that should have come on
// the way of a request: each hop below the one before.
func alongTheWay(hops []Hop, expect Expectation) Expectation {
	return func(e *Evidence) *Miss {
		miss := expect(e)
		if miss != nil && isAbsence(miss.What) {
			miss.Expected = wayThrough(e, miss, hops)
		}
		return miss
	}
}

// isAbsence tells whether a shortfall is one of a span that is not where it
// should be. What is there and is not right is not drawn a second time.
func isAbsence(s evidence.Shortfall) bool {
	return s == evidence.NoSpan || s == evidence.Severed || s == evidence.WrongParent
}

// wayThrough gives the hops that are not on the way of a request through the
// trace that has most of it.
func wayThrough(e *Evidence, miss *Miss, hops []Hop) []evidence.Expected {
	trace := furthest(spans.Group(e.Spans()), miss, hops)
	var all []evidence.Expected
	var parent evidence.Expected // where the next hop belongs
	for i, hop := range hops {
		if found := hop.calls(trace); len(found) > 0 && !isMisplaced(miss, found[0]) {
			parent = evidence.Expected{Parent: found[0].SpanID}
			continue
		}
		expected := hop.expected(trace.ID, e)
		expected.Parent, expected.Below = parent.Parent, parent.Below
		for _, later := range hops[i+1:] {
			for _, s := range later.calls(trace) {
				expected.Around = append(expected.Around, s.SpanID)
			}
		}
		all = append(all, expected)
		parent = evidence.Expected{Below: len(all)}
	}
	return all
}

// isMisplaced tells whether a span is the one of which the miss says that it is
// below another parent than it should be.
func isMisplaced(miss *Miss, s spans.Span) bool {
	return miss.What == evidence.WrongParent && miss.Span != nil && miss.Span.SpanID == s.SpanID
}

// furthest gives the trace that shows best what is missing: the one that the
// miss is about, or one that has the first of the hops, and as many as possible.
func furthest(traces []spans.Trace, miss *Miss, hops []Hop) spans.Trace {
	var best spans.Trace
	most := -1
	for _, trace := range traces {
		if trace.ID == miss.Trace || miss.What == evidence.WrongParent && miss.Span != nil && trace.ID == miss.Span.TraceID {
			return trace
		}
		reached := 0
		for i, hop := range hops {
			if len(hop.calls(trace)) > 0 {
				reached += 1 << (len(hops) - i) // the first ones count more than all after them
			}
		}
		if all := 2<<len(hops) - 2; reached < all && reached > most {
			best, most = trace, reached
		}
	}
	return best
}

// expected is the hop as a span that should have come in a trace.
func (h Hop) expected(trace string, e *Evidence) evidence.Expected {
	name := h.Name
	if name == "" {
		name = fmt.Sprintf("a %s span", h.Kind)
	}
	says := fmt.Sprintf("%s belongs here, and did not come.", text.Capitalize(h.String()))
	if slices.ContainsFunc(e.Spans(), func(s spans.Span) bool { return h.is(s) && s.TraceID != trace }) {
		says = fmt.Sprintf("%s belongs here; it came in another trace.", text.Capitalize(h.String()))
	}
	if slices.ContainsFunc(e.Spans(), func(s spans.Span) bool { return h.is(s) && s.TraceID == trace }) {
		says = fmt.Sprintf("%s belongs here; it came below another parent.", text.Capitalize(h.String()))
	}
	return evidence.Expected{Name: name, Service: h.Service, Kind: h.Kind, Trace: trace, Says: says}
}

// underParent gives a miss of an expectation the spans called name that should
// have come below the one called parent.
func underParent(parent, name string, n int, expect Expectation) Expectation {
	return func(e *Evidence) *Miss {
		miss := expect(e)
		if miss == nil || !isAbsence(miss.What) {
			return miss
		}
		var trace spans.Trace
		for _, t := range spans.Group(e.Spans()) {
			if len(t.Find(parent)) > 0 && (trace.ID == "" || t.ID == miss.Trace) {
				trace = t
			}
		}
		child := evidence.Expected{Name: name, Kind: spans.KindInternal, Trace: trace.ID, Says: fmt.Sprintf("A %s span belongs here, below %s.", name, parent)}
		for _, s := range e.Spans() {
			if child.Service = s.Service(); s.Name == parent {
				break
			}
		}
		if parents := trace.Find(parent); len(parents) > 0 {
			child.Parent = parents[0].SpanID
		} else {
			above := child
			above.Name, above.Says = parent, fmt.Sprintf("The %s span belongs here, and did not come.", parent)
			miss.Expected, child.Below = append(miss.Expected, above), 1
		}
		there := slices.DeleteFunc(trace.Find(name), func(s spans.Span) bool { return s.ParentID != child.Parent })
		for range n - len(there) {
			miss.Expected = append(miss.Expected, child)
		}
		return miss
	}
}
