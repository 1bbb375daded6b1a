// Package evidence is what a play with the learner's program leaves behind: the
// processes and how they ended, what they told of themselves, what was asked and
// answered, and the spans that arrived.
package evidence

import (
	"net/http"

	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/receiver"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// Evidence is what a play left behind.
type Evidence struct {
	Processes  []*Process
	Collector  *receiver.Receiver // nil if the play had none
	Received   []spans.Span       // what the collector received
	Printed    []spans.Span       // what the programs printed on stdout
	Jaeger     *Jaeger            // nil if the play had none
	Held       []spans.Span       // what Jaeger held at the first look, or a deployment at the last one
	Deployment *Deployment        // nil if the play had none

	Exchanges []*Exchange   // the requests to the services, with their answers
	Upstream  []http.Header // the headers of requests that the services sent to Stage.Upstream and Stage.Relay

	Pace     int            // how many times longer than usual the pauses were; 0 if there were none
	Deaf     bool           // the collector takes no spans
	Together bool           // several requests came at once
	Ending   map[string]int // for a span's id, its place in the order in which spans ended; see endedBefore
}

// Ending notes the order in which spans arrived. A span is handed to its
// processor when it ends, and a process exports one batch after the other, so
// for two spans of one process that is the order in which they ended.
func Ending(arrived []spans.Span) map[string]int {
	order := map[string]int{}
	for i, s := range arrived {
		order[s.SpanID] = i
	}
	return order
}

// EndedBefore tells whether one span of a process ended before another one. The
// times alone do not tell: the SDK adds what a monotonic clock measured to the
// wall clock's time at the start, and a process that loses its processor
// between reading the one and the other gives a span an end that is up to
// milliseconds too early. So the order in which they arrived has to say the
// same. Jaeger does not keep that order; then nothing is claimed.
func (e *Evidence) EndedBefore(first, second spans.Span) bool {
	i, known := e.Ending[first.SpanID]
	j, both := e.Ending[second.SpanID]
	return known && both && i < j && first.End.Before(second.End)
}

// Spans gives the spans that arrived where the play expects them: in Jaeger, at
// the collector, or on stdout if there was neither.
func (e *Evidence) Spans() []spans.Span {
	if e.Jaeger != nil || e.Deployment != nil {
		return e.Held
	}
	if e.Collector != nil {
		return e.Received
	}
	return e.Printed
}

// Named gives the spans of that name that arrived.
func (e *Evidence) Named(name string) []spans.Span {
	var found []spans.Span
	for _, s := range e.Spans() {
		if s.Name == name {
			found = append(found, s)
		}
	}
	return found
}

// SpansIn gives the spans in what a program printed.
func SpansIn(o *proc.Transcript) []spans.Span { return spans.ParseStdout([]byte(o.String())) }

// Learn gives the processes the source of their program, to tell what a line
// waits for.
func (e *Evidence) Learn(s *source.Program) {
	for _, p := range e.Processes {
		p.source = s
	}
}

// Process gives the process of a service, or nil.
func (e *Evidence) Process(service string) *Process {
	for _, p := range e.Processes {
		if service != "" && p.Service() == service {
			return p
		}
	}
	return nil
}

// Program is the first program of the play. Of a play without one, it is a
// process that never ran: it printed nothing, and has the exit code -1.
func (e *Evidence) Program() *Process {
	if len(e.Processes) == 0 {
		return &Process{Stdout: &proc.Transcript{}, Stderr: &proc.Transcript{}}
	}
	return e.Processes[0]
}
