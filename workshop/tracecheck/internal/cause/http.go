package cause

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// httpCauses are of services that answer wrongly, and of the server and client
// spans that the instrumentation of HTTP makes.
var httpCauses = []Cause{
	{
		name: "failure-answered-with-200",
		of:   shortfalls{evidence.WrongAnswer},
		fact: "the status of the answer",
		witness: func(f *Fault) string {
			want, _ := f.Want.(int)
			if f.Got != http.StatusOK || want < 400 {
				return ""
			}
			if want < 500 {
				return "What was asked for cannot be done, and the answer says 200: the caller takes it for a success."
			}
			return "The request failed, and the answer says 200. The caller takes it for a success, and so does the span: otelhttp marks a server span as an error when the status is 5xx."
		},
		next: "Answer with the status that says what happened, before you write the body.",
	},
	{
		name: "failure-blamed-on-caller",
		of:   shortfalls{evidence.WrongAnswer},
		fact: "the status of the answer",
		witness: func(f *Fault) string {
			got, _ := f.Got.(int)
			want, _ := f.Want.(int)
			if got < 400 || got >= 500 || want < 500 {
				return ""
			}
			return fmt.Sprintf("%d says that the caller did something wrong, and it is not the caller's fault. So the server span is no error either: otelhttp marks 5xx and not 4xx.", got)
		},
		next: "Answer with the status that says what happened: 502 when the other service is down, 504 when it is too slow.",
	},
	{
		name: "cancelled-before-read",
		of:   shortfalls{evidence.WrongAnswer},
		fact: "a client span that says context canceled, where the caller has waited",
		witness: func(f *Fault) string {
			for _, s := range f.Evidence.Spans() {
				if f.Want == http.StatusOK && cancelled(s) && answeredWith(s) {
					return fmt.Sprintf("The client span says context canceled, though the head of the answer had come and the caller waited for the rest: %s itself cancelled the call before it had read the body. So does a cancel that is deferred in the function which sends the request, when another one reads the body.", s.Service())
				}
			}
			return ""
		},
		next: "Cancel the context of a call after the body is read: make the context, read and cancel in one function.",
	},
	{
		name: "call-cancelled",
		of:   shortfalls{evidence.WrongAnswer},
		fact: "a client span without a status code that says context canceled, where the caller has waited",
		witness: func(f *Fault) string {
			for _, s := range f.Evidence.Spans() {
				if f.Want == http.StatusOK && cancelled(s) && !answeredWith(s) {
					return fmt.Sprintf("The client span says context canceled, no answer to it had begun, and the caller waited for its own: %s itself cancelled the call.", s.Service())
				}
			}
			return ""
		},
		next: "Look for what calls the cancel function of the context that the request is made with, and let it wait for the answer.",
	},
	{
		name: "log-without-trace",
		of:   shortfalls{evidence.WrongOutput},
		fact: "a line of the log without the id of the trace",
		witness: func(f *Fault) string {
			if f.Name != "log" {
				return ""
			}
			line := text.Excerpt(fmt.Sprint(f.Got), 200)
			switch {
			case f.logsTraces():
				return fmt.Sprintf("The server span is there, and the line is logged with a context that does not hold it: %s.", line)
			case len(f.Source.Calls("SpanContextFromContext", "SpanFromContext", "TraceID")) == 0:
				return fmt.Sprintf("The server span is there, and nothing in the program asks a context for its trace, so the logger cannot write the id: %s.", line)
			}
			return fmt.Sprintf("The server span is there, and the line does not name its trace: either it is logged with a context that does not hold the span, or the handler of the logger does not write the ids. It is %s.", line)
		},
		next: "Let otelhttp.NewHandler stand around logRequests, log with the context of the request that comes from there, and let the handler of the logger write the ids of its span.",
	},
	{
		name: "not-waited-for",
		of:   shortfalls{evidence.WrongAnswer},
		fact: "a span that ended after its parent, and after that of the request",
		witness: func(f *Fault) string {
			for _, late := range f.Evidence.Spans() {
				parent := f.Evidence.Span(late.ParentID)
				if parent == nil || parent.Kind != spans.KindInternal || !f.Evidence.EndedBefore(*parent, late) {
					continue
				}
				for _, s := range f.Evidence.Spans() {
					if s.Kind == spans.KindServer && s.TraceID == late.TraceID && s.Service() == late.Service() && s.End.Before(late.End) {
						return fmt.Sprintf("The request was answered, and %s had ended, while %s below it was still at work: nobody had waited for it.", parent.Name, late.Name)
					}
				}
			}
			return ""
		},
		next: "Wait for the goroutines, as with workers.Wait(), before you use what they compute.",
	},
	{
		name:    "wrong-answer",
		of:      shortfalls{evidence.WrongAnswer},
		general: true,
		witness: func(f *Fault) string {
			return "What the service answers is not what it should be, with tracing or without."
		},
		next: "Run the services and send the request with curl: the body and the log say more.",
	},
	{
		name:    "span-kind-missing",
		of:      shortfalls{evidence.WrongKind, evidence.NoSpan},
		at:      []station{atStarted},
		fact:    "the kind of the span that took the place",
		refines: []string{"transport-not-instrumented"},
		witness: func(f *Fault) string {
			if f.What == evidence.NoSpan && f.Kind != spans.KindClient {
				return ""
			}
			s := f.Span
			if f.What == evidence.NoSpan {
				s = callNamedBy(f.Evidence, f.Service, spans.KindInternal)
			}
			if s == nil {
				return ""
			}
			return fmt.Sprintf("The span %q has the kind %s, which is what a span gets when nobody says another. A backend tells the two ends of a call by the kinds server and client.", s.Name, s.Kind)
		},
		next: "Start it with trace.WithSpanKind: trace.SpanKindServer for the one who answers, trace.SpanKindClient for the one who calls.",
	},
	{
		name:    "health-check-traced",
		of:      shortfalls{evidence.ExtraSpan},
		fact:    "a span of the health check",
		refines: []string{"handler-wrapped-twice", "span-kind-repeated"},
		witness: func(f *Fault) string {
			if f.Name != "/healthz" {
				return ""
			}
			return fmt.Sprintf("The instrumentation of %s stands around /healthz, too. Somebody asks it every few seconds, and those traces hide the ones that matter.", f.Service)
		},
		next: "Wrap the handlers that do the work, or give otelhttp a filter: otelhttp.WithFilter.",
	},
	{
		name: "handler-wrapped-twice",
		of:   shortfalls{evidence.ExtraSpan},
		fact: "a server span that is the parent of another one of the same service",
		witness: func(f *Fault) string {
			if f.Kind != spans.KindServer || f.Name == f.spanTraceID() || !f.twiceByHTTP() {
				return ""
			}
			return fmt.Sprintf("%s makes more than one server span for one request: its handler is wrapped more than once%s.", f.Service, f.Source.Places(f.Source.Together(f.Source.Calls("otelhttp.NewHandler", "otelhttp.NewMiddleware"))))
		},
		next: "Wrap it in one place: around the mux, or around each handler.",
	},
	{
		name: "client-wrapped-twice",
		of:   shortfalls{evidence.ExtraSpan},
		fact: "a client span that is the parent of another one of the same service",
		witness: func(f *Fault) string {
			if f.Kind != spans.KindClient || !f.twiceByHTTP() {
				return ""
			}
			return fmt.Sprintf("%s makes more than one client span for one call: a transport stands around another one that makes a span already%s.", f.Service, f.Source.Places(f.Source.Calls("otelhttp.NewTransport")))
		},
		next: "Wrap http.DefaultTransport once, where the client is made.",
	},
	{
		name: "span-kind-repeated",
		of:   shortfalls{evidence.ExtraSpan},
		fact: "a span made by hand that is the parent or a child of one of its kind, client or server, in the same service",
		witness: func(f *Fault) string {
			if f.Name == f.spanTraceID() {
				return ""
			}
			upper, lower := f.twice()
			byHand := upper
			if upper != nil && isByHTTP(*upper) {
				byHand = lower
			}
			if byHand == nil || isByHTTP(*byHand) {
				return ""
			}
			place := ""
			if l := f.lifeOf(byHand.SpanID); l != nil {
				place = facts.Bracketed(l.Start.Stack)
			}
			return fmt.Sprintf("%s has two spans of the kind %s, one below the other, where there is one call, and %q is made by hand%s. A backend takes each of them for a call of its own.", f.Service, f.Kind, byHand.Name, place)
		},
		next: "Leave WithSpanKind out where otelhttp makes the span of the request: what is made by hand around or inside of it is internal.",
	},
	{
		name:    "span-named-after-url",
		of:      shortfalls{evidence.WrongName},
		fact:    "the name of the span",
		refines: []string{"span-name-varies"},
		witness: func(f *Fault) string {
			if f.Kind != spans.KindServer || !strings.ContainsAny(f.Span.Name, "?=") && !strings.Contains(f.Span.Name, "://") && !f.holdsInput(f.Span.Name) {
				return ""
			}
			return fmt.Sprintf("The span is called %q, after the URL of one request. Every visitor makes a new name that way, and then no backend can group or count them.", f.Span.Name)
		},
		next: "Let otelhttp name the span after the route: take out WithSpanNameFormatter, or use r.Pattern in it.",
	},
	{
		name: "request-copied-before-mux",
		of:   shortfalls{evidence.WrongName},
		fact: "a span that is called after the method alone",
		witness: func(f *Fault) string {
			if f.Kind != spans.KindServer || f.Span.Name != http.MethodGet {
				return ""
			}
			copies := slices.DeleteFunc(f.Source.Calls("WithContext", "Clone"), func(c source.Call) bool { return len(c.Args) != 1 })
			return fmt.Sprintf("The span is called GET only: otelhttp stands outside of the mux and learns the route from the request, but something in between hands the mux a copy of it%s.", f.Source.Places(copies))
		},
		next: "Put otelhttp.NewHandler inside of what copies the request, or around each handler.",
	},
	{
		name:    "span-not-named-after-route",
		of:      shortfalls{evidence.WrongName},
		general: true,
		witness: func(f *Fault) string {
			if f.Kind != spans.KindServer || strings.HasPrefix(f.Span.Name, http.MethodGet+" /") { // that is another route
				return ""
			}
			return fmt.Sprintf("The span is called %q. A server span is called after the method and the route, which the pattern of the mux gives.", f.Span.Name)
		},
		next: "Register the handler with a pattern that has a method, such as \"GET /fetch-external\", and let otelhttp name the span.",
	},
	{
		name: "route-unknown",
		of:   shortfalls{evidence.NoAttribute},
		fact: "a server span without http.route",
		witness: func(f *Fault) string {
			if f.Key != "http.route" {
				return ""
			}
			if !isByHTTP(*f.Span) {
				return "Nothing puts the route on the span. The mux knows it: it is in r.Pattern, as soon as the mux has chosen the handler."
			}
			return "The span does not know its route: otelhttp stands around the mux, and when its span starts, the mux has not chosen a pattern yet."
		},
		next: "Put otelhttp.NewHandler around each handler inside of the mux, or set semconv.HTTPRoute on the span in a handler.",
	},
	{
		name: "body-not-closed",
		of:   shortfalls{evidence.NoSpan},
		at:   []station{atEnded},
		fact: "the SDK counted the start of otelhttp's client span, and not its end",
		witness: func(f *Fault) string {
			lost := f.lost()
			if f.Kind != spans.KindClient || len(lost) == 0 || !lost[0].ByHTTP() {
				return ""
			}

			return "The call was made and answered, and its client span never ended: it lasts until the body of the answer is read to its end or closed."
		},
		next: "Close the body of the answer, whatever the answer is: defer response.Body.Close() right after the error of the call is checked.",
	},
	{
		name:    "otelhttp-span-ended",
		of:      shortfalls{evidence.NoAttribute, evidence.NoEvent, evidence.NoException, evidence.NoStatus, evidence.WrongStatus},
		fact:    "a span of otelhttp that the program has ended",
		refines: []string{"ended-too-early", "route-unknown"},
		witness: func(f *Fault) string {
			l := f.lifeInQuestion()
			if l == nil || !l.ByHTTP() || !l.End.Own {
				return ""
			}
			return fmt.Sprintf("This span is otelhttp's, and the program ends it%s. What otelhttp adds when the request is answered comes after that, and a span that has ended is sealed.", facts.At(l.End.Stack))
		},
		next: "Leave that End out: otelhttp ends its own span, and trace.SpanFromContext only lends it to you.",
	},
	{
		name:    "client-span-never-ended",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atEnded},
		fact:    "the SDK counted the start of the client span, and not its end",
		refines: []string{"span-never-ended"},
		witness: func(f *Fault) string {
			lost := f.lost()
			if f.Kind != spans.KindClient || len(lost) == 0 || lost[0].ByHTTP() {
				return ""
			}

			return fmt.Sprintf("The client span is started%s, and does not end on this way through the program.", facts.Bracketed(lost[0].Start.Stack))
		},
		next: "End the client span on every way out: defer span.End() right after Start.",
	},
	{
		name: "transport-not-instrumented",
		of:   shortfalls{evidence.NoSpan},
		at:   []station{atStarted},
		fact: "a call was made, and the SDK was asked for no client span",
		witness: func(f *Fault) string {
			// A filter or a tracer that does nothing looks the same.
			if f.Kind != spans.KindClient || f.nothingArrived() || len(f.Source.Calls("WithFilter")) > 0 || len(f.Source.Imports("go.opentelemetry.io/otel/trace/noop")) > 0 {
				return ""
			}
			if callNamedBy(f.Evidence, f.Service, spans.KindServer) != nil {
				return fmt.Sprintf("%s writes its server span into the headers of the call, but the call itself has no span: how long it took, and how it ended, nobody knows.", f.Service)
			}
			shortcut := ""
			if place := f.Source.DefaultClientCall(); place != "" {
				shortcut = " It is http.DefaultClient" + place + "."
			}
			return fmt.Sprintf("%s calls the other service with a client that nobody instruments, so there is no client span, and no traceparent goes out.%s", f.Service, shortcut)
		},
		next: "Give the http.Client a Transport from otelhttp.NewTransport, and make the call with that client.",
	},
	{
		name:    "failure-not-explained",
		of:      shortfalls{evidence.NoException},
		fact:    "no span of the request holds an exception",
		refines: []string{"status-without-error"},
		witness: func(f *Fault) string {
			if f.Kind != spans.KindServer {
				return ""
			}
			return fmt.Sprintf("The answer has a status of its own, but the reason is in none of the spans. The call itself went well, so its client span has nothing to tell: only %s knows what was wrong with the answer.", f.Service)
		},
		next: "Where the error is known, record it on the server span: trace.SpanFromContext(r.Context()).RecordError(err).",
	},
	{
		name: "status-error-for-4xx",
		of:   shortfalls{evidence.WrongStatus},
		fact: "the status of the span, and that of the answer",
		witness: func(f *Fault) string {
			if f.Kind != spans.KindServer || f.Got != spans.StatusError || f.Want != spans.StatusUnset {
				return ""
			}
			return "The caller's mistake is counted as the server's: a server span has the status Error for 5xx, and stays unset for 4xx (semantic conventions, HTTP server spans)."
		},
		next: "Leave the status of the server span alone: the status code of the answer says it all.",
	},
	{
		name:    "status-wrong",
		of:      shortfalls{evidence.WrongStatus},
		general: true,
		witness: func(f *Fault) string {
			return fmt.Sprintf("The %s span of %s does not say how the request ended: its status is %v.", f.Kind, f.Service, f.Got)
		},
		next: "Answer with the right status code, and let the instrumentation mark the spans; a client span made by hand needs SetStatus when the call fails.",
	},
}

// logsTraces tells whether a line of the service's log holds the id of a trace.
func (f *Fault) logsTraces() bool {
	p := f.process()
	return slices.ContainsFunc(f.Evidence.Spans(), func(s spans.Span) bool { return strings.Contains(p.Stderr.String(), s.TraceID) })
}

// cancelled tells whether a client span ended because its context was cancelled.
func cancelled(s spans.Span) bool {
	return s.Kind == spans.KindClient && strings.Contains(s.Status.Description, "context canceled")
}

// answeredWith tells whether a client span knows the status code of its answer
// (semantic conventions, HTTP client spans), which comes before the body.
func answeredWith(s spans.Span) bool {
	return s.Attributes.Get("http.response.status_code") != nil
}

// callNamedBy gives a span of that service and kind that a request to another
// service named as its parent, or nil.
func callNamedBy(e *evidence.Evidence, service string, kind spans.Kind) *spans.Span {
	carried, _ := e.Sent()
	for _, c := range carried {
		if s := e.Span(c.SpanID); s != nil && s.Service() == service && s.Kind == kind {
			return s
		}
	}
	return nil
}

// twice gives a span of the service and kind in question, and the one below it,
// where that is such a span too, or nil.
func (f *Fault) twice() (upper, lower *spans.Span) {
	for _, s := range f.Evidence.Spans() {
		parent := f.Evidence.Span(s.ParentID)
		if f.Span != nil && s.TraceID != f.Span.TraceID {
			continue
		}
		if s.Kind == f.Kind && s.Service() == f.Service && parent != nil && parent.Kind == f.Kind && parent.Service() == f.Service {
			return parent, &s
		}
	}
	return nil, nil
}

// twiceByHTTP tells whether the instrumentation made both of them.
func (f *Fault) twiceByHTTP() bool {
	upper, lower := f.twice()
	return upper != nil && isByHTTP(*upper) && isByHTTP(*lower)
}

// isByHTTP tells whether the instrumentation of net/http made a span.
func isByHTTP(s spans.Span) bool { return strings.HasSuffix(s.Scope, "/otelhttp") }
