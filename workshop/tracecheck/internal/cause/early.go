package cause

import (
	"path/filepath"

	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// endedTooEarly finds that the span in question had ended before a line that
// adds to it came. It gives both places. Where it ended is a fact; what comes
// after that in the same block is in the source.
func (f *Fault) endedTooEarly() (end, later string) {
	l := f.lifeInQuestion()
	if l == nil || l.ByHTTP() || !f.isWritten() {
		return "", ""
	}
	uses := f.Source.Calls(f.additions()...)
	for _, frame := range l.End.Stack {
		place := filepath.Base(frame)
		for _, use := range uses {
			if !use.Deferred && (f.Source.LeadsTo(place, use) || f.Source.EndsWithin(place, l.Start.Stack, use)) {
				return place, use.Name + " at " + f.Source.At(use)
			}
		}
	}
	// What is deferred first comes last.
	for _, e := range f.Source.Calls("End") {
		if !e.Deferred || e.Receiver == "" || !f.Source.Within(l.End.Stack, e.In) {
			continue
		}
		for _, c := range source.CallsIn(e.In, nil) {
			if c.Deferral == nil || e.Deferral.Pos() <= c.Deferral.Pos() || !f.Source.Adds(c, e.Receiver, f.additions()) {
				continue
			}
			return f.Source.At(e), c.Name + " at " + f.Source.At(c) + ", which is deferred as well, and earlier,"
		}
	}
	return "", ""
}

// isWritten tells whether what is missing on the span stands in the source at
// all.
func (f *Fault) isWritten() bool {
	switch f.What {
	case evidence.NoAttribute:
		return f.Name == "" && len(f.Source.Named(f.Key)) > 0
	case evidence.NoEvent:
		return len(f.Source.Named(f.Name)) > 0
	}
	return true
}

// additions are the methods that add what is missing.
func (f *Fault) additions() []string {
	switch f.What {
	case evidence.NoAttribute:
		return []string{"SetAttributes"}
	case evidence.NoEvent:
		return []string{"AddEvent"}
	case evidence.NoException:
		return []string{"RecordError"}
	case evidence.NoStatus, evidence.WrongStatus:
		return []string{"SetStatus"}
	}
	return []string{"SetAttributes", "AddEvent", "RecordError", "SetStatus"}
}

// lifeInQuestion gives what the SDK counted of the span in question, which has
// ended, or nil.
func (f *Fault) lifeInQuestion() *facts.Life {
	if f.Span == nil {
		return nil
	}
	if l := f.lifeOf(f.Span.SpanID); l != nil && l.End != nil {
		return l
	}
	return nil
}

// lifeOf gives what the SDK counted of a span, or nil.
func (f *Fault) lifeOf(id string) *facts.Life {
	for _, p := range f.Evidence.Processes {
		for _, l := range p.Lives() {
			if l.Start.ID == id {
				return &l
			}
		}
	}
	return nil
}
