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

// linksCaller tells whether the span is one of otelhttp that began a trace, and
// is linked to a span which the traceparent of a request named.
func linksCaller(e *evidence.Evidence, s spans.Span) bool {
	callers, _ := e.Sent()
	callers = append(callers, e.Told()...)
	return s.ParentID == "" && strings.HasSuffix(s.Scope, "/otelhttp") && slices.ContainsFunc(s.Links, func(l spans.Link) bool {
		return slices.ContainsFunc(callers, func(c evidence.Traceparent) bool { return c.TraceID == l.TraceID && c.SpanID == l.SpanID })
	})
}

// saidNo tells whether a caller sent that trace id as one that is not sampled.
func saidNo(e *evidence.Evidence, traceID string) bool {
	return slices.ContainsFunc(e.Told(), func(t evidence.Traceparent) bool { return t.TraceID == traceID && !t.Sampled() })
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

// reads tells whether the server span in question is that of otelhttp, which
// reads the headers with the propagator of its service.
func (f *Fault) reads() bool {
	knows := func(p evidence.Propagator) bool { return p.Service == f.Service && p.W3c() }
	return f.Span != nil && strings.HasSuffix(f.Span.Scope, "/otelhttp") && slices.ContainsFunc(f.Evidence.Propagators(), knows)
}
