package main

// The packages that the gaps of this step need. Named here, they are in go.mod
// before you import them, and go mod tidy leaves them there.
import (
	_ "go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	_ "go.opentelemetry.io/otel/sdk/resource"
	_ "go.opentelemetry.io/otel/semconv/v1.43.0"
)
