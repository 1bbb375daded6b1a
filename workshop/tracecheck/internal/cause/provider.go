package cause

import (
	"fmt"

	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
)

// providerCauses are about how the provider is made and registered.
var providerCauses = []Cause{
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
}
