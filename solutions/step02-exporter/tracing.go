package main

import (
	"context"
	"fmt"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// startTracing registers a tracer provider that sends spans, in batches, to
// the OTLP collector that the OTEL_EXPORTER_OTLP_* variables name. The function
// it gives sends what is left and stops that provider again.
func startTracing(ctx context.Context) (shutdown func(context.Context) error, err error) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(reportError))

	exporter, err := otlptracegrpc.New(ctx)
	if err != nil {
		return nil, err
	}
	res, err := newResource()
	if err != nil {
		return nil, err
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithResource(res),
	)
	otel.SetTracerProvider(provider)
	return provider.Shutdown, nil
}

// newResource says what it is that makes the spans.
func newResource() (*resource.Resource, error) {
	return resource.Merge(resource.Default(), resource.NewWithAttributes(semconv.SchemaURL,
		semconv.ServiceName("journey-planner"),
		semconv.ServiceVersion("1.0.0"),
		semconv.DeploymentEnvironmentNameDevelopment,
	))
}

// reportError tells the user what went wrong with the tracing. The journey goes
// on: a program must not fail because nobody listens to its spans.
func reportError(err error) {
	fmt.Fprintln(os.Stderr, "journey: tracing:", err)
}
