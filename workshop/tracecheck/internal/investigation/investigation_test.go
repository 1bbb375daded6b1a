package investigation

import (
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// TestOwnTime takes the time of children off a span, and what they share once.
func TestOwnTime(t *testing.T) {
	start := time.Unix(0, 0)
	span := func(from, to int) spans.Span {
		return spans.Span{Start: start.Add(time.Duration(from) * time.Second), End: start.Add(time.Duration(to) * time.Second)}
	}
	for _, test := range []struct {
		children []spans.Span
		want     int
	}{
		{nil, 10},
		{[]spans.Span{span(2, 4)}, 8},
		{[]spans.Span{span(2, 4), span(6, 7)}, 7},
		{[]spans.Span{span(2, 6), span(3, 5)}, 6},
		{[]spans.Span{span(2, 6), span(5, 8)}, 4},
		{[]spans.Span{span(0, 10)}, 0},
	} {
		if got := ownTime(span(0, 10), test.children); got != time.Duration(test.want)*time.Second {
			t.Errorf("with %v: %v, want %ds", test.children, got, test.want)
		}
	}
}
