package tracecheck

import (
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

const workPause = 80 * time.Millisecond

var workBegins = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// chunkSpan is a span of the chunk that begins with number start, and that is
// done after so many pauses.
func chunkSpan(start int64, pauses float64) spans.Span {
	return spans.Span{TraceID: "t", SpanID: string(rune('a' + start)), ParentID: "p", Name: "chunk", Start: workBegins,
		End:        workBegins.Add(time.Duration(pauses * float64(workPause))),
		Attributes: spans.Attributes{{Key: "start", Value: start}}}
}

// failing is a span that tells an error, at its end or after so many pauses.
func failing(s spans.Span, pauses float64) spans.Span {
	s.Status.Code = spans.StatusError
	s.Events = []spans.Event{{Name: "exception", Time: workBegins.Add(time.Duration(pauses * float64(workPause)))}}
	return s
}

func TestWorkTogether(t *testing.T) {
	for name, c := range map[string]struct {
		ends     []float64 // of the first chunk, the second, and so on
		together bool
	}{
		"all at once":                  {[]float64{1, 2, 3, 4}, true},
		"all held up at the end":       {[]float64{20, 20, 20, 20}, true},
		"two at once":                  {[]float64{1, 2, 4, 6}, true},
		"in their order":               {[]float64{1, 3, 6, 10}, false},
		"the last one first":           {[]float64{5, 7, 10, 4}, false},
		"in their order, and held up":  {[]float64{2, 6, 10, 15}, false},
		"in their order, a clock late": {[]float64{1.1, 3, 6, 10}, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := &Evidence{}
			for i, end := range c.ends {
				e.Printed = append(e.Printed, chunkSpan(int64(i), end))
			}
			if got := WorkTogether("chunk", "start", workPause)(e) == nil; got != c.together {
				t.Errorf("together: %v; want %v", got, c.together)
			}
		})
	}
}

func TestFailedAt(t *testing.T) {
	for name, c := range map[string]struct {
		arrived []spans.Span
		miss    evidence.Shortfall // or ""
		unsure  bool
	}{
		"the right one":                   {[]spans.Span{chunkSpan(0, 1), failing(chunkSpan(1, 2), 2)}, "", false},
		"the other one":                   {[]spans.Span{failing(chunkSpan(0, 1), 1), chunkSpan(1, 2)}, evidence.NoException, false},
		"both, one after the end":         {[]spans.Span{failing(chunkSpan(0, 1), 2), failing(chunkSpan(1, 2), 2)}, evidence.FalseAlarm, false},
		"both, one may have been stopped": {[]spans.Span{failing(chunkSpan(0, 2), 2), failing(chunkSpan(1, 2), 2)}, evidence.FalseAlarm, true},
		"both, one right after the end":   {[]spans.Span{failing(chunkSpan(0, 1.99), 2), failing(chunkSpan(1, 2), 2)}, evidence.FalseAlarm, false},
		"none has that value":             {[]spans.Span{failing(chunkSpan(0, 1), 1)}, evidence.WrongValue, false},
	} {
		t.Run(name, func(t *testing.T) {
			var got Miss
			if miss := FailedAt("chunk", "start", 1)(&Evidence{Printed: c.arrived}); miss != nil {
				got = *miss
			}
			if got.What != c.miss || got.Unsure != c.unsure {
				t.Errorf("got the miss %q, unsure: %v; want %q, %v", got.What, got.Unsure, c.miss, c.unsure)
			}
		})
	}
}

// TestFailedAtOnce does not trust the clock when it tells something once.
func TestFailedAtOnce(t *testing.T) {
	arrived := []spans.Span{failing(chunkSpan(0, 1.99), 2), failing(chunkSpan(1, 2), 2)}
	for _, pace := range paces {
		miss := FailedAt("chunk", "start", 1)(&Evidence{Printed: arrived, Pace: pace})
		if miss == nil || miss.Unsure != (pace == paces[0]) {
			t.Errorf("at the pace %d the miss is %+v", pace, miss)
		}
	}
}

func TestEachItsOwn(t *testing.T) {
	for name, c := range map[string]struct {
		starts []int64
		miss   evidence.Shortfall // or ""
	}{
		"in order":      {[]int64{0, 1, 2}, ""},
		"in any order":  {[]int64{2, 0, 1}, ""},
		"one twice":     {[]int64{0, 0, 1}, evidence.WrongValue},
		"another value": {[]int64{0, 1, 7}, evidence.WrongValue},
	} {
		t.Run(name, func(t *testing.T) {
			e := &Evidence{}
			for _, start := range c.starts {
				e.Printed = append(e.Printed, chunkSpan(start, 1))
			}
			var got evidence.Shortfall
			if miss := EachItsOwn("chunk", "start", 0, 1, 2)(e); miss != nil {
				got = miss.What
			}
			if got != c.miss {
				t.Errorf("got the miss %q; want %q", got, c.miss)
			}
		})
	}
}
