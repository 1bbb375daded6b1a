package tracecheck

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
	for _, n := range p.notes {
		if n.Export != nil {
			handed += n.Export.Spans
			dropped = max(dropped, n.Export.Dropped)
		}
	}
	return handed, dropped
}

// hungIn tells whether Shutdown waited for an exporter that did not come to an end
// with what it had been given.
func (p *Process) hungIn(closed *facts.Close) bool {
	const long = 500 * time.Millisecond
	return slices.ContainsFunc(p.notes, func(n facts.Note) bool {
		return n.Export != nil && closed != nil && closed.Time.Sub(n.Export.Time) > long
	})
}
