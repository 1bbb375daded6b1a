package spans

import (
	"math"
	"strings"
	"time"
)

// timeline is the stretch of time that the bars of a trace are drawn on.
type timeline struct {
	start  time.Time
	length time.Duration
}

func timelineOf(spans []Span) timeline {
	var start, end time.Time
	for _, s := range spans {
		if !hasTimes(s) {
			continue
		}
		if start.IsZero() || s.Start.Before(start) {
			start = s.Start
		}
		end = latest(end, s.Start, s.End)
	}
	return timeline{start, end.Sub(start)}
}

func latest(times ...time.Time) time.Time {
	var latest time.Time
	for _, t := range times {
		if t.After(latest) {
			latest = t
		}
	}
	return latest
}

// hasTimes is false for a span of stdouttrace.WithoutTimestamps.
func hasTimes(s Span) bool { return !s.Start.IsZero() && !s.End.IsZero() }

// bar is a line of cells: a pause, the time of a span, a pause.
type bar struct{ before, span, after string }

// bar draws s in that many cells, to half a cell. However short the span is, at
// least half a cell shows where it stands.
func (t timeline) bar(s Span, cells int) bar {
	if !hasTimes(s) {
		return bar{after: strings.Repeat(" ", cells)}
	}
	halves := 2 * cells
	from := min(int(math.Floor(t.fraction(s.Start)*float64(halves))), halves-1)
	to := max(int(math.Ceil(t.fraction(s.End)*float64(halves))), from+1)
	first, last := from/2, (to-1)/2
	var b strings.Builder
	for cell := first; cell <= last; cell++ {
		b.WriteString(barCell(from <= 2*cell, to >= 2*cell+2))
	}
	return bar{
		before: strings.Repeat("·", first),
		span:   b.String(),
		after:  strings.Repeat("·", cells-last-1),
	}
}

// fraction gives where on the timeline a moment is, from 0 to 1.
func (t timeline) fraction(moment time.Time) float64 {
	if t.length <= 0 {
		return 0
	}
	f := float64(moment.Sub(t.start)) / float64(t.length)
	return max(0, min(f, 1))
}

func barCell(left, right bool) string {
	switch {
	case left && right:
		return "━"
	case left:
		return "╸"
	default:
		return "╺"
	}
}
