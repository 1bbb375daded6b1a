package tracecheck

import (
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
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
				e.Ending = evidence.Ending(c.arrived)
			}
			miss := Below("parent", "child", 1)(e)
			if got := miss != nil && miss.What == evidence.Outlives; got != c.early {
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
	e := &Evidence{Printed: arrived, Ending: evidence.Ending(arrived)}
	if miss := Below("parent", "child", 1)(e); miss == nil || miss.What != evidence.Outlives {
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

// TestEndApart has spans that end so many milliseconds after the first started.
func TestEndApart(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, c := range map[string]struct {
		ends []int
		met  bool
	}{
		"one by one":                   {[]int{80, 160, 240, 320}, true},
		"all together":                 {[]int{320, 320, 320, 320}, false},
		"together, but one clock errs": {[]int{320, 250, 320, 320}, false},
		"two of them":                  {[]int{80, 160}, true},
		"two together":                 {[]int{160, 160}, false},
		"none":                         {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := &Evidence{}
			for _, end := range c.ends {
				e.Printed = append(e.Printed, spans.Span{Name: "chunk", Start: start, End: start.Add(time.Duration(end) * time.Millisecond)})
			}
			miss := EndApart("chunk", 40*time.Millisecond)(e)
			if (miss == nil) != c.met {
				t.Errorf("EndApart misses %+v; want that it is met: %v", miss, c.met)
			}
		})
	}
}
