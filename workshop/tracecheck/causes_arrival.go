package tracecheck

import (
	"context"
	"fmt"
	"go/ast"
	"net/url"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/tracecheck/receiver"
	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// arrivalCauses are of spans that do not arrive.
var arrivalCauses = []cause{
	{
		name:    "tls-to-plaintext",
		of:      []Shortfall{NoSpan},
		at:      []station{atExported, atSent, atReceived},
		witness: "a connection that began with a TLS handshake",
		refines: []string{"endpoint-hard-coded", "shutdown-context-cancelled", "no-shutdown"},
		sees: func(f *finding) string {
			if !f.connected(receiver.TLS) {
				return ""
			}
			return "Your exporter reached the collector and began a TLS handshake, but the collector speaks plain text."
		},
		next: "Take out the TLS credentials: an endpoint that begins with http:// means plain text.",
	},
	{
		name:    "http-exporter-on-grpc-port",
		of:      []Shortfall{NoSpan},
		at:      []station{atExported, atSent, atReceived},
		witness: "a connection that began with a request of HTTP/1.1",
		refines: []string{"endpoint-hard-coded", "still-on-stdout"},
		sees: func(f *finding) string {
			if !f.connected(receiver.HTTP1) {
				return ""
			}
			return "Your exporter speaks OTLP over HTTP, but it is the collector's gRPC port that it reached."
		},
		next: "Use otlptracegrpc, which speaks OTLP over gRPC (port 4317); otlptracehttp belongs to port 4318.",
	},
	{
		name:    "endpoint-with-scheme",
		of:      []Shortfall{NoSpan},
		at:      []station{atExported, atSent, atReceived},
		witness: "the exporter was given spans, and nobody connected",
		refines: []string{"endpoint-hard-coded", "http-port-with-grpc"},
		sees: func(f *finding) string {
			for _, c := range f.endpointCalls() {
				text, isLiteral := c.text(0)
				if strings.Contains(text, "://") || !isLiteral && f.source.quotes("OTEL_EXPORTER_OTLP_ENDPOINT") {
					return fmt.Sprintf("WithEndpoint (%s) takes host:port, and it is given a URL: nobody can resolve a host called http.", f.source.at(c))
				}
			}
			return ""
		},
		next: "Take WithEndpoint out: otlptracegrpc.New reads OTEL_EXPORTER_OTLP_ENDPOINT itself. For a URL in code there is WithEndpointURL.",
	},
	{
		name:    "http-port-with-grpc",
		of:      []Shortfall{NoSpan},
		at:      []station{atExported, atSent, atReceived},
		witness: "the exporter was given spans, and nobody connected",
		refines: []string{"endpoint-hard-coded"},
		sees: func(f *finding) string {
			for _, c := range f.endpointCalls() {
				if text, _ := c.text(0); strings.Contains(text, ":4318") {
					return fmt.Sprintf("The endpoint in your code (%s) is port 4318: that is where collectors take OTLP over HTTP, and your exporter speaks gRPC. It overrides OTEL_EXPORTER_OTLP_ENDPOINT, too.", f.source.at(c))
				}
			}
			return ""
		},
		next: "Take the endpoint out of the code, and let OTEL_EXPORTER_OTLP_ENDPOINT name it (gRPC: port 4317).",
	},
	{
		name:    "endpoint-hard-coded",
		of:      []Shortfall{NoSpan},
		at:      []station{atExported, atSent, atReceived},
		witness: "the exporter was given spans, and nobody connected",
		refines: []string{"shutdown-context-cancelled"},
		sees: func(f *finding) string {
			calls := append(f.endpointCalls(), f.source.calls("WithEndpointURL")...)
			calls = append(calls, f.source.overriding("OTEL_EXPORTER_OTLP_")...)
			if len(calls) == 0 || f.evidence.Collector == nil || len(f.evidence.Collector.Connections()) > 0 {
				return ""
			}
			return fmt.Sprintf("Nobody connected to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names: the endpoint in your code (%s) overrides it.", f.source.at(calls[0]))
		},
		next: "Take the endpoint out of the code: otlptracegrpc.New reads OTEL_EXPORTER_OTLP_ENDPOINT itself.",
	},
	{
		name:    "exporter-on-stderr",
		of:      []Shortfall{NoSpan},
		witness: "the span on stderr",
		sees: func(f *finding) string {
			if f.evidence.Collector != nil || len(spansIn(f.process().Stderr)) == 0 {
				return ""
			}
			return "The span is there, but it was written to stderr."
		},
		next:  "Leave WithWriter out: stdouttrace.New writes to stdout by itself.",
		setup: true,
	},
	{
		name:    "still-on-stdout",
		of:      []Shortfall{NoSpan, WrongOutput},
		witness: "the span on stdout",
		sees: func(f *finding) string {
			if f.evidence.Collector == nil || len(f.evidence.Printed) == 0 {
				return ""
			}
			if f.nothingArrived() {
				return "The span went to stdout, and nobody connected to the collector: your provider still has the exporter of step 1."
			}
			return "The span reached the collector, but it was printed on stdout as well: your provider still has the exporter of step 1, too."
		},
		next: "Replace the stdouttrace exporter with one from otlptracegrpc.New.",
	},
	{
		name:    "no-provider",
		of:      []Shortfall{NoSpan},
		at:      []station{atProvider},
		witness: "no provider announced itself to the log of the SDK",
		sees: func(f *finding) string {
			// Where the source makes one, something kept it from that.
			if len(f.source.calls("NewTracerProvider")) > 0 {
				return ""
			}
			return "No tracer provider was made. Without one, otel.Tracer gives a tracer whose spans do nothing, and nothing is all you see."
		},
		next:  "Make a provider with sdktrace.NewTracerProvider, and register it with otel.SetTracerProvider.",
		setup: true,
	},
	{
		name:    "wrong-provider-registered",
		of:      []Shortfall{NoSpan},
		at:      []station{atProcessed, atExported, atReceived},
		witness: "the span was made by the registered provider, and another one has the processor",
		refines: []string{"no-shutdown", "shutdown-context-cancelled"},
		sees: func(f *finding) string {
			bare := func(p *providerNote) bool { return len(p.Processors) == 0 }
			lost := f.lost()
			if !f.nothingArrived() || !slices.ContainsFunc(f.process().providers(), bare) || !f.hasProcessor() || len(lost) == 0 || lost[0].start.Foreign {
				return ""
			}
			return fmt.Sprintf("Your program makes %d tracer providers, and the one that otel.Tracer uses is not the one with the exporter.", len(f.process().providers()))
		},
		next:  "Make one provider, with all its options, and register that one.",
		setup: true,
	},
	{
		name:    "provider-not-registered",
		of:      []Shortfall{NoSpan},
		at:      []station{atRegistered, atStarted},
		witness: "a provider announced itself, and when main returned the global one was none of the SDK",
		sees: func(f *finding) string {
			unregistered := f.state() == providerNone || f.state() == "" && len(f.source.calls("SetTracerProvider")) == 0
			if !f.nothingArrived() || len(f.process().starts()) > 0 || !unregistered {
				return ""
			}
			return "Your program makes a tracer provider and never registers it. otel.Tracer knows only the registered one, so it gave you a tracer whose spans do nothing."
		},
		next:  "Call otel.SetTracerProvider with your provider.",
		setup: true,
	},
	{
		name:    "exporter-not-used",
		of:      []Shortfall{NoSpan},
		at:      []station{atStarted, atProcessed},
		witness: "no provider has a span processor",
		refines: []string{"no-span-started", "handler-not-wrapped", "no-exporter"},
		sees: func(f *finding) string {
			exporters := f.source.exporterCalls()
			if !f.unprocessed() || len(exporters) == 0 {
				return ""
			}
			return fmt.Sprintf("Your program makes an exporter (%s), but the tracer provider does not know it: its spans end, and nobody takes them.", f.source.at(exporters[0]))
		},
		next:  "Give the exporter to sdktrace.NewTracerProvider, in an option such as sdktrace.WithBatcher(exporter).",
		setup: true,
	},
	{
		name:    "no-exporter",
		of:      []Shortfall{NoSpan},
		at:      []station{atStarted, atProcessed},
		refines: []string{"no-span-started", "handler-not-wrapped"},
		witness: "no provider has a span processor",
		sees: func(f *finding) string {
			if !f.unprocessed() {
				return ""
			}
			return "Your tracer provider has no exporter: its spans start and end, and nobody takes them."
		},
		next:  "Make an exporter, and give it to sdktrace.NewTracerProvider.",
		setup: true,
	},
	{
		name:    "sampled-out",
		of:      []Shortfall{NoSpan},
		at:      []station{atSampled},
		witness: "the result of the sampler",
		sees: func(f *finding) string {
			_, seen := f.missed()
			return seen + " So nobody gets to see it."
		},
		next:  "Take the sampler out: without one, a provider samples every trace.",
		setup: true,
	},
	{
		name:    "killed-by-signal",
		of:      []Shortfall{NoSpan, WrongExit},
		witness: "the state of the process: a signal ended it",
		refines: []string{"span-never-ended", "return-without-end", "no-shutdown", "exit-skips-shutdown", "wrong-exit-code", "body-not-closed", "client-span-never-ended"},
		sees: func(f *finding) string {
			if !f.process().stopped || signalled(f.process().cmd.ProcessState) == "" {
				return ""
			}
			if f.Kind != "" {
				return fmt.Sprintf("The signal to stop (%s) ended %s on the spot: the spans that still waited in the batch are lost.", signalled(f.process().cmd.ProcessState), f.Service)
			}
			return "Ctrl-C ended your program on the spot, with the span still open."
		},
		next: "Let signal.NotifyContext catch the signal, as the given main does, and hand its context on.",
	},
	{
		name:    "handler-not-wrapped",
		of:      []Shortfall{NoSpan},
		at:      []station{atStarted},
		witness: "the service answered, and the SDK was asked for no server span",
		sees: func(f *finding) string {
			// A filter or a tracer that does nothing looks the same.
			if f.Kind != spans.KindServer || len(f.source.calls("WithFilter")) > 0 || len(f.source.imports("go.opentelemetry.io/otel/trace/noop")) > 0 {
				return ""
			}
			return fmt.Sprintf("%s answered the request, and nothing made a span for it: no instrumentation stands around its handler.", f.Service)
		},
		next: "Wrap the handler with otelhttp.NewHandler, in both services.",
	},
	{
		name:    "shutdown-context-cancelled",
		of:      []Shortfall{NoSpan},
		at:      []station{atExported, atSent},
		witness: "the processor was shut down, and what it held was not exported",
		refines: []string{"no-shutdown"},
		sees: func(f *finding) string {
			closed := f.process().closed()
			// With a context that is over the provider does not even ask its processors.
			// It looks the same where main does not wait for Shutdown.
			unasked := closed == nil && f.state() == providerShutDown && !slices.ContainsFunc(f.source.calls("Shutdown", "shutdown"), f.source.inGoroutine)
			if closed == nil && !unasked && !f.process().complainsOfCancel() || f.process().failedExport() != nil && !f.process().complainsOfCancel() {
				return ""
			}
			when := "Shutdown was called"
			if f.process().stopped {
				when = "After the signal to stop, Shutdown was called"
			}
			place := ""
			if closed != nil {
				place = at(closed.Stack)
			}
			return fmt.Sprintf("%s%s, and came back before the spans that waited in the batch were exported: its context was over by then, or nearly.", when, place)
		},
		next: "Shut down with a context of its own: context.WithTimeout(context.WithoutCancel(ctx), flushTimeout).",
	},
	{
		name:    "exit-skips-shutdown",
		of:      []Shortfall{NoSpan},
		at:      []station{atEnded, atExported},
		witness: "main did not return, and no signal ended the program",
		refines: []string{"no-shutdown", "span-never-ended", "return-without-end"},
		sees: func(f *finding) string {
			exits := f.source.exits()
			p := f.process()
			if p.returned() != nil || p.closed() != nil || p.cmd == nil || signalled(p.cmd.ProcessState) != "" || len(exits) == 0 {
				return ""
			}
			return fmt.Sprintf("The program leaves through %s (%s), and no deferred function runs then: neither span.End nor the shutdown of the provider.", exits[0].receiver+"."+exits[0].name, f.source.at(exits[0]))
		},
		next: "Return an error instead, and leave os.Exit to main.",
	},
	{
		name:    "no-shutdown",
		of:      []Shortfall{NoSpan},
		at:      []station{atExported},
		witness: "a batch span processor was made, and none was shut down",
		sees: func(f *finding) string {
			untold := f.process().returned() == nil && len(f.source.calls("Shutdown", "ForceFlush", "shutdown")) > 0
			if f.process().closed() != nil || f.state() == providerShutDown || untold || !f.usesProcessor("*trace.batchSpanProcessor") {
				return ""
			}
			if f.Kind != "" {
				return fmt.Sprintf("%s made spans, and they still waited in the batch when it exited: its provider was never shut down.", f.Service)
			}
			return "The span ended, but it was still waiting in the batch when the program exited: the provider was never shut down."
		},
		next:  "Make sure that the provider's Shutdown is called before the program exits.",
		setup: true,
	},
	{
		name:    "no-span-started",
		of:      []Shortfall{NoSpan},
		at:      []station{atStarted},
		witness: "the SDK was asked for no span",
		refines: []string{"span-missing"},
		sees: func(f *finding) string {
			if f.Kind != "" || len(f.process().starts()) > 0 || len(f.source.startCalls()) > 0 {
				return ""
			}
			return "Tracing is set up, but your program starts no span."
		},
		next: "Start a span with otel.Tracer(...).Start, and end it with span.End.",
	},
	{
		name:    "span-never-ended",
		of:      []Shortfall{NoSpan},
		at:      []station{atEnded},
		witness: "the SDK counted the start of the span, and not its end",
		sees: func(f *finding) string {
			lost := f.lost()
			if len(lost) == 0 || lost[0].byHTTP() {
				return ""
			}
			return "The span is started" + bracketed(lost[0].start.Stack) + ", but it never ends on this way through the program. A span is exported when it ends, and not before."
		},
		next: "Call defer span.End() right after Start.",
	},
	{
		name:    "shutdown-before-end",
		of:      []Shortfall{NoSpan},
		at:      []station{atStarted, atProcessed},
		witness: "the provider was shut down when the span ended, or before any was started",
		refines: []string{"span-missing", "no-span-started", "provider-not-registered", "handler-not-wrapped"},
		sees: func(f *finding) string {
			lost, closed := f.lost(), f.process().closed()
			if len(lost) > 0 {
				if lost[0].end == nil || !lost[0].end.Late {
					return ""
				}
				return fmt.Sprintf("The provider was shut down first, and the span ended%s after that: by then nobody took it any more. Deferred calls run in reverse order, the last one first.", at(lost[0].end.Stack))
			}
			// The SDK does not start spans for a provider that was shut down. That it
			// started none at all has other reasons, too.
			if f.Kind != "" && closed != nil && f.process().stopped && closed.Time.Before(f.process().stoppedAt) {
				return fmt.Sprintf("The provider of %s was shut down%s while the service went on: spans that come after that are taken by nobody.", f.Service, at(closed.Stack))
			}
			if f.Kind != "" || len(f.process().starts()) > 0 || len(f.source.startCalls()) == 0 {
				return ""
			}
			place := f.source.shutdownFirst()
			switch {
			case closed != nil && closed.Early:
				place = at(closed.Stack)
			case f.state() != providerShutDown || place == "":
				return ""
			}
			return fmt.Sprintf("The provider was shut down%s, and by then no span had been started: one that comes after that is taken by nobody.", place)
		},
		next: "Defer the shutdown before you start the span, or end the span in a function that returns earlier.",
	},
	{
		name:    "span-name-varies",
		of:      []Shortfall{NoSpan, WrongName},
		witness: "the name of the span that arrived",
		refines: []string{"span-name-wrong", "span-missing", "span-not-named-after-route"},
		sees: func(f *finding) string {
			for _, s := range f.evidence.Spans() {
				if s.Name != f.Name && strings.Contains(s.Name, f.Name) && f.holdsInput(s.Name) {
					return fmt.Sprintf("The span is called %q. With values in it every span has a name of its own, and then no backend can group or count them.", s.Name)
				}
			}
			return ""
		},
		next: "Keep the name fixed, and put what varies in attributes.",
	},
	{
		name:    "span-name-wrong",
		of:      []Shortfall{NoSpan, WrongName},
		witness: "the name of the span that arrived",
		refines: []string{"span-missing"},
		sees: func(f *finding) string {
			for _, s := range f.evidence.Spans() {
				if f.Kind == "" && s.Kind == spans.KindInternal && f.isMeant(s) && !f.source.quotes(`"`+f.Name+`"`) {
					return fmt.Sprintf("A span arrived, but it is called %q, not %q.", s.Name, f.Name)
				}
			}
			return ""
		},
		next: "Give the span the name that the lesson asks for.",
	},
	{
		name:    "tracer-of-other-provider",
		of:      []Shortfall{NoSpan},
		at:      []station{atSampled, atProcessed, atExported, atReceived},
		witness: "the span was started by a provider that was not the registered one",
		refines: []string{"no-shutdown", "shutdown-context-cancelled", "exporter-not-used", "no-exporter", "sampled-out", "wrong-provider-registered"},
		sees: func(f *finding) string {
			lost := f.lost()
			if len(lost) == 0 || !lost[0].start.Foreign {
				return ""
			}
			return fmt.Sprintf("The program makes %s. The one that started this span%s was not the registered one.", plural(len(f.process().providers()), "tracer provider"), at(lost[0].start.Stack))
		},
		next: "Get the tracer with otel.Tracer, which asks the registered provider.",
	},
	{
		name:    "span-missing",
		of:      []Shortfall{NoSpan},
		at:      []station{atStarted},
		general: true,
		sees: func(f *finding) string {
			// Where the source starts one, something kept it from that.
			if f.Kind != "" || f.nothingArrived() || len(f.source.starts(f.Name)) > 0 {
				return ""
			}
			return fmt.Sprintf("Other spans arrived, but nothing starts a span called %s on this way through the program.", f.Name)
		},
		next: "Start the span where its work begins, and end it when the work is done.",
	},
	{
		name:    "extra-span",
		of:      []Shortfall{ExtraSpan},
		general: true,
		sees: func(f *finding) string {
			if f.Kind != "" { // those of a library
				return ""
			}
			return "One piece of work is one span here; more than one was started and ended."
		},
		next: "Start the span once, and put what you want to tell about it in attributes and events.",
	},
}

// holdsInput tells whether a name holds something that the play put into the
// program: an argument, or a value in a URL.
func (f *finding) holdsInput(name string) bool {
	var inputs []string
	for _, p := range f.evidence.Processes {
		inputs = append(inputs, p.Args...)
	}
	for _, x := range f.evidence.Exchanges {
		if u, err := url.Parse(x.URL); err == nil {
			for _, values := range u.Query() {
				inputs = append(inputs, values...)
			}
		}
	}
	return slices.ContainsFunc(inputs, func(input string) bool {
		return input != "" && !strings.HasPrefix(input, "-") && strings.Contains(name, input)
	})
}

func (f *finding) connected(protocol receiver.Protocol) bool {
	if f.evidence.Collector == nil {
		return false
	}
	return slices.ContainsFunc(f.evidence.Collector.Connections(), func(c receiver.Connection) bool {
		return c.Protocol == protocol
	})
}

// complainsOfCancel tells whether stderr tells of a context that was cancelled,
// beside the one that a signal to stop has cancelled for good reason.
func (p *Process) complainsOfCancel() bool {
	reasons := 0
	if p.stopped {
		reasons = 1
	}
	return strings.Count(p.Stderr.String(), context.Canceled.Error()) > reasons
}

// unprocessed tells whether no provider hands its spans to anybody, and that
// can be why the span is missing.
func (f *finding) unprocessed() bool {
	return !f.hasProcessor() && (f.nothingArrived() || len(f.lost()) > 0)
}

// isMeant tells whether a span is likely to be the one that was looked for,
// under another name: it is the only one, or the names are alike.
func (f *finding) isMeant(s spans.Span) bool {
	if len(f.evidence.Spans()) == 1 {
		return true
	}
	return similar(s.Name, f.Name) || strings.Contains(f.Name, s.Name)
}

// endpointCalls gives the calls that set the exporter's endpoint in code.
func (f *finding) endpointCalls() []call {
	if f.evidence.Collector == nil || !f.nothingArrived() {
		return nil
	}
	return f.source.calls("WithEndpoint")
}

// exporterCalls gives the calls that make an exporter.
func (s *source) exporterCalls() []call {
	var names []string
	for _, path := range s.imports("go.opentelemetry.io/otel/exporters/") {
		names = append(names, s.importName(path)+".New")
	}
	return s.calls(names...)
}

// startCalls gives the calls that start a span. They have two arguments at
// least, unlike the Start of a timer or a command.
func (s *source) startCalls() []call {
	return slices.DeleteFunc(s.calls("Start"), func(c call) bool { return len(c.args) < 2 })
}

// exits gives the calls that end the process on the spot, but for those with
// which main ends.
func (s *source) exits() []call {
	return slices.DeleteFunc(s.calls("os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln"), func(c call) bool {
		return c.in.Name.Name == "main" && c.in.Recv == nil && !s.inGoroutine(c)
	})
}

// shutdownFirst finds a shutdown that comes before every start of a span: it
// stands above them, or in a function of its own that starts none. It gives the
// place as it follows a verb, or "".
func (s *source) shutdownFirst() string {
	starts := s.startCalls()
	for _, c := range s.calls("Shutdown", "shutdown") {
		first := !slices.ContainsFunc(starts, func(start call) bool {
			if start.in == c.in {
				return c.deferred || start.pos < c.pos
			}
			before := func(inner call) bool {
				return inner.name == start.in.Name.Name && (c.deferred || inner.pos < c.pos)
			}
			after := func(outer call) bool { return outer.name == c.in.Name.Name && start.pos < outer.pos }
			return slices.ContainsFunc(callsIn(c.in, nil), before) || slices.ContainsFunc(callsIn(start.in, nil), after)
		})
		if first && c.in.Name.Name != "main" && len(starts) > 0 {
			return " at " + s.at(c)
		}
	}
	return ""
}

// inGoroutine tells whether a call stands in a function literal that its
// function starts as a goroutine, or hands to AfterFunc.
func (s *source) inGoroutine(c call) bool {
	inside := false
	ast.Inspect(c.in.Body, func(n ast.Node) bool {
		if n == nil || c.pos <= n.Pos() || n.End() <= c.pos {
			return true
		}
		switch n := n.(type) {
		case *ast.GoStmt:
			inside = true
		case *ast.CallExpr:
			inside = inside || describeCall(n).name == "AfterFunc"
		}
		return true
	})
	return inside
}

// overriding gives the calls that set an environment variable whose name begins
// with prefix.
func (s *source) overriding(prefix string) []call {
	return slices.DeleteFunc(s.calls("os.Setenv"), func(c call) bool {
		name, _ := c.text(0)
		return !strings.HasPrefix(name, prefix)
	})
}
