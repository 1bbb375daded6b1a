package main

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// computer adds up squares. Each of its workers pauses before it starts.
type computer struct {
	pause  time.Duration
	tracer trace.Tracer
}

func newComputer(pause time.Duration) computer {
	return computer{
		pause: pause,
		// The name is the instrumentation scope: it says which code a span
		// comes from, as otelhttp does for its spans.
		tracer: otel.Tracer("example.com/tracing-workshop/compute"),
	}
}

// heavyComputation adds up i*i for 0 <= i < n. It cuts the work into as many
// chunks as there are workers.
func (c computer) heavyComputation(ctx context.Context, n, workers int) (int64, error) {
	ctx, span := c.tracer.Start(ctx, "heavy-computation",
		trace.WithAttributes(attribute.Int("input.size", n)))
	defer span.End()

	sum, err := c.sumChunks(ctx, split(n, workers))
	if err != nil {
		span.RecordError(err)                    // what happened, as an event
		span.SetStatus(codes.Error, err.Error()) // that the span failed
		return 0, err
	}
	span.AddEvent("computed-sum", trace.WithAttributes(attribute.Int64("value", sum)))
	return sum, nil
}

// sumChunks computes all chunks at the same time, and adds up their sums.
func (c computer) sumChunks(ctx context.Context, chunks []chunk) (int64, error) {
	sums := make([]int64, len(chunks))
	errs := make([]error, len(chunks))
	var workers sync.WaitGroup
	for i := range chunks {
		workers.Go(func() {
			sums[i], errs[i] = c.computeChunk(ctx, chunks[i])
		})
	}
	workers.Wait()
	return addAll(sums, errs)
}

// computeChunk is one worker's share. The parent of its span is the span in
// ctx, in whatever goroutine it runs.
func (c computer) computeChunk(ctx context.Context, numbers chunk) (int64, error) {
	ctx, span := c.tracer.Start(ctx, "compute-chunk", trace.WithAttributes(
		attribute.Int("chunk.start", numbers.start),
		attribute.Int("chunk.end", numbers.end),
	))
	defer span.End()

	sum, err := sumSquares(ctx, numbers, c.pause)
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	}
	return sum, err
}
