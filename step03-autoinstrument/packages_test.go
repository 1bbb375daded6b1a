package main

// The packages that the gaps of this step need. Named here, they are in go.mod
// before you import them, and go mod tidy leaves them there.
import (
	_ "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	_ "go.opentelemetry.io/otel/propagation"
	_ "go.opentelemetry.io/otel/trace"
)
