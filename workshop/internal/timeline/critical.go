package timeline

import "slices"

// markCritical finds the critical path: from the end of the trace backwards, it
// is always the span that ended last which everything above it waits for, down
// to the deepest one. What remains of a span's time between those of its children
// is its own work.
func markCritical(t *Trace) {
	children := map[string][]int{}
	var roots []int
	here := map[string]bool{}
	for i, row := range t.Rows {
		here[row.ID] = true
		switch {
		case row.Mark == Ghost || row.Duration < 0:
		case row.Depth == 0:
			roots = append(roots, i)
		default:
			children[row.Parent] = append(children[row.Parent], i)
		}
	}
	if len(roots) == 0 {
		return
	}
	last := slices.MaxFunc(roots, func(a, b int) int { return int(t.Rows[a].end() - t.Rows[b].end()) })
	done := make([]bool, len(t.Rows))
	t.follow(children, last, t.Rows[last].Start, t.Rows[last].end(), done)
}

// end is when a row ends, in nanoseconds after the trace's start.
func (r Row) end() int64 { return r.Start + r.Duration }

// follow marks what of the time from from to until the row at i is waited for.
func (t *Trace) follow(children map[string][]int, i int, from, until int64, done []bool) {
	if done[i] {
		return
	}
	done[i] = true
	row := &t.Rows[i]
	inside := slices.Clone(children[row.ID])
	slices.SortStableFunc(inside, func(a, b int) int { return int(t.Rows[b].end() - t.Rows[a].end()) })
	at := until
	for _, c := range inside {
		child := t.Rows[c]
		begin, end := max(child.Start, from), min(child.end(), at)
		if begin >= end || child.end() > at && child.Start >= at {
			continue
		}
		if child.end() > at {
			continue // it was still at work when another one had to wait for it
		}
		row.own(end, at)
		t.follow(children, c, begin, end, done)
		at = begin
	}
	row.own(from, at)
}

// own notes a stretch of the row's own work, if it is one.
func (r *Row) own(from, until int64) {
	if r.Mark == "" && from < until {
		r.Critical = append(r.Critical, [2]int64{from, until})
	}
}
