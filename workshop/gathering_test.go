package main

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

// describePictures gives each as "a: 2 spans, 1 late".
func describePictures(pictures []picture) []string {
	var all []string
	for _, p := range pictures {
		text := fmt.Sprintf("%s: %s", p.trace.ID, text.Plural(len(p.trace.Spans), "span"))
		if p.again {
			text += fmt.Sprintf(", %d late", p.late)
		}
		all = append(all, text)
	}
	return all
}

func checkPictures(t *testing.T, got []picture, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, describePictures(got)); diff != "" {
		t.Errorf("traces to draw (-want +got):\n%s", diff)
	}
}

func TestGathering(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	family := spansOf("a", 3)
	parent, child, sibling := family[:1], family[1:2], family[2:]

	t.Run("drawn when it is quiet", func(t *testing.T) {
		g := newGathering()
		g.add(at(0), parent)
		g.add(at(200), child)
		checkPictures(t, g.due(at(499)))
		checkPictures(t, g.due(at(500)), "a: 2 spans")
		checkPictures(t, g.due(at(9000)))
	})
	t.Run("waits for a missing parent", func(t *testing.T) {
		g := newGathering()
		g.add(at(0), child)
		checkPictures(t, g.due(at(5000)))
		g.add(at(5000), parent)
		checkPictures(t, g.due(at(5300)), "a: 2 spans")
	})
	t.Run("does not wait for ever for it", func(t *testing.T) {
		g := newGathering()
		g.add(at(0), child)
		checkPictures(t, g.due(at(6000)), "a: 1 span")
	})
	t.Run("does not wait for quiet for ever", func(t *testing.T) {
		g := newGathering()
		for ms := 0; ms < 10_000; ms += 100 {
			g.add(at(ms), parent)
			checkPictures(t, g.due(at(ms)))
		}
		checkPictures(t, g.due(at(10_000)), "a: 100 spans")
	})
	t.Run("drawn again when more comes", func(t *testing.T) {
		g := newGathering()
		g.add(at(0), parent)
		checkPictures(t, g.due(at(300)), "a: 1 span")
		g.add(at(60_000), child)
		checkPictures(t, g.due(at(60_100)))
		g.add(at(60_100), sibling)
		checkPictures(t, g.due(at(60_400)), "a: 3 spans, 2 late")
	})
	t.Run("tells when to come back", func(t *testing.T) {
		g := newGathering()
		if _, ok := g.next(); ok {
			t.Error("something is due, and nothing has come")
		}
		g.add(at(0), child)
		g.add(at(0), spansOf("b", 1))
		if next, ok := g.next(); !ok || !next.Equal(at(300)) {
			t.Errorf("next is %v, %v; want %v", next, ok, at(300))
		}
		g.due(at(300))
		if next, ok := g.next(); !ok || !next.Equal(at(6000)) {
			t.Errorf("next is %v, %v; want %v", next, ok, at(6000))
		}
	})
	t.Run("forgets the oldest, but not before it was drawn", func(t *testing.T) {
		g := newGathering()
		g.most = 4
		checkPictures(t, g.add(at(0), spansOf("a", 2)))
		checkPictures(t, g.due(at(300)), "a: 2 spans")
		checkPictures(t, g.add(at(400), spansOf("b", 2)))
		checkPictures(t, g.add(at(400), spansOf("c", 2)))
		checkPictures(t, g.add(at(400), spansOf("d", 2)), "b: 2 spans")
		checkPictures(t, g.all(), "c: 2 spans", "d: 2 spans")
		checkPictures(t, g.add(at(500), spansOf("e", 9)), "e: 9 spans")
		checkPictures(t, g.all())
	})
}
