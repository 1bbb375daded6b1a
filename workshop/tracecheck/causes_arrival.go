package tracecheck

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/tracecheck/receiver"
	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// arrivalCauses are of spans that do not arrive.
var arrivalCauses = []cause{
	{
		name: "tls-to-plaintext",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if !f.connected(receiver.TLS) {
				return ""
			}
			return "Your exporter reached the collector and began a TLS handshake, but the collector speaks plain text."
		},
		next: "Take out the TLS credentials: an endpoint that begins with http:// means plain text.",
	},
	{
		name: "http-exporter-on-grpc-port",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if !f.connected(receiver.HTTP1) {
				return ""
			}
			return "Your exporter speaks OTLP over HTTP, but it is the collector's gRPC port that it reached."
		},
		next: "Use otlptracegrpc, which speaks OTLP over gRPC (port 4317); otlptracehttp belongs to port 4318.",
	},
	{
		name: "endpoint-with-scheme",
		of:   []Shortfall{NoSpan},
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
		name: "http-port-with-grpc",
		of:   []Shortfall{NoSpan},
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
		name: "endpoint-hard-coded",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			calls := append(f.endpointCalls(), f.source.calls("WithEndpointURL")...)
			if len(calls) == 0 || f.evidence.Collector == nil || len(f.evidence.Collector.Connections()) > 0 {
				return ""
			}
			return fmt.Sprintf("Nobody connected to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names: the endpoint in your code (%s) overrides it.", f.source.at(calls[0]))
		},
		next: "Take the endpoint out of the code: otlptracegrpc.New reads OTEL_EXPORTER_OTLP_ENDPOINT itself.",
	},
	{
		name: "exporter-on-stderr",
		of:   []Shortfall{NoSpan},
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
		name: "still-on-stdout",
		of:   []Shortfall{NoSpan, WrongOutput},
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
		name: "no-provider",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			registered := f.state() != "" && f.state() != providerNone
			if !f.nothingArrived() || len(f.process().providers()) > 0 || registered {
				return ""
			}
			return "No tracer provider was made. Without one, otel.Tracer gives a tracer whose spans do nothing, and nothing is all you see."
		},
		next:  "Make a provider with sdktrace.NewTracerProvider, and register it with otel.SetTracerProvider.",
		setup: true,
	},
	{
		name: "wrong-provider-registered",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if !f.nothingArrived() || len(f.process().providers()) < 2 || !f.hasProcessor() {
				return ""
			}
			return fmt.Sprintf("Your program makes %d tracer providers, and the one that otel.Tracer uses is not the one with the exporter.", len(f.process().providers()))
		},
		next:  "Make one provider, with all its options, and register that one.",
		setup: true,
	},
	{
		name: "provider-not-registered",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			unregistered := f.state() == providerNone || f.state() == "" && len(f.source.calls("SetTracerProvider")) == 0
			if !f.nothingArrived() || !unregistered {
				return ""
			}
			return "Your program makes a tracer provider and never registers it. otel.Tracer knows only the registered one, so it gave you a tracer whose spans do nothing."
		},
		next:  "Call otel.SetTracerProvider with your provider.",
		setup: true,
	},
	{
		name: "exporter-not-used",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			exporters := f.source.exporterCalls()
			if !f.nothingArrived() || f.hasProcessor() || len(exporters) == 0 {
				return ""
			}
			return fmt.Sprintf("Your program makes an exporter (%s), but the tracer provider does not know it: its spans end, and nobody takes them.", f.source.at(exporters[0]))
		},
		next:  "Give the exporter to sdktrace.NewTracerProvider, in an option such as sdktrace.WithBatcher(exporter).",
		setup: true,
	},
	{
		name: "no-exporter",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if !f.nothingArrived() || f.hasProcessor() {
				return ""
			}
			return "Your tracer provider has no exporter: its spans start and end, and nobody takes them."
		},
		next:  "Make an exporter, and give it to sdktrace.NewTracerProvider.",
		setup: true,
	},
	{
		name: "sampled-out",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if !f.nothingArrived() || !f.process().sampledOut() && f.state() != providerDrops {
				return ""
			}
			return "The sampler of your provider says no to this span, so it is not recorded."
		},
		next:  "Take the sampler out: without one, a provider samples every trace.",
		setup: true,
	},
	{
		name: "killed-by-signal",
		of:   []Shortfall{NoSpan, WrongExit},
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
		name: "handler-not-wrapped",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			// That spans are lost, and not missing, shows when none of any service
			// arrived, though the source makes some.
			made := len(f.source.calls("otelhttp.NewHandler", "otelhttp.NewMiddleware"))+len(f.source.startCalls()) > 0
			lost := made && len(f.evidence.Spans()) == 0
			if f.Kind != spans.KindServer || lost || f.nothingArrived() && f.state() == providerRecords {
				return ""
			}
			return fmt.Sprintf("%s answered the request, and nothing made a span for it: no instrumentation stands around its handler.", f.Service)
		},
		next: "Wrap the handler with otelhttp.NewHandler, in both services.",
	},
	{
		name: "shutdown-context-cancelled",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if !f.process().stopped || !f.nothingArrived() || f.state() == providerRecords {
				return ""
			}
			if f.Kind != "" && f.state() != providerShutDown {
				return ""
			}
			if f.Kind != "" {
				return fmt.Sprintf("%s made spans, and they were lost when it stopped: it shut its tracing down with a context that was over by then, so Shutdown gave up before it began.", f.Service)
			}
			return "After Ctrl-C the program shut its tracing down with the context that Ctrl-C had just cancelled, so Shutdown gave up before it began."
		},
		next: "Shut down with a context of its own: context.WithTimeout(context.WithoutCancel(ctx), flushTimeout).",
	},
	{
		name: "exit-skips-shutdown",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			exits := f.source.exits()
			if !f.nothingArrived() || f.process().returned() != nil || len(exits) == 0 {
				return ""
			}
			return fmt.Sprintf("The program leaves through %s (%s), and no deferred function runs then: neither span.End nor the shutdown of the provider.", exits[0].receiver+"."+exits[0].name, f.source.at(exits[0]))
		},
		next: "Return an error instead, and leave os.Exit to main.",
	},
	{
		name: "no-shutdown",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			lost := f.state() == providerRecords || f.state() == "" && len(f.source.calls("Shutdown", "ForceFlush", "shutdown")) == 0
			if f.Kind != "" && f.nothingArrived() && lost {
				return fmt.Sprintf("%s made spans, and they still waited in the batch when it exited: its provider was never shut down.", f.Service)
			}
			if !f.nothingArrived() || !lost || !f.process().ended(f.Name) || !f.usesProcessor("*trace.batchSpanProcessor") {
				return ""
			}
			return "The span ended, but it was still waiting in the batch when the program exited: the provider was never shut down."
		},
		next:  "Make sure that the provider's Shutdown is called before the program exits.",
		setup: true,
	},
	{
		name: "no-span-started",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if f.Kind != "" || len(f.source.startCalls()) > 0 {
				return ""
			}
			return "Tracing is set up, but your program starts no span."
		},
		next: "Start a span with otel.Tracer(...).Start, and end it with span.End.",
	},
	{
		name: "span-never-ended",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if f.process().open() == 0 || f.process().ended(f.Name) {
				return ""
			}
			starts := f.source.startCalls()
			if !f.nothingArrived() {
				// Other spans end, so it is this one that does not.
				starts = f.source.starts(f.Name)
				if f.Kind != "" || len(starts) == 0 {
					return ""
				}
			}
			where := ""
			if len(starts) > 0 {
				where = " (" + f.source.at(starts[0]) + ")"
			}
			return "The span is started" + where + ", but it never ends on this way through the program. A span is exported when it ends, and not before."
		},
		next: "Call defer span.End() right after Start.",
	},
	{
		name: "shutdown-before-end",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			late := func(end *endNote) bool { return end.Late && end.Name == f.Name }
			if f.Kind != "" {
				return ""
			}
			// The SDK does not start spans for a provider that was shut down. That it
			// started none has other reasons, too, where the shutdown is deferred.
			neverStarted := f.state() == providerShutDown && len(f.process().starts()) == 0
			atOnce := func(c call) bool { return !c.deferred }
			if calls := f.source.calls("Shutdown", "shutdown"); neverStarted && slices.ContainsFunc(calls, atOnce) && len(f.source.startCalls()) > 0 {
				return fmt.Sprintf("The provider was shut down (%s), and by then no span had been started: one that comes after that is taken by nobody.", f.source.at(calls[slices.IndexFunc(calls, atOnce)]))
			}
			if !slices.ContainsFunc(f.process().ends(), late) {
				return ""
			}
			return "The provider was shut down first, and the span ended after that: by then nobody took it any more. Deferred calls run in reverse order, the last one first."
		},
		next: "Defer the shutdown before you start the span, or end the span in a function that returns earlier.",
	},
	{
		name: "span-name-varies",
		of:   []Shortfall{NoSpan, WrongName},
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
		name: "span-name-wrong",
		of:   []Shortfall{NoSpan, WrongName},
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
		name: "tracer-of-other-provider",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if f.Kind != "" || f.nothingArrived() || len(f.process().providers()) < 2 {
				return ""
			}
			return fmt.Sprintf("The program makes %d tracer providers. Some spans arrive, so the registered one is in order; the tracer of %s comes from another.", len(f.process().providers()), f.Name)
		},
		next: "Get the tracer with otel.Tracer, which asks the registered provider.",
	},
	{
		name: "span-missing",
		of:   []Shortfall{NoSpan},
		sees: func(f *finding) string {
			if f.Kind != "" || f.nothingArrived() {
				return ""
			}
			return fmt.Sprintf("Other spans arrived, but nothing starts and ends a span called %s on this way through the program.", f.Name)
		},
		next: "Start the span where its work begins, and end it when the work is done.",
	},
	{
		name: "extra-span",
		of:   []Shortfall{ExtraSpan},
		sees: func(f *finding) string {
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

// exits gives the calls outside of main that end the process on the spot.
func (s *source) exits() []call {
	return slices.DeleteFunc(s.calls("os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln"), func(c call) bool {
		return c.in.Name.Name == "main" && c.in.Recv == nil
	})
}
