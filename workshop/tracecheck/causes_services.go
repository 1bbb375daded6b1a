package tracecheck

import (
	"fmt"
	"go/ast"
	"net/http"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// serviceCauses are of services that answer wrongly, or leave the wrong spans
// for a request.
var serviceCauses = []cause{
	{
		name: "failure-answered-with-200",
		of:   []Shortfall{WrongAnswer},
		sees: func(f *finding) string {
			if want, _ := f.Want.(int); f.Got != http.StatusOK || want < 400 {
				return ""
			}
			return "The request failed, and the answer says 200. The caller takes it for a success, and so does the span: otelhttp marks a server span as an error when the status is 5xx."
		},
		next: "Answer with the status that says what happened, before you write the body.",
	},
	{
		name: "wrong-answer",
		of:   []Shortfall{WrongAnswer},
		sees: func(f *finding) string {
			return "What the service answers is not what it should be, with tracing or without."
		},
		next: "Run the services and send the request with curl: the body and the log say more.",
	},
	{
		name: "same-service-name",
		of:   []Shortfall{NoSpan, WrongName},
		sees: func(f *finding) string {
			for _, s := range f.evidence.Spans() {
				if f.Service != "" && s.Service() != f.Service && s.Name == f.Name && s.Kind == f.Kind {
					return fmt.Sprintf("The span %q is there, but its resource calls the service %q.", s.Name, s.Service())
				}
			}
			return ""
		},
		next: "Give each service a resource with its own service.name.",
	},
	{
		name: "health-check-traced",
		of:   []Shortfall{ExtraSpan},
		sees: func(f *finding) string {
			if f.Name != "/healthz" {
				return ""
			}
			return "The instrumentation stands around /healthz, too. Somebody asks it every few seconds, and those traces hide the ones that matter."
		},
		next: "Wrap the handlers that do the work, or give otelhttp a filter: otelhttp.WithFilter.",
	},
	{
		name: "handler-wrapped-twice",
		of:   []Shortfall{ExtraSpan},
		sees: func(f *finding) string {
			if f.Kind != spans.KindServer {
				return ""
			}
			return fmt.Sprintf("%s makes more than one server span for one request: its handler is wrapped more than once, around the mux and around the route maybe.", f.Service)
		},
		next: "Wrap it in one place.",
	},
	{
		name: "client-wrapped-twice",
		of:   []Shortfall{ExtraSpan},
		sees: func(f *finding) string {
			if f.Kind != spans.KindClient {
				return ""
			}
			return fmt.Sprintf("%s makes more than one client span for one call: a transport is wrapped around another that is wrapped already.", f.Service)
		},
		next: "Wrap http.DefaultTransport once, where the client is made.",
	},
	{
		name: "span-named-after-url",
		of:   []Shortfall{WrongName},
		sees: func(f *finding) string {
			if f.Kind != spans.KindServer || !strings.ContainsAny(f.Span.Name, "?=") && !strings.Contains(f.Span.Name, "://") {
				return ""
			}
			return fmt.Sprintf("The span is called %q, after the URL of one request. Every visitor makes a new name that way, and then no backend can group or count them.", f.Span.Name)
		},
		next: "Let otelhttp name the span after the route: take out WithSpanNameFormatter, or use r.Pattern in it.",
	},
	{
		name: "span-not-named-after-route",
		of:   []Shortfall{WrongName},
		sees: func(f *finding) string {
			if f.Kind != spans.KindServer {
				return ""
			}
			return fmt.Sprintf("The span is called %q. A server span is called after the method and the route, which the pattern of the mux gives.", f.Span.Name)
		},
		next: "Register the handler with a pattern that has a method, such as \"GET /fetch-external\", and let otelhttp name the span.",
	},
	{
		name: "body-not-closed",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if f.Kind != spans.KindClient || !f.hasOrphan() {
				return ""
			}
			return "The call was made and answered, and its client span never ended: it lasts until the body of the answer is read to its end or closed."
		},
		next: "Close the body of the answer: defer response.Body.Close().",
	},
	{
		name: "transport-not-instrumented",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if f.Kind != spans.KindClient {
				return ""
			}
			return fmt.Sprintf("%s called the other service with a client that nobody instruments, so there is no client span, and no traceparent goes out.", f.Service)
		},
		next: "Give the http.Client a Transport from otelhttp.NewTransport.",
	},
}

// hasOrphan tells whether a span arrived whose parent did not, though its trace
// did; or a request reached another server whose client span did not arrive.
func (f *finding) hasOrphan() bool {
	for _, header := range f.evidence.Upstream {
		if fields := strings.Split(header.Get("traceparent"), "-"); len(fields) == 4 && !f.evidence.hasSpan(fields[2]) {
			return true
		}
	}
	for _, trace := range spans.Group(f.evidence.Spans()) {
		for _, s := range trace.Spans {
			isParent := func(other spans.Span) bool { return other.SpanID == s.ParentID }
			if s.ParentID != "" && !slices.ContainsFunc(trace.Spans, isParent) && !f.evidence.fromCaller(s) {
				return true
			}
		}
	}
	return false
}

func (e *Evidence) hasSpan(id string) bool {
	return slices.ContainsFunc(e.Spans(), func(s spans.Span) bool { return s.SpanID == id })
}

// fromCaller tells whether the parent of a span is a caller's, outside.
func (e *Evidence) fromCaller(s spans.Span) bool {
	return slices.ContainsFunc(e.Exchanges, func(x *Exchange) bool {
		return slices.ContainsFunc(x.Header["traceparent"], func(value string) bool { return strings.Contains(value, s.ParentID) })
	})
}

// routeCause is of a server span that does not know its route.
var routeCause = cause{
	name: "route-unknown",
	of:   []Shortfall{NoAttribute},
	sees: func(f *finding) string {
		if f.Key != "http.route" {
			return ""
		}
		return "The span does not know its route: otelhttp stands around the mux, and when its span starts, the mux has not chosen a pattern yet."
	},
	next: "Put otelhttp.NewHandler around each handler inside of the mux, or set semconv.HTTPRoute(r.Pattern) on the span in a handler.",
}

// traceCauses are of traces that fall apart.
var traceCauses = []cause{
	{
		name: "public-endpoint",
		of:   []Shortfall{Severed},
		sees: func(f *finding) string {
			for _, s := range f.evidence.Spans() {
				if s.Kind == spans.KindServer && len(s.Links) > 0 {
					return fmt.Sprintf("%s began a trace of its own, and only linked it to the caller's: that is what the public-endpoint option asks for. It is meant for the edge of the network.", s.Service())
				}
			}
			return ""
		},
		next: "Take WithPublicEndpoint out: here the caller can be trusted.",
	},
	{
		name: "context-background",
		of:   []Shortfall{Severed},
		sees: func(f *finding) string {
			if f.Kind == spans.KindServer || len(f.evidence.Upstream) > 0 {
				return ""
			}
			for _, c := range f.source.calls("context.Background", "context.TODO") {
				if f.source.makesSpanOrRequest(c.in) {
					return fmt.Sprintf("context.%s at %s cuts the trace: the active span travels in the context, and that one is empty.", c.name, f.source.at(c))
				}
			}
			return ""
		},
		next: "Hand on the context that you were given: r.Context() in a handler, ctx below it.",
	},
	{
		name: "request-without-context",
		of:   []Shortfall{Severed},
		sees: func(f *finding) string {
			if f.Kind != spans.KindClient || len(f.evidence.Upstream) > 0 {
				return ""
			}
			calls := f.source.calls("http.NewRequest", "Get", "Head", "Post", "PostForm")
			calls = slices.DeleteFunc(calls, func(c call) bool {
				return c.name != "NewRequest" && !strings.HasPrefix(c.receiver, "http") && !takesURL(c)
			})
			if len(calls) == 0 {
				return ""
			}
			return fmt.Sprintf("The client span began a trace of its own: the request to the other service (%s) does not carry the context in which the server span is.", f.source.at(calls[0]))
		},
		next: "Make the request with http.NewRequestWithContext, and the context that comes from r.Context().",
	},
	{
		name: "no-propagator",
		of:   []Shortfall{Severed},
		sees: func(f *finding) string {
			with, without := f.propagation()
			if len(with) > 0 || len(without) == 0 {
				return ""
			}
			return fmt.Sprintf("%s started a trace of its own: no traceparent reached it, because no propagator is set.", f.severedService())
		},
		next: "Set the propagators: otel.SetTextMapPropagator with propagation.TraceContext{}.",
	},
	{
		name: "propagators-differ",
		of:   []Shortfall{Severed},
		sees: func(f *finding) string {
			for _, p := range f.evidence.Processes {
				note := p.returned()
				if note != nil && len(note.Propagates) > 0 && !slices.Contains(note.Propagates, "traceparent") && !slices.Equal(note.Propagates, []string{"baggage"}) {
					return fmt.Sprintf("%s started a trace of its own: the services speak different formats. %s writes and reads %s, not traceparent.", f.severedService(), p.Args[0], strings.Join(note.Propagates, ", "))
				}
			}
			return ""
		},
		next: "Use the W3C propagator in both services: propagation.TraceContext{}.",
	},
	{
		name: "propagator-in-one-service",
		of:   []Shortfall{Severed},
		sees: func(f *finding) string {
			with, without := f.propagation()
			if len(with) == 0 || len(without) == 0 {
				return ""
			}
			return fmt.Sprintf("%s sets a propagator, and %s does not. The one that calls has to write traceparent, the one that answers has to read it.", with[0], without[0])
		},
		next: "Set the propagators in both services.",
	},
	{
		name: "trace-severed",
		of:   []Shortfall{Severed},
		sees: func(f *finding) string {
			return "Two spans of one request are in two traces: somewhere in between the context is not handed on."
		},
		next: "Follow the context from r.Context() to the place where the second span is started.",
	},
	{
		name: "context-reassigned",
		of:   []Shortfall{WrongParent},
		sees: func(f *finding) string {
			for _, s := range f.evidence.Spans() {
				if f.Span != nil && s.SpanID == f.Span.ParentID && s.Name == f.Span.Name {
					return fmt.Sprintf("One %s span is the parent of the next: the context of the one before is used to start it. A loop assigns to the ctx that it also starts from.", s.Name)
				}
			}
			return ""
		},
		next: "Keep the parent's context: inside of the loop declare a new variable, ctx, span := ..., or start the span in the goroutine.",
	},
	{
		name: "context-thrown-away",
		of:   []Shortfall{WrongParent},
		sees: func(f *finding) string {
			if f.Span == nil {
				return ""
			}
			return fmt.Sprintf("The %s span is a sibling where it should be a child: the context that Start gave for its parent was not handed on to it.", f.Span.Name)
		},
		next: "Use both results of Start, ctx, span := ..., and hand that ctx on.",
	},
}

// severedService names the service whose span begins a trace in error.
func (f *finding) severedService() string {
	if f.Service != "" {
		return f.Service
	}
	return "the service"
}

// propagation gives the services whose global propagator knows traceparent, and
// those whose does not. A service whose main did not return counts as neither.
func (f *finding) propagation() (with, without []string) {
	for _, p := range f.evidence.Processes {
		note := p.returned()
		switch {
		case note == nil || len(p.Args) == 0:
		case slices.Contains(note.Propagates, "traceparent"):
			with = append(with, p.Args[0])
		default:
			without = append(without, p.Args[0])
		}
	}
	return with, without
}

// makesSpanOrRequest tells whether a function starts a span or makes a request,
// or has a request to answer.
func (s *source) makesSpanOrRequest(function *ast.FuncDecl) bool {
	here := func(c call) bool { return c.in == function }
	if slices.ContainsFunc(s.startCalls(), here) || slices.ContainsFunc(s.calls("NewRequestWithContext", "WithContext"), here) {
		return true
	}
	for _, param := range function.Type.Params.List {
		star, ok := param.Type.(*ast.StarExpr)
		if !ok {
			continue
		}
		if selector, ok := star.X.(*ast.SelectorExpr); ok && selector.Sel.Name == "Request" {
			return true
		}
	}
	return false
}

// takesURL tells whether the call's arguments could be those of http.Client's
// Get, and not those of a map-like Get.
func takesURL(c call) bool {
	if len(c.args) == 0 {
		return false
	}
	selector, ok := c.args[0].(*ast.SelectorExpr)
	return ok && strings.Contains(strings.ToLower(selector.Sel.Name), "url")
}

// nestingCauses are of spans inside of a service.
var nestingCauses = []cause{
	routeCause,
	{
		name: "event-on-wrong-span",
		of:   []Shortfall{NoEvent},
		sees: func(f *finding) string {
			for _, s := range f.evidence.Spans() {
				if f.Span != nil && s.SpanID != f.Span.SpanID && s.Event(f.Name) != nil {
					return fmt.Sprintf("The event %s is on the span %q. trace.SpanFromContext gives the span of the context that it is given, and that one was the outer one.", f.Name, s.Name)
				}
			}
			return ""
		},
		next: "Add the event to the span that Start gave you.",
	},
	{
		name: "error-on-wrong-span",
		of:   []Shortfall{NoException, NoStatus},
		sees: func(f *finding) string {
			for _, s := range f.evidence.Spans() {
				if f.Span != nil && s.SpanID != f.Span.SpanID && s.TraceID == f.Span.TraceID && s.Kind == spans.KindServer && s.Event("exception") != nil && f.Span.Event("exception") == nil {
					return fmt.Sprintf("The error is on the span %q. It happened in %q, and that is where one looks for it.", s.Name, f.Span.Name)
				}
			}
			return ""
		},
		next: "Record the error on the span of the work that failed.",
	},
	{
		name: "status-error-for-4xx",
		of:   []Shortfall{WrongStatus},
		sees: func(f *finding) string {
			if f.Span == nil || f.Span.Kind != spans.KindServer || f.Got != spans.StatusError {
				return ""
			}
			return "The caller's mistake is counted as the server's: a server span has the status Error for 5xx, and stays unset for 4xx (semantic conventions, HTTP server spans)."
		},
		next: "Leave the status of the server span alone when the request was bad.",
	},
	{
		name: "status-wrong",
		of:   []Shortfall{WrongStatus},
		sees: func(f *finding) string {
			return fmt.Sprintf("The status of the span is %v.", f.Got)
		},
		next: "Let the answer's status code say what happened: otelhttp marks 5xx as an error on the server's side, and a failed call on the client's.",
	},
	{
		name: "defer-in-loop",
		of:   []Shortfall{WrongTime},
		sees: func(f *finding) string {
			if f.Key != "end time" {
				return ""
			}
			return "A defer runs when the function returns, not at the end of the loop's turn: all of these spans end together, with the last one."
		},
		next: "Start and end the span in the function that does one chunk's work.",
	},
	{
		name: "chunks-in-sequence",
		of:   []Shortfall{WrongTime},
		sees: func(f *finding) string {
			if f.Name != "compute-chunk" {
				return ""
			}
			return "The chunks are computed one after the other, not at the same time."
		},
		next: "Start a goroutine for each chunk, and wait for all of them.",
	},
	{
		name: "span-too-short",
		of:   []Shortfall{WrongTime},
		sees: func(f *finding) string {
			return "The span ends before the work that it stands for does."
		},
		next: "Let the span cover the whole of the work, from before it begins to when it is done.",
	},
	{
		name: "ended-before-children",
		of:   []Shortfall{Outlives},
		sees: func(f *finding) string {
			return fmt.Sprintf("%s is ended while work below it still goes on, so its duration says nothing.", f.Name)
		},
		next: "End the span when its work is done: defer span.End() in the function that waits for the work.",
	},
	{
		name: "return-without-end",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if f.Kind != "" || f.nothingArrived() || !f.hasOrphan() {
				return ""
			}
			return fmt.Sprintf("Children of a span arrived and the span %s itself did not: on this way through the program it never ends.", f.Name)
		},
		next: "Call defer span.End() right after Start: it covers every return.",
	},
}
