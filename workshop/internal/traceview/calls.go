package traceview

import (
	"cmp"
	"maps"
	"slices"

	"example.com/tracing-workshop/workshop/spans"
)

// Call is who asks whom for what.
type Call struct{ Caller, Service, Operation string }

// Calls is how often a call is made.
type Calls struct {
	Call
	Calls, Traces int
}

// Count counts the calls that are wanted, the most frequent first: the spans of
// servers and consumers, and their parents, which say who called.
func Count(traces []spans.Trace, f Filter) []Calls {
	counts := map[Call]Calls{}
	for _, t := range traces {
		inTrace := map[Call]bool{}
		for _, s := range f.In(t) {
			if s.Kind != spans.KindServer && s.Kind != spans.KindConsumer {
				continue
			}
			c := Call{callerOf(t, s), s.Service(), s.Name}
			n := counts[c]
			n.Call = c
			n.Calls++
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

func callerOf(t spans.Trace, s spans.Span) string {
	if parent, ok := t.Parent(s); ok {
		return cmp.Or(parent.Service(), "(no service.name)")
	}
	if s.ParentID != "" {
		return "(not here)"
	}
	return "(outside)"
}
