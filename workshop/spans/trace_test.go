package spans_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/spans"
)

func TestGroup(t *testing.T) {
	in := func(trace string, s spans.Span) spans.Span {
		s.TraceID = trace
		return s
	}
	got := spans.Group([]spans.Span{
		in("late", span(1, 0, "e", 30, 40)),
		in("same b", span(1, 0, "c", 20, 30)),
		in("early", span(2, 1, "b", 5, 6)),
		in("same a", span(1, 0, "d", 20, 30)),
		in("early", span(1, 0, "a", 0, 10)),
	})
	want := map[string][]string{"early": {"a", "b"}, "same a": {"d"}, "same b": {"c"}, "late": {"e"}}
	order := []string{"early", "same a", "same b", "late"}
	for i, trace := range got {
		if trace.ID != order[i] {
			t.Errorf("trace %d is %q, want %q", i, trace.ID, order[i])
		}
		if diff := cmp.Diff(want[trace.ID], names(trace.Spans)); diff != "" {
			t.Errorf("trace %q (-want +got):\n%s", trace.ID, diff)
		}
	}
	if len(got) != len(order) {
		t.Errorf("got %d traces, want %d", len(got), len(order))
	}
	if empty := spans.Group(nil); empty != nil {
		t.Errorf("no spans make the traces %v", empty)
	}
}

func TestTraceTree(t *testing.T) {
	root := span(1, 0, "root", 0, 10)
	left := span(2, 1, "left", 1, 2)
	right := span(3, 1, "right", 3, 4)
	grandchild := span(4, 3, "grandchild", 3, 4)
	orphan := span(5, 77, "orphan", 5, 6)
	trace := traceOf(orphan, grandchild, right, left, root)

	if diff := cmp.Diff([]string{"root", "orphan"}, names(trace.Roots())); diff != "" {
		t.Errorf("roots (-want +got):\n%s", diff)
	}
	for _, test := range []struct {
		of       spans.Span
		children []string
		parent   string
	}{
		{root, []string{"left", "right"}, ""},
		{left, nil, "root"},
		{right, []string{"grandchild"}, "root"},
		{grandchild, nil, "right"},
		{orphan, nil, ""},
		{span(99, 1, "stranger", 0, 1), nil, ""},
	} {
		if diff := cmp.Diff(test.children, names(trace.Children(test.of))); diff != "" {
			t.Errorf("children of %s (-want +got):\n%s", test.of.Name, diff)
		}
		parent, ok := trace.Parent(test.of)
		if parent.Name != test.parent || ok != (test.parent != "") {
			t.Errorf("parent of %s is %q, %v, want %q", test.of.Name, parent.Name, ok, test.parent)
		}
	}
	if diff := cmp.Diff([]string{"right"}, names(trace.Find("right"))); diff != "" {
		t.Errorf("find (-want +got):\n%s", diff)
	}
	if got := trace.Duration(); got != at(10).Sub(at(0)) {
		t.Errorf("the trace takes %v, want 10ms", got)
	}
}

// TestTraceTreeReachesEverySpanOnce walks from the roots of traces whose
// parents make no sense.
func TestTraceTreeReachesEverySpanOnce(t *testing.T) {
	tests := map[string]spans.Trace{
		"self":             traceOf(span(1, 1, "a", 0, 1)),
		"circle of two":    traceOf(span(1, 2, "a", 0, 1), span(2, 1, "b", 0, 1)),
		"circle and tail":  traceOf(span(1, 2, "a", 3, 4), span(2, 3, "b", 2, 4), span(3, 2, "c", 1, 4), span(4, 1, "d", 0, 4)),
		"two circles":      traceOf(span(1, 2, "a", 0, 1), span(2, 1, "b", 0, 1), span(3, 4, "c", 0, 1), span(4, 3, "d", 0, 1)),
		"orphans' circles": traceOf(span(1, 9, "a", 0, 1), span(2, 1, "b", 0, 1), span(3, 3, "c", 0, 1)),
	}
	for name, trace := range tests {
		t.Run(name, func(t *testing.T) {
			seen := map[string]int{}
			var visit func(level []spans.Span)
			visit = func(level []spans.Span) {
				for _, s := range level {
					seen[s.Name]++
					visit(trace.Children(s))
				}
			}
			visit(trace.Roots())
			for _, s := range trace.Spans {
				if seen[s.Name] != 1 {
					t.Errorf("%s is reached %d times, want once", s.Name, seen[s.Name])
				}
			}
		})
	}
}

func names(all []spans.Span) []string {
	var out []string
	for _, s := range all {
		out = append(out, s.Name)
	}
	return out
}
