package tracecheck

import (
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// TestEndedBefore has a parent whose end is told too early by its clock, and
// one that really ends before its child.
func TestEndedBefore(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	parent := spans.Span{TraceID: "t", SpanID: "p", Name: "parent", Start: start, End: start.Add(100 * time.Microsecond)}
	child := spans.Span{TraceID: "t", SpanID: "c", ParentID: "p", Name: "child", Start: start, End: start.Add(101 * time.Microsecond)}
	within := child
	within.End = parent.End
	for name, c := range map[string]struct {
		arrived []spans.Span // in this order
		known   bool         // the order
		early   bool         // the parent ended before the child
	}{
		"both say it":            {arrived: []spans.Span{parent, child}, known: true, early: true},
		"only the clock says it": {arrived: []spans.Span{child, parent}, known: true},
		"only the order says it": {arrived: []spans.Span{parent, within}, known: true},
		"neither says it":        {arrived: []spans.Span{within, parent}, known: true},
		"the order is not kept":  {arrived: []spans.Span{parent, child}},
	} {
		t.Run(name, func(t *testing.T) {
			e := &Evidence{Printed: c.arrived}
			if c.known {
				e.ending = ending(c.arrived)
			}
			miss := Below("parent", "child", 1)(e)
			if got := miss != nil && miss.What == Outlives; got != c.early {
				t.Errorf("Below misses %+v; want that the parent ends early: %v", miss, c.early)
			}
		})
	}
}

// TestBelowAtAnyTime does not mind which span ends first, and minds all else.
func TestBelowAtAnyTime(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	arrived := []spans.Span{
		{TraceID: "t", SpanID: "p", Name: "parent", Start: start, End: start.Add(time.Second)},
		{TraceID: "t", SpanID: "c", ParentID: "p", Name: "child", Start: start, End: start.Add(time.Minute)},
	}
	e := &Evidence{Printed: arrived, ending: ending(arrived)}
	if miss := Below("parent", "child", 1)(e); miss == nil || miss.What != Outlives {
		t.Errorf("Below misses %+v", miss)
	}
	if miss := BelowAtAnyTime("parent", "child", 1)(e); miss != nil {
		t.Errorf("BelowAtAnyTime misses %+v", miss)
	}
	miss := BelowAtAnyTime("parent", "child", 2)(e)
	if want := "1 span called child arrived instead of 2."; miss == nil || miss.Says != want {
		t.Errorf("BelowAtAnyTime misses %+v, want %q", miss, want)
	}
}
