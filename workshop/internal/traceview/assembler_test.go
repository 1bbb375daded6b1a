package traceview

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
)

// spansOf gives n spans of a trace, the first of which is the parent of the others.
func spansOf(traceID string, n int) []spans.Span {
	all := []spans.Span{{TraceID: traceID, SpanID: "1"}}
	for i := 1; i < n; i++ {
		all = append(all, spans.Span{TraceID: traceID, SpanID: fmt.Sprint(i + 1), ParentID: "1"})
	}
	return all
}

// describeParts gives each as "a: 2 spans, 1 late".
func describeParts(parts []Part) []string {
	var all []string
	for _, p := range parts {
		text := fmt.Sprintf("%s: %s", p.Trace.ID, text.Plural(len(p.Trace.Spans), "span"))
		if p.Again {
			text += fmt.Sprintf(", %d late", p.Late)
		}
		all = append(all, text)
	}
	return all
}

func checkParts(t *testing.T, got []Part, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, describeParts(got)); diff != "" {
		t.Errorf("traces to draw (-want +got):\n%s", diff)
	}
}

func TestAssembler(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	family := spansOf("a", 3)
	parent, child, sibling := family[:1], family[1:2], family[2:]

	t.Run("drawn when it is quiet", func(t *testing.T) {
		g := NewAssembler()
		g.Add(at(0), parent)
		g.Add(at(200), child)
		checkParts(t, g.Due(at(499)))
		checkParts(t, g.Due(at(500)), "a: 2 spans")
		checkParts(t, g.Due(at(9000)))
	})
	t.Run("waits for a missing parent", func(t *testing.T) {
		g := NewAssembler()
		g.Add(at(0), child)
		checkParts(t, g.Due(at(5000)))
		g.Add(at(5000), parent)
		checkParts(t, g.Due(at(5300)), "a: 2 spans")
	})
	t.Run("does not wait for ever for it", func(t *testing.T) {
		g := NewAssembler()
		g.Add(at(0), child)
		checkParts(t, g.Due(at(6000)), "a: 1 span")
	})
	t.Run("does not wait for quiet for ever", func(t *testing.T) {
		g := NewAssembler()
		for ms := 0; ms < 10_000; ms += 100 {
			g.Add(at(ms), parent)
			checkParts(t, g.Due(at(ms)))
		}
		checkParts(t, g.Due(at(10_000)), "a: 100 spans")
	})
	t.Run("drawn again when more comes", func(t *testing.T) {
		g := NewAssembler()
		g.Add(at(0), parent)
		checkParts(t, g.Due(at(300)), "a: 1 span")
		g.Add(at(60_000), child)
		checkParts(t, g.Due(at(60_100)))
		g.Add(at(60_100), sibling)
		checkParts(t, g.Due(at(60_400)), "a: 3 spans, 2 late")
	})
	t.Run("tells when to come back", func(t *testing.T) {
		g := NewAssembler()
		if _, ok := g.Next(); ok {
			t.Error("something is due, and nothing has come")
		}
		g.Add(at(0), child)
		g.Add(at(0), spansOf("b", 1))
		if next, ok := g.Next(); !ok || !next.Equal(at(300)) {
			t.Errorf("next is %v, %v; want %v", next, ok, at(300))
		}
		g.Due(at(300))
		if next, ok := g.Next(); !ok || !next.Equal(at(6000)) {
			t.Errorf("next is %v, %v; want %v", next, ok, at(6000))
		}
	})
	t.Run("forgets the oldest, but not before it was drawn", func(t *testing.T) {
		g := NewAssembler()
		g.most = 4
		checkParts(t, g.Add(at(0), spansOf("a", 2)))
		checkParts(t, g.Due(at(300)), "a: 2 spans")
		checkParts(t, g.Add(at(400), spansOf("b", 2)))
		checkParts(t, g.Add(at(400), spansOf("c", 2)))
		checkParts(t, g.Add(at(400), spansOf("d", 2)), "b: 2 spans")
		checkParts(t, g.All(), "c: 2 spans", "d: 2 spans")
		checkParts(t, g.Add(at(500), spansOf("e", 9)), "e: 9 spans")
		checkParts(t, g.All())
	})
}

// TestAssemblerForgets sends more spans than are kept.
func TestAssemblerForgets(t *testing.T) {
	g := NewAssembler()
	g.most = 10
	now := time.Now()
	for range 100 {
		g.Add(now, spansOf("many", 7))
		g.Due(now.Add(time.Hour))
		if g.kept > g.most {
			t.Fatalf("%d spans are kept, want at most %d", g.kept, g.most)
		}
	}
}
