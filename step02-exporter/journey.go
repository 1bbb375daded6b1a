package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// run is the whole program: tracing on, one journey, tracing off. Stopping the
// tracing takes flushTimeout at most.
func run(ctx context.Context, t trip, flushTimeout time.Duration) (err error) {
	shutdown, err := startTracing(ctx)
	if err != nil {
		return fmt.Errorf("start tracing: %w", err)
	}
	defer func() {
		// After Ctrl-C ctx is cancelled, and the tracing has to be stopped all
		// the same.
		// TODO(3): give shutdown a context that ends after flushTimeout.
		// TODO(4): if shutdown fails, tell otel.Handle: it is no error of the journey.
		err = errors.Join(err, shutdown(context.WithoutCancel(ctx)))
	}()
	return journey(ctx, t)
}

// journey takes the trip and tells about it in a span.
func journey(ctx context.Context, t trip) error {
	ctx, span := otel.Tracer("journey-planner").Start(ctx, "journey")
	defer span.End()

	span.SetAttributes(
		attribute.String("journey.from", t.from),
		attribute.String("journey.to", t.to),
	)

	stops, err := travel(ctx, t)
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
		return err
	}

	span.SetAttributes(attribute.Int("journey.stops", len(stops)))
	span.AddEvent("arrived", trace.WithAttributes(attribute.String("station", t.to)))
	return nil
}
