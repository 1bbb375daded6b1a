package cause

import (
	"fmt"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// propagationCauses are about what one service tells the next.
var propagationCauses = []Cause{
	{
		name:    "public-endpoint",
		of:      shortfalls{evidence.Severed},
		fact:    "a link on the server span of otelhttp, to the span that the headers of its caller named",
		refines: []string{"propagators-differ", "propagator-not-w3c", "no-propagator", "propagator-in-one-service", "context-not-injected", "context-not-extracted"},
		witness: func(f *Fault) string {
			calls := f.Source.Calls("WithPublicEndpoint", "WithPublicEndpointFn")
			if f.Kind != spans.KindServer || len(calls) == 0 {
				return ""
			}
			for _, s := range f.Evidence.Spans() {
				asked := f.Span == nil && s.Service() == f.Service && s.Kind == f.Kind && s.Name == f.Name
				if (asked || f.Span != nil && s.SpanID == f.Span.SpanID) && linksCaller(f.Evidence, s) {
					return fmt.Sprintf("%s began a trace of its own, and only linked it to the caller's: that is what the public-endpoint option asks for%s. It is meant for the edge of the network, where callers cannot be trusted.", s.Service(), f.Source.Places(calls))
				}
			}
			return ""
		},
		next: "Take the option out: here the caller can be trusted.",
	},
	{
		name:    "propagators-differ",
		of:      shortfalls{evidence.Severed},
		fact:    "the fields of the propagator of each service",
		refines: []string{"propagator-not-w3c", "no-propagator", "propagator-in-one-service", "context-not-injected", "context-not-extracted"},
		witness: func(f *Fault) string {
			all := f.Evidence.Propagators()
			foreign := slices.IndexFunc(all, func(p evidence.Propagator) bool { return !p.W3c() && len(p.Other()) > 0 })
			if f.Kind != spans.KindServer || foreign < 0 {
				return ""
			}
			i := slices.IndexFunc(all, func(p evidence.Propagator) bool { return p.Known && !slices.Equal(p.Other(), all[foreign].Other()) })
			if i < 0 {
				return ""
			}
			knows := "no trace format at all"
			if all[i].W3c() {
				knows = "traceparent"
			} else if other := all[i].Other(); len(other) > 0 {
				knows = strings.Join(other, ", ")
			}
			return fmt.Sprintf("%s started a trace of its own: the two services speak different formats. The propagator of %s writes and reads %s, that of %s %s.",
				f.Service, all[foreign].Service, strings.Join(all[foreign].Other(), ", "), all[i].Service, knows)
		},
		next: "Use the W3C propagator in both services: propagation.TraceContext{}.",
	},
	{
		name:    "propagator-not-w3c",
		of:      shortfalls{evidence.Severed},
		fact:    "the fields of the propagator of the service",
		refines: []string{"no-propagator", "propagator-in-one-service", "context-not-injected", "context-not-extracted"},
		witness: func(f *Fault) string {
			for _, p := range f.Evidence.Propagators() {
				if p.Service == f.Service && !p.W3c() && len(p.Other()) > 0 {
					return fmt.Sprintf("%s started a trace of its own: its propagator reads %s and not traceparent. The services of this step understand each other, but nobody else.",
						f.Service, strings.Join(p.Other(), ", "))
				}
			}
			return ""
		},
		next: "Set propagation.TraceContext{}: traceparent is what the W3C has laid down, and what other services send.",
	},
	{
		name:    "no-propagator",
		of:      shortfalls{evidence.Severed},
		fact:    "no service has a propagator that knows traceparent",
		refines: []string{"propagator-in-one-service", "context-not-injected", "context-not-extracted"},
		witness: func(f *Fault) string {
			if f.Kind != spans.KindServer || slices.ContainsFunc(f.Evidence.Propagators(), func(p evidence.Propagator) bool { return p.W3c() }) {
				return ""
			}
			if !slices.ContainsFunc(f.Evidence.Propagators(), func(p evidence.Propagator) bool { return p.Known }) && len(f.Source.Calls("SetTextMapPropagator")) > 0 {
				return ""
			}
			if given := f.Source.Calls("WithPropagators"); len(given) > 0 {
				carried, bare := f.Evidence.Sent()
				if bare == 0 || len(carried) > 0 || !callsByHTTP(f.Evidence) || len(f.Evidence.StrangeHeaders()) > 0 {
					return ""
				}
				return fmt.Sprintf("%s started a trace of its own: no traceparent reached it. There is no global propagator, and the transport that sends the request was given none, as others were%s.", f.Service, f.Source.Places(given))
			}
			if slices.ContainsFunc(f.Evidence.Propagators(), func(p evidence.Propagator) bool { return p.Has("baggage") }) {
				return fmt.Sprintf("%s started a trace of its own: no traceparent reached it, because the only propagator that is set is the one for baggage.", f.Service)
			}
			return fmt.Sprintf("%s started a trace of its own: no traceparent reached it, because no propagator is set.", f.Service)
		},
		next: "Set the propagators in both services: otel.SetTextMapPropagator with propagation.TraceContext{}.",
	},
	{
		name:    "propagator-in-one-service",
		of:      shortfalls{evidence.Severed},
		fact:    "the fields of the propagator of each service",
		refines: []string{"context-not-injected", "context-not-extracted"},
		witness: func(f *Fault) string {
			all := f.Evidence.Propagators()
			without := slices.IndexFunc(all, func(p evidence.Propagator) bool { return p.Known && !p.W3c() })
			if f.Kind != spans.KindServer || without < 0 {
				return ""
			}
			if all[without].Service == f.Service {
				return fmt.Sprintf("%s started a trace of its own: a traceparent reached it, and nobody there reads it, because no propagator is set in that service.", f.Service)
			}
			return fmt.Sprintf("%s started a trace of its own: no traceparent reached it, because no propagator is set in %s.", f.Service, all[without].Service)
		},
		next: "Set the propagators in both services: the one that calls writes traceparent, the one that answers reads it.",
	},
	{
		name: "context-not-injected",
		of:   shortfalls{evidence.Severed},
		fact: "a request on the wire without traceparent, below a client span that otelhttp did not make",
		witness: func(f *Fault) string {
			_, bare := f.Evidence.Sent()
			startsTrace := f.Kind == spans.KindClient && f.Span != nil
			if bare == 0 || startsTrace || injects(f.Evidence) && len(f.Evidence.StrangeHeaders()) == 0 {
				return ""
			}
			instead := ""
			if strange := f.Evidence.StrangeHeaders(); len(strange) > 0 {
				instead = " What it does carry is " + strings.Join(strange, ", ") + "."
			}
			return "There is a client span, and the request carries no traceparent: nobody wrote the span's context into the headers." + instead
		},
		next: "Let otelhttp.NewTransport send the request, or call otel.GetTextMapPropagator().Inject with the context of the client span.",
	},
	{
		name: "context-not-extracted",
		of:   shortfalls{evidence.Severed},
		fact: "a request on the wire with traceparent, and a server span that otelhttp did not make",
		witness: func(f *Fault) string {
			carried, _ := f.Evidence.Sent()
			if f.Kind != spans.KindServer || f.reads() || len(carried) == 0 && !calledWithTraceparent(f.Evidence) {
				return ""
			}
			return fmt.Sprintf("%s started a trace of its own: a traceparent reached it, and what starts its server span does not read the headers.", f.Service)
		},
		next: "Let otelhttp.NewHandler stand around the handler, or start the server span from what otel.GetTextMapPropagator().Extract gives.",
	},
}

// calledWithTraceparent tells whether a request from outside had a traceparent.
func calledWithTraceparent(e *evidence.Evidence) bool {
	return slices.ContainsFunc(e.Exchanges, func(x *evidence.Exchange) bool { return len(x.Header.Values("traceparent")) > 0 })
}

// betweenServices says, in a sentence after a space, what was seen of the
// headers between two services where the second one began a trace, or "".
func (f *Fault) betweenServices() string {
	called := func(s spans.Span) bool { return s.Kind == spans.KindClient && s.Service() != f.Service }
	if f.Span == nil || f.Span.ParentID != "" || f.Kind != spans.KindServer || !slices.ContainsFunc(f.Evidence.Spans(), called) {
		return ""
	}
	carried, bare := f.Evidence.Sent()
	known := func(t evidence.Traceparent) bool { s := f.Evidence.Span(t.SpanID); return s != nil && called(*s) }
	switch {
	case len(carried) == 0 && bare > 0:
		return fmt.Sprintf(" There is a client span, and no traceparent left with the request to %s.", f.Service)
	case bare == 0 && len(carried) > 0 && !slices.ContainsFunc(carried, func(t evidence.Traceparent) bool { return !known(t) }):
		return fmt.Sprintf(" The traceparent of the client span came to the door of %s, and its server span did not go on with it.", f.Service)
	}
	return ""
}

// injects tells whether the client spans are those of otelhttp, which writes
// their context into the headers where a propagator is set.
func injects(e *evidence.Evidence) bool {
	return callsByHTTP(e) && slices.ContainsFunc(e.Propagators(), func(p evidence.Propagator) bool { return p.W3c() })
}

// callsByHTTP tells whether otelhttp made client spans.
func callsByHTTP(e *evidence.Evidence) bool {
	return slices.ContainsFunc(e.Spans(), func(s spans.Span) bool {
		return s.Kind == spans.KindClient && strings.HasSuffix(s.Scope, "/otelhttp")
	})
}
