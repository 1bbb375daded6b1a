package cause

import (
	"fmt"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// contextCauses are of traces that fall apart: a span is in another trace than
// its parent, or below another one. What went over the wire comes first, then
// what the services say of their propagators, then the source.
var contextCauses = []Cause{
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
	{
		name:    "request-without-context",
		of:      shortfalls{evidence.Severed},
		fact:    "a client span that is the first of its trace, in a request that was being answered",
		refines: []string{"context-background"},
		witness: func(f *Fault) string {
			calls := f.Source.RequestsWithoutContext()
			if f.Kind != spans.KindClient || len(calls) == 0 || f.startedInRequest() {
				return ""
			}
			return fmt.Sprintf("The client span began a trace of its own: the request to the other service (%s) does not carry the context in which the server span is.", f.Source.At(calls[0]))
		},
		next: "Make the request with http.NewRequestWithContext, and the context that comes from r.Context().",
	},
	{
		name: "context-background",
		of:   shortfalls{evidence.Severed},
		fact: "a span below a request that is the first of its trace",
		witness: func(f *Fault) string {
			calls := f.Source.EmptyContexts()
			if f.Kind == spans.KindServer || len(calls) == 0 || f.startedInRequest() {
				return ""
			}
			return fmt.Sprintf("context.%s at %s cuts the trace: the active span travels in the context, and that one is empty.", calls[0].Name, f.Source.At(calls[0]))
		},
		next: "Hand on the context that you were given: r.Context() in a handler, ctx below it.",
	},
	{
		name:    "new-root",
		of:      shortfalls{evidence.Severed},
		fact:    "a span that is the first of its trace, though its context comes from a request, and the option in the source",
		refines: []string{"context-background"},
		witness: func(f *Fault) string {
			calls := f.Source.Calls("WithNewRoot")
			if f.Span == nil || f.Span.ParentID != "" || len(calls) == 0 {
				return ""
			}
			if !f.startedInRequest() {
				return ""
			}
			return fmt.Sprintf("The span %s began a trace of its own, although it was started with the context of the request: trace.WithNewRoot asks for that%s.", f.Span.Name, f.Source.Places(calls))
		},
		next: "Take WithNewRoot out: then the parent of the span is the span in the context.",
	},
	{
		name:    "trace-severed",
		of:      shortfalls{evidence.Severed},
		general: true,
		witness: func(f *Fault) string {
			if f.Span == nil && f.Service == "" && f.Kind == "" { // traces were counted: some may just not be there
				return ""
			}
			return "Two spans of one request are in two traces." + f.betweenServices()
		},
		next: "Follow the context from r.Context() to the place where the second span is started; between two services, follow the header traceparent.",
	},
	{
		name: "tracestate-lost",
		of:   shortfalls{evidence.WrongState},
		fact: "the tracestate of the caller, and that of the span",
		witness: func(f *Fault) string {
			return fmt.Sprintf("The caller's tracestate does not get as far as %s. It belongs to traceparent: who hands on the one has to hand on the other.", f.Service)
		},
		next: "Let propagation.TraceContext{} read and write both headers.",
	},
	{
		name: "malformed-header-trusted",
		of:   shortfalls{evidence.ExtraSpan},
		fact: "the trace id of a header that is not valid",
		witness: func(f *Fault) string {
			if f.Span == nil || f.Name != f.Span.TraceID || saidNo(f.Evidence, f.Name) {
				return ""
			}
			return fmt.Sprintf("%s took a trace id out of a header that is not a valid traceparent.", f.Service)
		},
		next: "Let propagation.TraceContext{} read the header: it knows what the specification forbids.",
	},
	{
		name: "sampler-ignores-caller",
		of:   shortfalls{evidence.ExtraSpan},
		fact: "the flags of the caller, and a span in its trace",
		witness: func(f *Fault) string {
			if f.Span == nil || f.Name != f.Span.TraceID || !saidNo(f.Evidence, f.Name) {
				return ""
			}
			return fmt.Sprintf("The caller's traceparent ends in 00: not sampled. The sampler of %s decides by itself, so the trace has a part that nobody recorded.", f.Service)
		},
		next: "Leave the sampler out, or put sdktrace.ParentBased around it: then the caller's decision is kept.",
	},
	{
		name:    "context-reassigned",
		of:      shortfalls{evidence.WrongParent},
		fact:    "a span below its equal",
		refines: []string{"context-thrown-away", "span-in-between"},
		witness: func(f *Fault) string {
			parent := f.parent()
			if parent == nil || parent.Name != f.Span.Name || parent.Kind != f.Span.Kind {
				return ""
			}
			says := fmt.Sprintf("One %s span is the parent of the next: ", f.Span.Name)
			for _, c := range f.Source.AssignedInLoop() {
				if f.Source.StartsSpan(c, f.Span.Name) {
					return says + fmt.Sprintf("a loop assigns to the very ctx that it starts the spans from (%s).", f.Source.At(c))
				}
			}
			return says + "each was started with the context of the one before."
		},
		next: "Start all of them with the parent's context. In a loop, declare a new variable, ctx, span := ..., or start the span in the goroutine.",
	},
	{
		name: "context-thrown-away",
		of:   shortfalls{evidence.WrongParent},
		fact: "the span that is the parent, and that it is above the wanted one, or beside it",
		witness: func(f *Fault) string {
			parent, wanted := f.parent(), f.wantedParent()
			if parent == nil || wanted == nil {
				return ""
			}
			beside := parent.SpanID != wanted.SpanID && parent.ParentID == wanted.ParentID
			if !beside && !above(f.Evidence, *parent, *wanted) {
				return ""
			}
			if f.Span.Kind == spans.KindServer {
				return fmt.Sprintf("The %s span is below %s: that is the span in the context which was written into the headers, and it is not the one of the call.", f.Span.Name, parent.Name)
			}
			if beside {
				return fmt.Sprintf("The %s span is below %s: it was started with the context of that one, not with the one that Start gave for %s.", f.Span.Name, parent.Name, wanted.Name)
			}
			says := fmt.Sprintf("The %s span is below %s: it was started with the context from before, not with the one that Start gave.", f.Span.Name, parent.Name)
			for _, c := range f.Source.Starts(wanted.Name) {
				if f.Source.DiscardsContext(c) {
					return says + fmt.Sprintf(" %s throws that one away.", f.Source.At(c))
				}
			}
			return says
		},
		next: "Use both results of Start, ctx, span := ..., and hand that ctx on to all that belongs to the span.",
	},
	{
		name: "span-in-between",
		of:   shortfalls{evidence.WrongParent},
		fact: "the span that is the parent, and that it is below the wanted one",
		witness: func(f *Fault) string {
			parent, wanted := f.parent(), f.wantedParent()
			if parent == nil || wanted == nil || !above(f.Evidence, *wanted, *parent) {
				return ""
			}
			between, remark := parent, ""
			if f.Kind != spans.KindInternal { // a chain of calls minds none that is internal
				for between.Kind == spans.KindInternal && between.ParentID != wanted.SpanID {
					between = f.Evidence.Span(between.ParentID)
				}
				remark = " A step inside of a service has the kind internal, and may stand there."
			}
			return fmt.Sprintf("The %s span %q stands between %q and %q.%s", between.Kind, between.Name, wanted.Name, f.Span.Name, remark)
		},
		next: "Start the span with the context of the one that it belongs below, or do without the one in between.",
	},
	{
		name: "parent-never-ended",
		of:   shortfalls{evidence.WrongParent},
		fact: "the SDK counted the start of the parent, and not its end",
		witness: func(f *Fault) string {
			parent := f.lifeOf(f.Span.ParentID)
			if parent == nil || parent.End != nil {
				return ""
			}
			return fmt.Sprintf("The parent of the span %s did not arrive: a span is started in between, and never ended.", f.Span.Name)
		},
		next: "Call defer span.End() right after Start.",
	},
}

// calledWithTraceparent tells whether a request from outside had a traceparent.
func calledWithTraceparent(e *evidence.Evidence) bool {
	return slices.ContainsFunc(e.Exchanges, func(x *evidence.Exchange) bool { return len(x.Header.Values("traceparent")) > 0 })
}

// linksCaller tells whether the span is one of otelhttp that began a trace, and
// is linked to a span which the traceparent of a request named.
func linksCaller(e *evidence.Evidence, s spans.Span) bool {
	callers, _ := e.Sent()
	for _, x := range e.Exchanges {
		for _, value := range x.Header.Values("traceparent") {
			if parsed, ok := evidence.ParseTraceparent(value); ok {
				callers = append(callers, parsed)
			}
		}
	}
	return s.ParentID == "" && strings.HasSuffix(s.Scope, "/otelhttp") && slices.ContainsFunc(s.Links, func(l spans.Link) bool {
		return slices.ContainsFunc(callers, func(c evidence.Traceparent) bool { return c.TraceID == l.TraceID && c.SpanID == l.SpanID })
	})
}

// saidNo tells whether a caller sent that trace id as one that is not sampled.
func saidNo(e *evidence.Evidence, traceID string) bool {
	return slices.ContainsFunc(e.Exchanges, func(x *evidence.Exchange) bool {
		return slices.ContainsFunc(x.Header.Values("traceparent"), func(value string) bool {
			parsed, ok := evidence.ParseTraceparent(value)
			return ok && parsed.TraceID == traceID && strings.HasSuffix(parsed.Flags, "0")
		})
	})
}

// parent gives the parent of the span in question, or nil if it did not arrive.
func (f *Fault) parent() *spans.Span {
	if f.Span == nil {
		return nil
	}
	return f.Evidence.Span(f.Span.ParentID)
}

// startedInRequest tells whether it is known that the span in question was
// started with the context of a request that is being answered.
func (f *Fault) startedInRequest() bool {
	if f.Span == nil {
		return false
	}
	life := f.lifeOf(f.Span.SpanID)
	return life != nil && life.Start.Request
}

// spanTraceID is the id of the trace of the span in question, or "".
func (f *Fault) spanTraceID() string {
	if f.Span == nil {
		return ""
	}
	return f.Span.TraceID
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

// wantedParent gives the span below which the span in question should be, or nil.
func (f *Fault) wantedParent() *spans.Span {
	wanted, _ := f.Want.(*spans.Span)
	return wanted
}

// above tells whether one span is an ancestor of another.
func above(e *evidence.Evidence, ancestor, s spans.Span) bool {
	for range e.Spans() {
		if s.ParentID == ancestor.SpanID {
			return true
		}
		parent := e.Span(s.ParentID)
		if parent == nil {
			return false
		}
		s = *parent
	}
	return false
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

// reads tells whether the server span in question is that of otelhttp, which
// reads the headers with the propagator of its service.
func (f *Fault) reads() bool {
	knows := func(p evidence.Propagator) bool { return p.Service == f.Service && p.W3c() }
	return f.Span != nil && strings.HasSuffix(f.Span.Scope, "/otelhttp") && slices.ContainsFunc(f.Evidence.Propagators(), knows)
}
