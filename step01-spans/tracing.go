package main

import (
	"context"
)

// startTracing registers a tracer provider that prints every span that ends.
// The function it gives stops that provider again; nothing is lost if it is
// called after the last span has ended.
func startTracing() (shutdown func(context.Context) error, err error) {
	// TODO(1): make an exporter that prints, give it to a tracer provider, and
	// register that provider. Return the provider's Shutdown instead of noop.
	noop := func(context.Context) error { return nil }
	return noop, nil
}
