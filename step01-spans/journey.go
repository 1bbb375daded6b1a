package main

import (
	"context"
	"errors"
	"fmt"
)

// run is the whole program: tracing on, one journey, tracing off.
func run(ctx context.Context, t trip) (err error) {
	shutdown, err := startTracing()
	if err != nil {
		return fmt.Errorf("start tracing: %w", err)
	}
	defer func() {
		// After Ctrl-C ctx is cancelled, and the tracing has to be stopped all
		// the same.
		err = errors.Join(err, shutdown(context.WithoutCancel(ctx)))
	}()
	return journey(ctx, t)
}

// journey takes the trip and tells about it in a span.
func journey(ctx context.Context, t trip) error {
	// TODO(2): start a span called journey, and make sure that it ends.

	// TODO(3): set the attributes journey.from and journey.to.

	stops, err := travel(ctx, t)
	if err != nil {
		// TODO(5): record err on the span, and set the span's status to Error.
		return err
	}

	_ = stops // TODO(3): set the attribute journey.stops, the number of stops.

	// TODO(4): add an event called arrived, with the attribute station.

	return nil
}
