package tracecheck

import (
	"slices"

	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// cause is a mistake that the catalogue knows. docs/mistakes.md has a section
// under its name.
type cause struct {
	name string      // stable, in kebab case
	of   []Shortfall // what it can be the cause of
	// sees gives what happened in a sentence or two, or "" if the facts do not
	// speak for this cause.
	sees  func(*finding) string
	next  string // what to do now, as one sentence
	setup bool   // it is about how the tracing is set up, not about a span
}

// finding is a miss with all that is known around it.
type finding struct {
	*Miss
	check    Check
	evidence *Evidence
	source   *source
}

// diagnosis is the likely cause of a miss.
type diagnosis struct {
	cause string
	says  string
	next  string
	setup bool
}

// diagnose gives the first cause in the catalogue that the facts speak for, or
// nil.
func diagnose(f *finding) *diagnosis {
	for _, c := range catalogue() {
		if !slices.Contains(c.of, f.What) {
			continue
		}
		if says := c.sees(f); says != "" {
			return &diagnosis{cause: c.name, says: says, next: c.next, setup: c.setup}
		}
	}
	return nil
}

// catalogue gives all causes, the ones that are easily taken for another one
// first.
func catalogue() []cause {
	return slices.Concat(jaegerCauses, collectorCauses, crashCauses, resourceCauses, httpCauses, contextCauses, nestingCauses, arrivalCauses, spanCauses)
}

// Causes gives the names of all causes that a verdict can name.
func Causes() []string {
	var names []string
	for _, c := range catalogue() {
		if !slices.Contains(names, c.name) { // some mistakes show in more than one way
			names = append(names, c.name)
		}
	}
	return names
}

// process is the run in question: the one of the service that the miss is
// about, or else the last one that was started.
func (f *finding) process() *Process {
	if p := f.processOf(f.Service); p != nil {
		return p
	}
	if n := len(f.evidence.Processes); n > 0 {
		return f.evidence.Processes[n-1]
	}
	return &Process{Stdout: newOutput(nil), Stderr: newOutput(nil)} // a play without a program
}

// processOf gives the process of a service, or nil.
func (f *finding) processOf(service string) *Process {
	return f.evidence.process(service)
}

// process gives the process of a service, or nil.
func (e *Evidence) process(service string) *Process {
	for _, p := range e.Processes {
		if service != "" && p.service() == service {
			return p
		}
	}
	return nil
}

// state is what became of the global provider, or "" if main did not return.
func (f *finding) state() providerState {
	if note := f.process().returned(); note != nil {
		return note.Provider
	}
	return ""
}

// nothingArrived tells whether no span at all arrived: of the service that the
// miss is about, or of anybody.
func (f *finding) nothingArrived() bool { return len(f.arrived()) == 0 }

// hasProcessor tells whether one of the providers that the program made
// hands its spans to somebody.
func (f *finding) hasProcessor() bool {
	return slices.ContainsFunc(f.process().providers(), func(p *providerNote) bool { return len(p.Processors) > 0 })
}

// arrived gives the spans of the service in question that arrived, or all of
// them if it is about no service.
func (f *finding) arrived() []spans.Span {
	var arrived []spans.Span
	for _, s := range f.evidence.Spans() {
		if f.Service == "" || s.Service() == f.Service {
			arrived = append(arrived, s)
		}
	}
	return arrived
}
