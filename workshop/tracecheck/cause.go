package tracecheck

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// cause is a mistake that the catalogue knows. docs/mistakes.md has a section
// under its name.
type cause struct {
	name string               // stable, in kebab case
	of   []evidence.Shortfall // what it can be the cause of
	// at are the stations that a missing span does not reach by this mistake.
	// None means that it does not matter.
	at []station
	// witness is what proves it: something that is seen in the facts, and is not
	// there without the mistake. The source only gives the place.
	witness string
	// refines names the causes of which this one is a special case.
	refines []string
	// general tells that it only says in other words what the miss is. Every
	// other cause refines it.
	general bool
	// sees gives what happened in a sentence or two, or "" if the witness is not
	// there.
	sees  func(*finding) string
	next  string // what to do now, as one sentence
	setup bool   // it is about how the tracing is set up, not about a span
}

// finding is a miss with all that is known around it.
type finding struct {
	*Miss
	check    Check
	evidence *Evidence
	source   *source.Program
}

// diagnosis is the likely cause of a miss.
type diagnosis struct {
	cause string
	says  string
	next  string
	setup bool
}

// diagnose gives the cause that the facts speak for, or nil if they speak for
// none, or for two that have nothing to do with each other. The order of the
// causes does not matter.
func diagnose(f *finding, causes []cause) *diagnosis {
	var likely *diagnosis
	for _, c := range unrefined(f.suspects(causes)) {
		d := &diagnosis{cause: c.name, says: c.sees(f), next: c.next, setup: c.setup}
		if likely != nil && likely.cause != d.cause {
			return nil
		}
		likely = d
	}
	return likely
}

// shuffleVariable makes a verdict fail that depends on the order of the causes.
const shuffleVariable = "TRACECHECK_SHUFFLE"

// diagnoseShuffled diagnoses with the causes in several orders, and gives an
// error if that makes a difference.
func diagnoseShuffled(f *finding) error {
	const orders = 10
	first := diagnose(f, catalogue())
	for range orders {
		causes := catalogue()
		rand.Shuffle(len(causes), func(i, j int) { causes[i], causes[j] = causes[j], causes[i] })
		if next := diagnose(f, causes); !reflect.DeepEqual(first, next) {
			return fmt.Errorf("the cause depends on the order of the catalogue: %+v, and %+v", first, next)
		}
	}
	return nil
}

// suspects gives the causes that the facts speak for.
func (f *finding) suspects(causes []cause) []cause {
	var stopped station
	if f.What == evidence.NoSpan {
		stopped, _ = f.missed()
	}
	return slices.DeleteFunc(slices.Clone(causes), func(c cause) bool {
		elsewhere := f.What == evidence.NoSpan && len(c.at) > 0 && !slices.Contains(c.at, stopped)
		unproved := c.general && mayBeLoss(f.What) && f.queueFull() != ""
		return !slices.Contains(c.of, f.What) || elsewhere || unproved || c.sees(f) == ""
	})
}

// mayBeLoss tells whether a miss looks the same where spans are lost.
func mayBeLoss(s evidence.Shortfall) bool {
	return slices.Contains([]evidence.Shortfall{evidence.NoSpan, evidence.Severed, evidence.WrongParent}, s)
}

// unrefined leaves out the causes of which another one is a special case.
func unrefined(causes []cause) []cause {
	return slices.DeleteFunc(slices.Clone(causes), func(c cause) bool {
		return slices.ContainsFunc(causes, func(other cause) bool {
			return other.name != c.name && (c.general && !other.general || slices.Contains(other.refines, c.name))
		})
	})
}

// catalogue gives all causes.
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
	return f.evidence.Program() // of a play without one
}

// processOf gives the process of a service, or nil.
func (f *finding) processOf(service string) *Process {
	return f.evidence.Process(service)
}

// state is what became of the global provider, or "" if main did not return.
func (f *finding) state() facts.ProviderState {
	if note := f.process().Returned(); note != nil {
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
	return slices.ContainsFunc(f.process().Providers(), func(p *facts.ProviderNote) bool { return len(p.Processors) > 0 })
}

// unprocessed tells whether the provider of the span that is lost hands its spans
// to nobody; or, where that is not known, whether no provider did when it was
// made, and that can be why the span is missing.
func (f *finding) unprocessed() bool {
	lost := f.lost()
	if len(lost) > 0 && lost[0].End != nil && lost[0].End.Processors != nil {
		return *lost[0].End.Processors == 0 && !lost[0].End.Late
	}
	return !f.hasProcessor() && (f.nothingArrived() || len(lost) > 0) && len(f.source.Calls("RegisterSpanProcessor")) == 0
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
