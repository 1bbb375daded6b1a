package cause

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// exitCauses are about spans that were on their way when the program ended.
var exitCauses = []Cause{
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
