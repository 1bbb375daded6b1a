// Package cause knows the mistakes that people make, and tells which of them the
// facts of a miss speak for. A cause only chooses words: it never decides whether
// a check passes.
//
// The catalogue is in a file for each subject. How far a missing span came on its
// way is in life.go.
package cause

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// Cause is a mistake that the catalogue knows. docs/mistakes.md has a section
// under its name.
type Cause struct {
	name string     // stable, in kebab case
	of   shortfalls // what it can be the cause of
	// at are the stations that a missing span does not reach by this mistake.
	// None means that it does not matter.
	at []station
	// fact is what proves it: something that is seen in the facts, and is not
	// there without the mistake. The source only gives the place.
	fact string
	// refines names the causes of which this one is a special case.
	refines []string
	// general tells that it only says in other words what the miss is. Every
	// other cause refines it.
	general bool
	// witness gives what happened in a sentence or two, or "" if the fact is not
	// there.
	witness func(*Fault) string
	next    string // what to do now, as one sentence
	setup   bool   // it is about how the tracing is set up, not about a span
}

type shortfalls = []evidence.Shortfall

// Fault is a miss with all that is known around it.
type Fault struct {
	*evidence.Miss
	Evidence *evidence.Evidence
	Source   *source.Program
}

// Diagnosis is the likely cause of a miss.
type Diagnosis struct {
	Cause string // its name
	Says  string // what happened, in a sentence or two
	Next  string // what to do now, as one sentence
	Setup bool   // it is about how the tracing is set up, not about a span
}

// Diagnose gives the cause that the facts speak for, or nil if they speak for
// none, or for two that have nothing to do with each other. The order of the
// causes does not matter: with [ShuffleVariable] in the environment, an error
// says so if it does.
func Diagnose(f *Fault) (*Diagnosis, error) {
	d := diagnose(f, catalogue())
	if os.Getenv(ShuffleVariable) == "" {
		return d, nil
	}
	const orders = 10
	for range orders {
		causes := catalogue()
		rand.Shuffle(len(causes), func(i, j int) { causes[i], causes[j] = causes[j], causes[i] })
		if next := diagnose(f, causes); !reflect.DeepEqual(d, next) {
			return d, fmt.Errorf("the cause depends on the order of the catalogue: %+v, and %+v", d, next)
		}
	}
	return d, nil
}

// ShuffleVariable makes a verdict fail that depends on the order of the causes.
const ShuffleVariable = "TRACECHECK_SHUFFLE"

func diagnose(f *Fault, causes []Cause) *Diagnosis {
	var likely *Diagnosis
	for _, c := range unrefined(f.suspects(causes)) {
		d := &Diagnosis{Cause: c.name, Says: c.witness(f), Next: c.next, Setup: c.setup}
		if likely != nil && likely.Cause != d.Cause {
			return nil
		}
		likely = d
	}
	return likely
}

// suspects gives the causes that the facts speak for.
func (f *Fault) suspects(causes []Cause) []Cause {
	var stopped station
	if f.What == evidence.NoSpan {
		stopped, _ = f.missed()
	}
	return slices.DeleteFunc(slices.Clone(causes), func(c Cause) bool {
		elsewhere := f.What == evidence.NoSpan && len(c.at) > 0 && !slices.Contains(c.at, stopped)
		unproved := c.general && mayBeLoss(f.What) && f.queueFull() != ""
		return !slices.Contains(c.of, f.What) || elsewhere || unproved || c.witness(f) == ""
	})
}

// mayBeLoss tells whether a miss looks the same where spans are lost.
func mayBeLoss(s evidence.Shortfall) bool {
	return slices.Contains(shortfalls{evidence.NoSpan, evidence.Severed, evidence.WrongParent}, s)
}

// unrefined leaves out the causes of which another one is a special case.
func unrefined(causes []Cause) []Cause {
	return slices.DeleteFunc(slices.Clone(causes), func(c Cause) bool {
		return slices.ContainsFunc(causes, func(other Cause) bool {
			return other.name != c.name && (c.general && !other.general || slices.Contains(other.refines, c.name))
		})
	})
}

// catalogue gives all causes.
func catalogue() []Cause {
	return slices.Concat(queueingCauses, databaseCauses, kafkaCauses, tailSamplingCauses, ratesCauses, jaegerCauses, collectorCauses, crashCauses, resourceCauses, httpCauses, propagationCauses, contextCauses,
		nestingCauses, endpointCauses, providerCauses, exitCauses, arrivalCauses, spanCauses)
}

// Names gives those of all causes that a verdict can name.
func Names() []string {
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
func (f *Fault) process() *evidence.Process {
	if p := f.processOf(f.Service); p != nil {
		return p
	}
	if n := len(f.Evidence.Processes); n > 0 {
		return f.Evidence.Processes[n-1]
	}
	return f.Evidence.Program() // of a play without one
}

// processOf gives the process of a service, or nil.
func (f *Fault) processOf(service string) *evidence.Process {
	return f.Evidence.Process(service)
}

// state is what became of the global provider, or "" if main did not return.
func (f *Fault) state() facts.ProviderState {
	if note := f.process().Returned(); note != nil {
		return note.Provider
	}
	return ""
}

// nothingArrived tells whether no span at all arrived: of the service that the
// miss is about, or of anybody.
func (f *Fault) nothingArrived() bool { return len(f.arrived()) == 0 }

// hasProcessor tells whether one of the providers that the program made
// hands its spans to somebody.
func (f *Fault) hasProcessor() bool {
	return slices.ContainsFunc(f.process().Providers(), func(p *facts.ProviderNote) bool { return len(p.Processors) > 0 })
}

// unprocessed tells whether the provider of the span that is lost hands its spans
// to nobody; or, where that is not known, whether no provider did when it was
// made, and that can be why the span is missing.
func (f *Fault) unprocessed() bool {
	lost := f.lost()
	if len(lost) > 0 && lost[0].End != nil && lost[0].End.Processors != nil {
		return *lost[0].End.Processors == 0 && !lost[0].End.Late
	}
	return !f.hasProcessor() && (f.nothingArrived() || len(lost) > 0) && len(f.Source.Calls("RegisterSpanProcessor")) == 0
}

// arrived gives the spans of the service in question that arrived, or all of
// them if it is about no service.
func (f *Fault) arrived() []spans.Span {
	var arrived []spans.Span
	for _, s := range f.Evidence.Spans() {
		if f.Service == "" || s.Service() == f.Service {
			arrived = append(arrived, s)
		}
	}
	return arrived
}
