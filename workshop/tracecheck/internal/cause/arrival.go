package cause

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/receiver"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// arrivalCauses are of spans that do not arrive.
var arrivalCauses = []Cause{
	{
		name:    "tls-to-plaintext",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atExported, atSent, atReceived},
		fact:    "a connection that began with a TLS handshake",
		refines: []string{"endpoint-hard-coded", "shutdown-context-cancelled", "no-shutdown"},
		witness: func(f *Fault) string {
			if !f.connected(receiver.TLS) {
				return ""
			}
			return "Your exporter reached the collector and began a TLS handshake, but the collector speaks plain text."
		},
		next: "Take out the TLS credentials: an endpoint that begins with http:// means plain text.",
	},
	{
		name:    "http-exporter-on-grpc-port",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atExported, atSent, atReceived},
		fact:    "a connection that began with a request of HTTP/1.1",
		refines: []string{"endpoint-hard-coded", "still-on-stdout"},
		witness: func(f *Fault) string {
			if !f.connected(receiver.HTTP1) {
				return ""
			}
			return "Your exporter speaks OTLP over HTTP, but it is the collector's gRPC port that it reached."
		},
		next: "Use otlptracegrpc, which speaks OTLP over gRPC (port 4317); otlptracehttp belongs to port 4318.",
	},
	{
		name:    "endpoint-with-scheme",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atSent, atReceived},
		fact:    "the exporter was given spans, and nobody connected",
		refines: []string{"endpoint-hard-coded", "http-port-with-grpc"},
		witness: func(f *Fault) string {
			for _, c := range f.endpointCalls() {
				if text, _ := c.Text(0); strings.Contains(text, "://") || f.Source.IsGetenv(c, 0) {
					return fmt.Sprintf("WithEndpoint (%s) takes host:port, and it is given a URL: nobody can resolve a host called http.", f.Source.At(c))
				}
			}
			return ""
		},
		next: "Take WithEndpoint out: otlptracegrpc.New reads OTEL_EXPORTER_OTLP_ENDPOINT itself. For a URL in code there is WithEndpointURL.",
	},
	{
		name:    "http-port-with-grpc",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atSent, atReceived},
		fact:    "the exporter was given spans, and nobody connected",
		refines: []string{"endpoint-hard-coded"},
		witness: func(f *Fault) string {
			for _, c := range f.endpointCalls() {
				if text, _ := c.Text(0); strings.Contains(text, ":4318") {
					return fmt.Sprintf("The endpoint in your code (%s) is port 4318: that is where collectors take OTLP over HTTP, and your exporter speaks gRPC. It overrides OTEL_EXPORTER_OTLP_ENDPOINT, too.", f.Source.At(c))
				}
			}
			return ""
		},
		next: "Take the endpoint out of the code, and let OTEL_EXPORTER_OTLP_ENDPOINT name it (gRPC: port 4317).",
	},
	{
		name:    "endpoint-hard-coded",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atSent, atReceived},
		fact:    "the exporter was given spans, and nobody connected",
		refines: []string{"shutdown-context-cancelled"},
		witness: func(f *Fault) string {
			var calls []source.Call
			for _, c := range append(f.endpointCalls(), f.Source.Calls("WithEndpointURL")...) {
				if f.Source.IsFixed(c, 0) {
					calls = append(calls, c)
				}
			}
			calls = append(calls, f.Source.Overriding("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")...)
			if len(calls) == 0 || f.Evidence.Collector == nil || len(f.Evidence.Collector.Connections()) > 0 {
				return ""
			}
			return fmt.Sprintf("Nobody connected to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names: the endpoint in your code (%s) overrides it.", f.Source.At(calls[0]))
		},
		next: "Take the endpoint out of the code: otlptracegrpc.New reads OTEL_EXPORTER_OTLP_ENDPOINT itself.",
	},
	{
		name: "exporter-on-stderr",
		of:   shortfalls{evidence.NoSpan},
		fact: "the span on stderr",
		witness: func(f *Fault) string {
			if f.Evidence.Collector != nil || len(evidence.SpansIn(f.process().Stderr)) == 0 {
				return ""
			}
			return "The span is there, but it was written to stderr."
		},
		next:  "Leave WithWriter out: stdouttrace.New writes to stdout by itself.",
		setup: true,
	},
	{
		name: "still-on-stdout",
		of:   shortfalls{evidence.NoSpan, evidence.WrongOutput},
		fact: "the span on stdout",
		witness: func(f *Fault) string {
			if f.Evidence.Collector == nil || len(f.Evidence.Printed) == 0 {
				return ""
			}
			if f.nothingArrived() {
				if len(f.Source.Imports("go.opentelemetry.io/otel/exporters/otlp/")) > 0 {
					return "" // why that one sends nothing is another matter
				}
				return "The span went to stdout, and nobody connected to the collector: your provider still has the exporter of step 1."
			}
			return "The span reached the collector, but it was printed on stdout as well: your provider still has the exporter of step 1, too."
		},
		next: "Replace the stdouttrace exporter with one from otlptracegrpc.New.",
	},
	{
		name: "no-provider",
		of:   shortfalls{evidence.NoSpan},
		at:   []station{atProvider},
		fact: "no provider announced itself to the log of the SDK",
		witness: func(f *Fault) string {
			// Where the source makes one, something kept it from that.
			if len(f.Source.Calls("NewTracerProvider")) > 0 || f.deafToSDK() {
				return ""
			}
			return "No tracer provider was made. Without one, otel.Tracer gives a tracer whose spans do nothing, and nothing is all you see."
		},
		next:  "Make a provider with sdktrace.NewTracerProvider, and register it with otel.SetTracerProvider.",
		setup: true,
	},
	{
		name:    "wrong-provider-registered",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atProcessed, atExported, atReceived},
		fact:    "the span was made by the registered provider, and another one has the processor",
		refines: []string{"no-shutdown", "shutdown-context-cancelled"},
		witness: func(f *Fault) string {
			lost := f.lost()
			if !f.nothingArrived() || !f.unprocessed() || !f.hasProcessor() || len(lost) == 0 || lost[0].Start.Foreign {
				return ""
			}
			return fmt.Sprintf("Your program makes %d tracer providers, and the one that otel.Tracer uses is not the one with the exporter.", len(f.process().Providers()))
		},
		next:  "Make one provider, with all its options, and register that one.",
		setup: true,
	},
	{
		name: "provider-not-registered",
		of:   shortfalls{evidence.NoSpan},
		at:   []station{atRegistered, atStarted},
		fact: "a provider announced itself, and when main returned the global one was none of the SDK",
		witness: func(f *Fault) string {
			unregistered := f.state() == facts.ProviderNone || f.state() == facts.ProviderNoop || f.state() == "" && len(f.Source.Calls("SetTracerProvider")) == 0
			if !f.nothingArrived() || len(f.process().Starts()) > 0 || !unregistered || f.blind() {
				return ""
			}
			if f.state() == facts.ProviderNoop {
				return "Your program makes a tracer provider of the SDK, but when main returned, the registered one was of package noop. otel.Tracer asks the registered one, so it gave you a tracer whose spans do nothing."
			}
			return "Your program makes a tracer provider and never registers it. otel.Tracer knows only the registered one, so it gave you a tracer whose spans do nothing."
		},
		next:  "Call otel.SetTracerProvider with your provider.",
		setup: true,
	},
	{
		name:    "exporter-not-used",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atStarted, atProcessed},
		fact:    "no provider has a span processor",
		refines: []string{"no-span-started", "handler-not-wrapped", "no-exporter"},
		witness: func(f *Fault) string {
			exporters := f.Source.ExporterCalls()
			if !f.unprocessed() || f.hasProcessor() || len(exporters) == 0 {
				return ""
			}
			return fmt.Sprintf("Your program makes an exporter (%s), but the tracer provider does not know it: its spans end, and nobody takes them.", f.Source.At(exporters[0]))
		},
		next:  "Give the exporter to sdktrace.NewTracerProvider, in an option such as sdktrace.WithBatcher(exporter).",
		setup: true,
	},
	{
		name:    "no-exporter",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atStarted, atProcessed},
		refines: []string{"no-span-started", "handler-not-wrapped"},
		fact:    "no provider has a span processor",
		witness: func(f *Fault) string {
			if !f.unprocessed() || f.hasProcessor() {
				return ""
			}
			return "Your tracer provider has no exporter: its spans start and end, and nobody takes them."
		},
		next:  "Make an exporter, and give it to sdktrace.NewTracerProvider.",
		setup: true,
	},
	{
		name: "sampled-out",
		of:   shortfalls{evidence.NoSpan},
		at:   []station{atSampled},
		fact: "the result of the sampler",
		witness: func(f *Fault) string {
			_, seen := f.missed()
			return seen + " So nobody gets to see it."
		},
		next:  "Take out WithSampler, or what sets OTEL_TRACES_SAMPLER: without a sampler, a provider samples every trace that begins in it.",
		setup: true,
	},
	{
		name:    "killed-by-signal",
		of:      shortfalls{evidence.NoSpan, evidence.WrongExit},
		fact:    "the state of the process: a signal ended it",
		refines: []string{"span-never-ended", "return-without-end", "no-shutdown", "exit-skips-shutdown", "wrong-exit-code", "body-not-closed", "client-span-never-ended"},
		witness: func(f *Fault) string {
			if !f.process().Stopped || f.process().EndedBy() == "" {
				return ""
			}
			if f.Kind != "" {
				return fmt.Sprintf("The signal to stop (%s) ended %s on the spot: the spans that still waited in the batch are lost.", f.process().EndedBy(), f.Service)
			}
			return "Ctrl-C ended your program on the spot, with the span still open."
		},
		next: "Let signal.NotifyContext catch the signal, as the given main does, and hand its context on.",
	},
	{
		name: "handler-not-wrapped",
		of:   shortfalls{evidence.NoSpan},
		at:   []station{atStarted},
		fact: "the service answered, and the SDK was asked for no server span",
		witness: func(f *Fault) string {
			// A filter or a tracer that does nothing looks the same.
			if f.Kind != spans.KindServer || len(f.Source.Calls("WithFilter")) > 0 || len(f.Source.Imports("go.opentelemetry.io/otel/trace/noop")) > 0 {
				return ""
			}
			where := "no instrumentation stands around its handler"
			if len(f.Source.Calls("NewHandler", "NewMiddleware")) > 0 {
				where = "on its way the request met no instrumentation"
			}
			return fmt.Sprintf("%s answered the request, and nothing made a span for it: %s.", f.Service, where)
		},
		next: "Wrap the handler with otelhttp.NewHandler, in both services.",
	},
	{
		name:    "shutdown-context-cancelled",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atExported, atSent},
		fact:    "Shutdown came back while the processor was still at work, or did not come to it at all",
		refines: []string{"no-shutdown"},
		witness: func(f *Fault) string {
			closed := f.process().Closed()
			// With a context that is over the provider does not even ask its processors.
			// It looks the same where main does not wait for Shutdown.
			unasked := closed == nil && f.state() == facts.ProviderShutDown
			cut := (closed != nil && closed.Cut && !f.process().HungIn(closed) || unasked) && f.Source.ShutdownInGoroutine() == nil
			if !f.process().ComplainsOfCancel() && (!cut || f.process().FailedExport() != nil) {
				return ""
			}
			when := "Shutdown was called"
			if f.process().Stopped {
				when = "After the signal to stop, Shutdown was called"
			}
			place := ""
			if closed != nil {
				place = facts.At(closed.Stack)
			}
			return fmt.Sprintf("%s%s, and came back before the spans that waited in the batch were exported: its context was over by then, or nearly.", when, place)
		},
		next: "Shut down with a context of its own: context.WithTimeout(context.WithoutCancel(ctx), flushTimeout).",
	},
	{
		name:    "exit-skips-shutdown",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atEnded, atExported},
		fact:    "main did not return, and no signal ended the program",
		refines: []string{"no-shutdown", "span-never-ended", "return-without-end"},
		witness: func(f *Fault) string {
			p := f.process()
			exits := f.Source.Exits()
			exits = slices.DeleteFunc(exits, func(c source.Call) bool {
				return c.Receiver == "log" && !evidence.LogStamp.MatchString(p.Stderr.String())
			})
			if p.Returned() != nil || p.Closed() != nil || !p.Ran() || p.EndedBy() != "" || len(exits) == 0 || f.leftByMain() {
				return ""
			}
			return fmt.Sprintf("The program leaves through %s (%s), and no deferred function runs then: neither span.End nor the shutdown of the provider.", exits[0].Receiver+"."+exits[0].Name, f.Source.At(exits[0]))
		},
		next: "Return an error instead, and leave os.Exit to main.",
	},
	{
		name: "no-shutdown",
		of:   shortfalls{evidence.NoSpan},
		at:   []station{atExported},
		fact: "a batch span processor was made, and none was shut down",
		witness: func(f *Fault) string {
			// A shutdown that came back by itself was waited for, maybe.
			cut := f.process().Closed() != nil && f.process().Closed().Cut
			if c := f.Source.ShutdownInGoroutine(); c != nil && (cut || f.state() != facts.ProviderShutDown) {
				return fmt.Sprintf("The span ended, but it was still waiting in the batch when the program exited: the shutdown of the provider is left to a goroutine (%s), and main did not wait for it.", f.Source.At(*c))
			}
			untold := f.process().Returned() == nil && len(f.Source.Calls("Shutdown", "ForceFlush", "shutdown")) > 0
			if f.process().Closed() != nil || f.state() == facts.ProviderShutDown || untold || !f.usesProcessor("*trace.batchSpanProcessor") {
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
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atStarted},
		fact:    "the SDK was asked for no span",
		refines: []string{"span-missing"},
		witness: func(f *Fault) string {
			if f.Kind != "" || len(f.process().Starts()) > 0 || len(f.Source.StartCalls()) > 0 || f.blind() {
				return ""
			}
			return "Tracing is set up, but your program starts no span."
		},
		next: "Start a span with otel.Tracer(...).Start, and end it with span.End.",
	},
	{
		name: "span-never-ended",
		of:   shortfalls{evidence.NoSpan},
		at:   []station{atEnded},
		fact: "the SDK counted the start of the span, and not its end",
		witness: func(f *Fault) string {
			lost := f.lost()
			if len(lost) == 0 || lost[0].ByHTTP() {
				return ""
			}
			return "The span is started" + facts.Bracketed(lost[0].Start.Stack) + ", but it never ends on this way through the program. A span is exported when it ends, and not before."
		},
		next: "Call defer span.End() right after Start, in a function that returns before the program exits.",
	},
	{
		name:    "shutdown-before-end",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atStarted, atProcessed},
		fact:    "the provider was shut down when the span ended, or before any was started",
		refines: []string{"span-missing", "no-span-started", "provider-not-registered", "handler-not-wrapped"},
		witness: func(f *Fault) string {
			lost, closed := f.lost(), f.process().Closed()
			if len(lost) > 0 {
				if lost[0].End == nil || !lost[0].End.Late {
					return ""
				}
				return fmt.Sprintf("The provider was shut down first, and the span ended%s after that: by then nobody took it any more. Deferred calls run in reverse order, the last one first.", facts.At(lost[0].End.Stack))
			}
			// The SDK does not start spans for a provider that was shut down. That it
			// started none at all has other reasons, too.
			if f.Kind != "" && closed != nil && f.process().Stopped && closed.Time.Before(f.process().StoppedAt) {
				return fmt.Sprintf("The provider of %s was shut down%s while the service went on: spans that come after that are taken by nobody.", f.Service, facts.At(closed.Stack))
			}
			if f.Kind != "" || len(f.process().Starts()) > 0 || len(f.Source.StartCalls()) == 0 || f.blind() {
				return ""
			}
			// A tracer that does nothing looks the same.
			place := f.Source.ShutdownFirst()
			if place == "" || len(f.Source.Imports("go.opentelemetry.io/otel/trace/noop")) > 0 {
				return ""
			}
			switch {
			case closed != nil && closed.Early:
				place = facts.At(closed.Stack)
			case f.state() != facts.ProviderShutDown:
				return ""
			}
			return fmt.Sprintf("The provider was shut down%s, and by then no span had been started: one that comes after that is taken by nobody.", place)
		},
		next: "Defer the shutdown before you start the span, or end the span in a function that returns earlier.",
	},
	{
		name:    "span-name-varies",
		of:      shortfalls{evidence.NoSpan, evidence.WrongName},
		fact:    "the name of the span that arrived",
		refines: []string{"span-name-wrong", "span-missing", "span-not-named-after-route"},
		witness: func(f *Fault) string {
			for _, s := range f.Evidence.Spans() {
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
		of:      shortfalls{evidence.NoSpan, evidence.WrongName},
		fact:    "the name of the span that arrived",
		refines: []string{"span-missing"},
		witness: func(f *Fault) string {
			for _, s := range f.Evidence.Spans() {
				if f.Kind == "" && s.Kind == spans.KindInternal && f.isMeant(s) && !f.Source.Quotes(`"`+f.Name+`"`) {
					return fmt.Sprintf("A span arrived, but it is called %q, not %q.", s.Name, f.Name)
				}
			}
			return ""
		},
		next: "Give the span the name that the lesson asks for.",
	},
	{
		name:    "tracer-of-other-provider",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atSampled, atProcessed, atExported, atReceived},
		fact:    "the span was started by a provider that was not the registered one",
		refines: []string{"no-shutdown", "shutdown-context-cancelled", "exporter-not-used", "no-exporter", "sampled-out", "wrong-provider-registered"},
		witness: func(f *Fault) string {
			lost := f.lost()
			if len(lost) == 0 || !lost[0].Start.Foreign {
				return ""
			}
			return fmt.Sprintf("The program makes %s. The one that started this span%s was not the registered one.", text.Plural(len(f.process().Providers()), "tracer provider"), facts.At(lost[0].Start.Stack))
		},
		next: "Get the tracer with otel.Tracer, which asks the registered provider.",
	},
	{
		name:    "span-missing",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atStarted},
		general: true,
		witness: func(f *Fault) string {
			// Where the source starts one, something kept it from that.
			if f.Kind != "" || f.nothingArrived() || len(f.Source.Starts(f.Name)) > 0 {
				return ""
			}
			return fmt.Sprintf("Other spans arrived, but nothing starts a span called %s on this way through the program.", f.Name)
		},
		next: "Start the span where its work begins, and end it when the work is done.",
	},
	{
		name:    "exporter-shut-down",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atExported, atSent, atReceived},
		fact:    "stderr, where the exporter says that it was shut down",
		refines: []string{"shutdown-context-cancelled", "no-shutdown", "exit-skips-shutdown", "endpoint-hard-coded", "endpoint-with-scheme", "http-port-with-grpc"},
		witness: func(f *Fault) string {
			said := f.exporterClosed()
			if said == "" {
				return ""
			}
			return fmt.Sprintf("When the exporter was given the span, it had been shut down, or its connection had been closed: %q.", said)
		},
		next:  "Leave exporter and connection to the provider: its Shutdown comes last, and shuts the exporter down, too.",
		setup: true,
	},
	{
		name:    "exported-twice",
		of:      shortfalls{evidence.ExtraSpan},
		fact:    "two spans of a trace with the same id",
		refines: []string{"still-on-stdout"},
		witness: func(f *Fault) string {
			ids := map[string]bool{}
			for _, s := range f.Evidence.Spans() {
				if ids[s.TraceID+s.SpanID] {
					return fmt.Sprintf("The span %s is there twice, with the same id: it was started once, and exported by two processors or exporters.", s.Name)
				}
				ids[s.TraceID+s.SpanID] = true
			}
			return ""
		},
		next: "Give the provider one exporter, in one processor.",
	},
	{
		name:    "extra-span",
		of:      shortfalls{evidence.ExtraSpan},
		general: true,
		witness: func(f *Fault) string {
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
func (f *Fault) holdsInput(name string) bool {
	var inputs []string
	for _, p := range f.Evidence.Processes {
		inputs = append(inputs, p.Args...)
	}
	for _, x := range f.Evidence.Exchanges {
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

func (f *Fault) connected(protocol receiver.Protocol) bool {
	if f.Evidence.Collector == nil {
		return false
	}
	return slices.ContainsFunc(f.Evidence.Collector.Connections(), func(c receiver.Connection) bool {
		return c.Protocol == protocol
	})
}

// leftByMain tells whether the program has written what only main writes, which
// exits after that.
func (f *Fault) leftByMain() bool {
	for _, c := range f.Source.Calls("fmt.Fprintln", "fmt.Fprintf", "fmt.Fprint", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Print", "log.Printf", "log.Println") {
		if c.In.Name.Name != "main" || c.In.Recv != nil {
			continue
		}
		for i := range c.Args {
			text, _ := c.Text(i)
			text, _, _ = strings.Cut(text, "%")
			line := regexp.MustCompile("(?m)^" + regexp.QuoteMeta(text))
			if c.Receiver == "log" {
				line = regexp.MustCompile(evidence.LogStamp.String() + regexp.QuoteMeta(text))
			}
			if len(text) > 3 && line.MatchString(f.process().Stderr.String()) {
				return true
			}
		}
	}
	return false
}

// exporterClosed gives what an exporter of OTLP says on stderr when it is given
// spans after it, or its connection, was shut down; or "".
func (f *Fault) exporterClosed() string {
	stderr := f.process().Stderr.String()
	for _, text := range []string{"the client is shutdown", "the client connection is closing", "exporter is shutdown"} {
		if strings.Contains(stderr, text) {
			return text
		}
	}
	return ""
}

// isMeant tells whether a span is likely to be the one that was looked for,
// under another name: it is the only one, or the names are alike.
func (f *Fault) isMeant(s spans.Span) bool {
	if len(f.Evidence.Spans()) == 1 {
		return true
	}
	return similar(s.Name, f.Name) || strings.Contains(f.Name, s.Name)
}

// endpointCalls gives the calls that set the exporter's endpoint in code.
func (f *Fault) endpointCalls() []source.Call {
	if f.Evidence.Collector == nil || !f.nothingArrived() || len(f.Evidence.Collector.Connections()) > 0 {
		return nil
	}
	return f.Source.Calls("WithEndpoint")
}
