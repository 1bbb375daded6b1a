package journey

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// limitSpans has a provider whose spans take neither attributes nor events.
func limitSpans() {
	provider := sdktrace.NewTracerProvider(sdktrace.WithRawSpanLimits(sdktrace.SpanLimits{}))
	_, span := provider.Tracer("journey").Start(context.Background(), "journey")
	span.SetAttributes(attribute.Int("stops", 3))
	span.AddEvent("arrived")
	span.End()
}

// manySpans has all of its spans open at once.
func manySpans() {
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(nowhere{}))
	open := make([]trace.Span, 1200)
	for i := range open {
		_, open[i] = provider.Tracer("journey").Start(context.Background(), "journey")
	}
	for _, span := range open {
		span.End()
	}
	_ = provider.Shutdown(context.Background())
}
