package spans

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

// Trace is the spans of one trace that have arrived.
type Trace struct {
	ID    string
	Spans []Span
}

// Group puts spans together by their trace id. The traces are ordered by their
// earliest start and then by id; the spans in each by start and then by span
// id, so that the order in which spans arrived does not matter.
func Group(spans []Span) []Trace {
	index := make(map[string]int)
	var traces []Trace
	for _, s := range spans {
		i, ok := index[s.TraceID]
		if !ok {
			i = len(traces)
			index[s.TraceID] = i
			traces = append(traces, Trace{ID: s.TraceID})
		}
		traces[i].Spans = append(traces[i].Spans, s)
	}
	for _, t := range traces {
		slices.SortStableFunc(t.Spans, byStart)
	}
	slices.SortFunc(traces, func(a, b Trace) int {
		return cmp.Or(a.Spans[0].Start.Compare(b.Spans[0].Start), cmp.Compare(a.ID, b.ID))
	})
	return traces
}

func byStart(a, b Span) int {
	return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.SpanID, b.SpanID))
}

// Find gives the spans of that name, by start.
func (t Trace) Find(name string) []Span {
	var found []Span
	for _, s := range t.tree().spans {
		if s.Name == name {
			found = append(found, s)
		}
	}
	return found
}

// Roots gives the spans that have no parent in the trace, by start: the ones
// without a parent id, and the orphans, whose parent did not arrive. Where
// parents form a circle, the earliest span of the circle is a root too, so that
// every span is reached from the roots by [Trace.Children].
func (t Trace) Roots() []Span {
	tree := t.tree()
	return tree.pick(tree.roots)
}

// Children gives the spans whose parent is s, by start, without the roots of
// [Trace.Roots]. Spans are told apart by their span id.
func (t Trace) Children(s Span) []Span {
	tree := t.tree()
	i, ok := tree.first[s.SpanID]
	if !ok {
		return nil
	}
	return tree.pick(tree.children[i])
}

// Parent gives the parent of s, and false for one of [Trace.Roots] or for a
// span that is not in the trace.
func (t Trace) Parent(s Span) (Span, bool) {
	tree := t.tree()
	i, ok := tree.first[s.SpanID]
	if !ok || tree.parent[i] == none {
		return Span{}, false
	}
	return tree.spans[tree.parent[i]], true
}

// Duration is the time from the earliest start to the latest end. Spans
// without times do not count.
func (t Trace) Duration() time.Duration { return timelineOf(t.Spans).length }

// Preorder gives every span once with how deep it is below its root, after its
// parent and before its later siblings. Roots and siblings go by start.
func (t Trace) Preorder() iter.Seq2[int, Span] {
	return func(yield func(int, Span) bool) {
		tree := t.tree()
		depth := make([]int, len(tree.spans))
		for _, i := range tree.preorder() {
			if p := tree.parent[i]; p != none {
				depth[i] = depth[p] + 1
			}
			if !yield(depth[i], tree.spans[i]) {
				return
			}
		}
	}
}
