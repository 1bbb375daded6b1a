package main

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"
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
	// TODO(1): start a span "heavy-computation" with the attribute input.size,
	// the int n, and see that it ends on every path. Keep the ctx that
	// c.tracer.Start gives you: the span is in it.

	sum, err := c.sumChunks(ctx, split(n, workers))
	if err != nil {
		// TODO(5): record err on the span, and set its status to codes.Error.
		return 0, err
	}
	// TODO(2): add the event "computed-sum" with the attribute value, the int64 sum.
	return sum, nil
}

// sumChunks computes the chunks, and adds up their sums.
func (c computer) sumChunks(ctx context.Context, chunks []chunk) (int64, error) {
	sums := make([]int64, len(chunks))
	errs := make([]error, len(chunks))
	// TODO(4): the trace shows the workers one after the other. Let them work at
	// the same time, each in a goroutine (sync.WaitGroup has Go and Wait), and
	// look at the trace again.
	for i := range chunks {
		sums[i], errs[i] = c.computeChunk(ctx, chunks[i])
	}
	return addAll(sums, errs)
}

// computeChunk is one worker's share.
func (c computer) computeChunk(ctx context.Context, numbers chunk) (int64, error) {
	// TODO(3): start a span "compute-chunk" with the attributes chunk.start and
	// chunk.end, the ints of numbers, and see that it ends on every path.

	sum, err := sumSquares(ctx, numbers, c.pause)
	// TODO(5): if err is not nil, the same on this span.
	return sum, err
}
