package tracecheck

import (
	"slices"
	"time"
)

// exportNote is one batch that a batch span processor handed to its exporter.
type exportNote struct {
	Time    time.Time
	Spans   int
	Dropped int // by this processor so far, because its queue was full
}

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
func (p *Process) hungIn(closed *closeNote) bool {
	const long = 500 * time.Millisecond
	return slices.ContainsFunc(p.notes, func(n note) bool {
		return n.Export != nil && closed != nil && closed.Time.Sub(n.Export.Time) > long
	})
}

// exportIn reads what the SDK logs when it exports a batch.
func exportIn(message string, pairs []any) *exportNote {
	if message != "exporting spans" || len(pairs) < 4 {
		return nil
	}
	spans, isInt := pairs[1].(int)
	dropped, isCount := pairs[3].(uint32)
	if !isInt || !isCount {
		return nil
	}
	return &exportNote{Time: time.Now(), Spans: spans, Dropped: int(dropped)}
}
