package cause

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
)

// station is one of those that a span passes on its way to where it is looked
// for, in the order of the way.
type station string

const (
	atProvider   station = "provider"   // a tracer provider of the SDK is made
	atRegistered station = "registered" // it is the global one
	atStarted    station = "started"    // the span is started
	atSampled    station = "sampled"    // the sampler wants it
	atEnded      station = "ended"      // the span is ended
	atProcessed  station = "processed"  // a span processor takes it
	atExported   station = "exported"   // the processor hands it to an exporter
	atSent       station = "sent"       // the exporter gets it across
	atReceived   station = "received"   // it is where it is looked for
)

// lost gives the spans like the one that was looked for that the program
// started, and that did not arrive.
func (f *Fault) lost() []facts.Life {
	return slices.DeleteFunc(f.process().Lives(), func(l facts.Life) bool {
		return !l.Is(f.Name, string(f.Kind)) || f.Evidence.Span(l.Start.ID) != nil
	})
}

// missed is the first station that the missing span did not reach, and what was
// seen of it there, in a sentence. Where several are missing, it is that of the
// first one. What is not known, as of a program that counts its spans itself, is
// taken for the good.
func (f *Fault) missed() (station, string) {
	p, lost := f.process(), f.lost()
	if twin := f.twinElsewhere(); twin != nil {
		return atReceived, fmt.Sprintf("The span %s arrived, under the service name %q.", twin.Name, twin.Service())
	}
	if len(p.Providers()) == 0 && f.nothingArrived() && !f.deafToSDK() {
		return atProvider, fmt.Sprintf("No tracer provider of the SDK was made in %s.", f.who())
	}
	if len(lost) == 0 {
		return f.missedBeforeStart()
	}
	first := lost[0]
	begun := fmt.Sprintf("The span %s was started%s", first.Start.Name, facts.At(first.Start.Stack))
	if n := len(f.alike()); n > 1 {
		begun = fmt.Sprintf("%d of %d such spans did not arrive. One was started%s", len(lost), n, facts.At(first.Start.Stack))
	}
	switch {
	case first.Start.Sampling != "RECORD_AND_SAMPLE":
		return atSampled, begun + "; the sampler said " + first.Start.Sampling + "."
	case first.End == nil:
		return atEnded, begun + "; it had not ended when the program exited."
	case first.End.Late:
		return atProcessed, begun + ", and ended" + facts.At(first.End.Stack) + ", after its provider had been shut down."
	case f.unprocessed():
		return atProcessed, begun + " and ended; its provider has no span processor."
	}
	begun += ", and ended" + facts.At(first.End.Stack)
	handed, dropped := p.Exports()
	failed := p.FailedExport()
	switch {
	case failed != nil:
		return atSent, fmt.Sprintf("%s; the exporter was given %s, and reported an error.", begun, text.Plural(failed.Spans, "span"))
	case dropped > 0:
		return atProcessed, fmt.Sprintf("%s; the queue of the batch span processor was full, and %s dropped.", begun, text.Plural(dropped, "span"))
	case handed == 0 && f.usesProcessor("*trace.batchSpanProcessor"):
		return atExported, begun + "; the batch span processor handed nothing to an exporter."
	}
	switch {
	case handed > 0 && !p.HasResults():
		return atSent, begun + "; the exporter was given it, and told the SDK nothing of what came of it."
	case handed == 0 && !p.HasResults():
		return atReceived, begun + "; whether an exporter was given it is not known, and it did not arrive here."
	}
	return atReceived, begun + "; what the exporter was given did not arrive here."
}

// deafToSDK tells whether the SDK told the program's own logger of its
// providers, and not the kit.
func (f *Fault) deafToSDK() bool {
	p := f.process()
	known := len(p.Starts()) > 0 || !slices.Contains([]facts.ProviderState{"", facts.ProviderNone, facts.ProviderNoop}, f.state())
	return known || len(f.Source.Calls("otel.SetLogger")) > 0
}

// blind tells whether the SDK counts the spans for a meter provider of the
// program's own, so that nothing is known of them.
func (f *Fault) blind() bool {
	return len(f.process().Starts()) == 0 && len(f.Source.Calls("otel.SetMeterProvider")) > 0
}

// Uncertain says what is known where the facts speak for no cause, or for more
// than one.
func (f *Fault) Uncertain() string {
	if f.What != evidence.NoSpan {
		seen := f.dropped()
		if mayBeLoss(f.What) {
			seen = f.queueFull()
		}
		return strings.TrimSpace("None is certain. " + seen)
	}
	stopped, seen := f.missed()
	if starts := f.Source.Starts(f.Name); stopped == atStarted && len(starts) > 0 {
		seen += fmt.Sprintf(" In the source it is started at %s: either this run does not come there, or that tracer does nothing.", f.Source.At(starts[0]))
	}
	return "None is certain. " + seen
}

// queueFull tells, in a sentence, that spans were dropped before they could be
// exported, or "". Then what is missing, or looks severed, may just be lost.
func (f *Fault) queueFull() string {
	for _, p := range f.Evidence.Processes {
		if _, dropped := p.Exports(); dropped > 0 {
			return fmt.Sprintf("The batch span processor of %s dropped %s, because its queue was full.", cmp.Or(p.Service(), "the program"), text.Plural(dropped, "span"))
		}
	}
	return ""
}

// missedBeforeStart is missed, of a span that the SDK was not asked for.
func (f *Fault) missedBeforeStart() (station, string) {
	starts := f.process().Starts()
	if len(starts) == 0 && f.state() == facts.ProviderNone && f.nothingArrived() {
		return atRegistered, fmt.Sprintf("A tracer provider was made in %s, and none was registered when main returned.", f.who())
	}
	unwanted := slices.IndexFunc(starts, func(s *facts.Start) bool { return s.Name == "" })
	if unwanted >= 0 {
		return atSampled, fmt.Sprintf("A span was started%s, and the sampler said %s.", facts.At(starts[unwanted].Stack), starts[unwanted].Sampling)
	}
	if n := len(f.alike()); n > 0 && f.Kind != "" {
		return atReceived, fmt.Sprintf("%s started %s of the kind %s, and all arrived.", upper(f.who()), text.Plural(n, "span"), f.Kind)
	}
	what := "called " + f.Name
	if f.Kind != "" {
		what = "of the kind " + string(f.Kind)
	}
	switch {
	case f.blind():
		return atStarted, fmt.Sprintf("The SDK counts spans for the meter provider of %s, so it is not known whether this one was started.", f.who())
	case len(starts) == 0:
		return atStarted, fmt.Sprintf("%s started no span with the SDK.", upper(f.who()))
	case len(starts) == 1:
		return atStarted, fmt.Sprintf("%s started one span with the SDK, and it is not %s.", upper(f.who()), what)
	}
	return atStarted, fmt.Sprintf("%s started %d spans with the SDK, and none that is missing is %s.", upper(f.who()), len(starts), what)
}

// alike gives all spans that the program started that are like the one that was
// looked for.
func (f *Fault) alike() []facts.Life {
	return slices.DeleteFunc(f.process().Lives(), func(l facts.Life) bool { return !l.Is(f.Name, string(f.Kind)) })
}

// who is the program that the miss is about.
func (f *Fault) who() string {
	if f.Service != "" {
		return f.Service
	}
	return "the program"
}

// upper makes the first letter of a sentence large, unless it begins with the
// name of a service.
func upper(text string) string {
	if rest, ok := strings.CutPrefix(text, "the "); ok {
		return "The " + rest
	}
	return text
}
