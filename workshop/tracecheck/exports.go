package tracecheck

// exportNote is one batch that a batch span processor handed to its exporter.
type exportNote struct {
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
	return &exportNote{Spans: spans, Dropped: int(dropped)}
}
