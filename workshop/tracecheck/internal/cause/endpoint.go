package cause

import (
	"fmt"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/receiver"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// endpointCauses are about where the spans are sent.
var endpointCauses = []Cause{
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

func (f *Fault) connected(protocol receiver.Protocol) bool {
	if f.Evidence.Collector == nil {
		return false
	}
	return slices.ContainsFunc(f.Evidence.Collector.Connections(), func(c receiver.Connection) bool {
		return c.Protocol == protocol
	})
}
