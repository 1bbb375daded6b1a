package evidence

import (
	"slices"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
)

// Exports gives how many spans the program handed to its exporter, and how many
// it dropped because the queue of its batch span processor was full. The
// numbers are the SDK's own, from its log. An export that fails counts as well:
// that is told on stderr.
func (p *Process) Exports() (handed, dropped int) {
	for _, n := range p.Notes {
		if n.Export != nil {
			handed += n.Export.Spans
			dropped = max(dropped, n.Export.Dropped)
		}
	}
	return handed, dropped
}

// HungIn tells whether Shutdown waited for an exporter that did not come to an end
// with what it had been given.
func (p *Process) HungIn(closed *facts.Close) bool {
	const long = 500 * time.Millisecond
	return slices.ContainsFunc(p.Notes, func(n facts.Note) bool {
		return n.Export != nil && closed != nil && closed.Time.Sub(n.Export.Time) > long
	})
}

// Lives gives the spans that a program started, in their order.
func (p *Process) Lives() []facts.Life {
	var all []facts.Life
	at := map[string]int{}
	for _, n := range p.Notes {
		switch {
		case n.Start != nil:
			at[n.Start.ID] = len(all)
			all = append(all, facts.Life{Start: n.Start})
		case n.End != nil:
			if i, known := at[n.End.ID]; known {
				all[i].End = n.End
			}
		}
	}
	return all
}

// FailedExport gives what an exporter first reported that it could not export,
// or nil.
func (p *Process) FailedExport() *facts.Result {
	for _, n := range p.Notes {
		if n.Result != nil && n.Result.Error != "" {
			return n.Result
		}
	}
	return nil
}

// HasResults tells whether an exporter said what came of a batch.
func (p *Process) HasResults() bool {
	return slices.ContainsFunc(p.Notes, func(n facts.Note) bool { return n.Result != nil })
}

// Closed gives the first shutdown of a batch span processor, or nil.
func (p *Process) Closed() *facts.Close {
	for _, n := range p.Notes {
		if n.Close != nil {
			return n.Close
		}
	}
	return nil
}
