package main

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// startTracing registers a tracer provider that sends spans, in batches, to
// the OTLP collector that the OTEL_EXPORTER_OTLP_* variables name, and the
// propagators that carry a trace from one service to the next. The function it
// gives sends what is left and stops that provider again.
func startTracing(ctx context.Context, service string) (shutdown func(context.Context) error, err error) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(reportError))

	exporter, err := otlptracegrpc.New(ctx)
	if err != nil {
		return nil, err
	}
	res, err := newResource(service)
	if err != nil {
		return nil, err
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithResource(res),
	)
	otel.SetTracerProvider(provider)

	// The propagators write the active span into the headers of outgoing
	// requests and read it from incoming ones: traceparent and tracestate, and
	// baggage. Without them a trace ends where its process ends.
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(
		propagation.TraceContext{},
		propagation.Baggage{},
	))
	return provider.Shutdown, nil
}

// newResource says what it is that makes the spans.
func newResource(service string) (*resource.Resource, error) {
	return resource.Merge(resource.Default(), resource.NewWithAttributes(semconv.SchemaURL,
		semconv.ServiceName(service),
		semconv.ServiceVersion("1.0.0"),
		semconv.DeploymentEnvironmentNameDevelopment,
	))
}

// reportError tells the user what went wrong with the tracing. The service goes
// on: it must not fail because nobody listens to its spans.
func reportError(err error) {
	slog.Error("tracing", "error", err)
}
