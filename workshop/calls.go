package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
)

// call is who asks whom for what.
type call struct{ caller, service, operation string }

// tally is how often a call is made.
type tally struct{ calls, traces int }

// countCalls counts the calls that are wanted: the spans of servers and
// consumers, and their parents, which say who called.
func countCalls(traces []spans.Trace, w wanted) map[call]tally {
	counts := map[call]tally{}
	for _, t := range traces {
		inTrace := map[call]bool{}
		for _, s := range w.in(t) {
			if s.Kind != spans.KindServer && s.Kind != spans.KindConsumer {
				continue
			}
			c := call{callerOf(t, s), s.Service(), s.Name}
			n := counts[c]
			n.calls++
			if !inTrace[c] {
				n.traces++
			}
			inTrace[c], counts[c] = true, n
		}
	}
	return counts
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

// showCalls writes a line for each call, the most frequent first.
func (h *held) showCalls(traces []spans.Trace) {
	counts := countCalls(traces, h.wanted)
	all := slices.SortedFunc(maps.Keys(counts), func(a, b call) int {
		return cmp.Or(cmp.Compare(counts[b].calls, counts[a].calls),
			cmp.Compare(a.service, b.service), cmp.Compare(a.operation, b.operation), cmp.Compare(a.caller, b.caller))
	})
	table := tabwriter.NewWriter(h, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, " calls\ttraces\tcaller\t→ service\toperation")
	for _, c := range all {
		n := counts[c]
		fmt.Fprintf(table, "%6d\t%6d\t%s\t→ %s\t%s\n", n.calls, n.traces, text.Escape(c.caller), text.Escape(c.service), text.Escape(c.operation))
	}
	table.Flush()
}
