package traceview

import (
	"cmp"
	"maps"
	"slices"

	"example.com/tracing-workshop/workshop/spans"
)

// Call is who asks whom for what.
type Call struct{ Caller, Service, Operation string }

// Calls is how often a call is made, and how often it fails.
type Calls struct {
	Call
	Calls, Traces, Errors int
	Began                 int // errors of which none below is the reason
}

// Count counts the calls that are wanted, the most frequent first: the spans of
// servers and consumers, and their parents, which say who called.
func Count(traces []spans.Trace, f Filter) []Calls {
	counts := map[Call]Calls{}
	for _, t := range traces {
		inTrace := map[Call]bool{}
		here, climbed := byID(t), climbing(t)
		for _, s := range f.In(t) {
			if s.Kind != spans.KindServer && s.Kind != spans.KindConsumer {
				continue
			}
			c := Call{callerOf(here, s), s.Service(), s.Name}
			n := counts[c]
			n.Call = c
			n.Calls++
			if s.Status.Code == spans.StatusError {
				n.Errors++
				if !climbed[s.SpanID] {
					n.Began++
				}
			}
			if !inTrace[c] {
				n.Traces++
			}
			inTrace[c], counts[c] = true, n
		}
	}
	return slices.SortedFunc(maps.Values(counts), func(a, b Calls) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls),
			cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Caller, b.Caller))
	})
}

// climbing gives the ids of spans that have a failed child: an error climbs from
// there.
func climbing(t spans.Trace) map[string]bool {
	above := map[string]bool{}
	for i := range t.Spans {
		if s := &t.Spans[i]; s.Status.Code == spans.StatusError && s.ParentID != "" {
			above[s.ParentID] = true
		}
	}
	return above
}

// byID gives the first span of each id. A trace may have thousands, each of
// which asks for its parent.
func byID(t spans.Trace) map[string]*spans.Span {
	first := make(map[string]*spans.Span, len(t.Spans))
	for i := range t.Spans {
		if s := &t.Spans[i]; first[s.SpanID] == nil {
			first[s.SpanID] = s
		}
	}
	return first
}

// Outside is the caller of a request that nobody in its trace has sent.
const Outside = "(outside)"

func callerOf(here map[string]*spans.Span, s spans.Span) string {
	if parent := here[s.ParentID]; s.ParentID != "" && parent != nil {
		return cmp.Or(parent.Service(), "(no service.name)")
	}
	if s.ParentID != "" {
		return "(not here)"
	}
	return Outside
}
