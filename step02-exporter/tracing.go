package main

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// startTracing registers a tracer provider that prints every span that ends.
// The function it gives stops that provider again; nothing is lost if it is
// called after the last span has ended.
func startTracing(ctx context.Context) (shutdown func(context.Context) error, err error) {
	// TODO(4): set an error handler that tells the user what went wrong.

	// TODO(1): replace this exporter by one that speaks OTLP over gRPC, and
	// WithSyncer by WithBatcher. The endpoint comes from the environment.
	exporter, err := stdouttrace.New(stdouttrace.WithPrettyPrint())
	if err != nil {
		return nil, err
	}

	// TODO(2): make a resource that says which service this is, and give it to
	// the provider.
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	otel.SetTracerProvider(provider)
	return provider.Shutdown, nil
}
