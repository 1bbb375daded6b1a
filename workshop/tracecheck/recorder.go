package tracecheck

import (
	"context"
	"sync/atomic"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
)

// observe makes the SDK count the life of its spans (an experiment of the Go
// SDK, described in sdk/internal/x).
const observe = "OTEL_GO_X_OBSERVABILITY=true"

// startNote is there for a span that a provider of the SDK started.
type startNote struct {
	// Sampling is what the sampler said: DROP, RECORD_ONLY or
	// RECORD_AND_SAMPLE (semantic conventions, otel.span.sampling_result).
	Sampling string
	// Trace is the id of its trace if the sampler said DROP: nothing else tells
	// it.
	Trace string `json:",omitempty"`
}

// endNote is there for a span that was ended and recorded, at that moment.
type endNote struct {
	Name string // it may have got another one since it started
	// Late tells that the global provider had been shut down: it takes no span
	// any more.
	Late       bool
	Propagates []string // as in a returnNote
}

// mostNotes is how many starts and ends are noted. A load test makes thousands.
const mostNotes = 1000

// recorder is a meter provider that notes when the SDK counts a span as started
// or ended.
// A learner's program that brings a meter provider of its own replaces it; then
// fewer facts are known.
type recorder struct {
	noop.MeterProvider
	notes *notebook
	count atomic.Int64
}

func (r *recorder) Meter(string, ...metric.MeterOption) metric.Meter { return &recorderMeter{r: r} }

type recorderMeter struct {
	noop.Meter
	r *recorder
}

func (m *recorderMeter) Int64UpDownCounter(name string, _ ...metric.Int64UpDownCounterOption) (metric.Int64UpDownCounter, error) {
	if name == "otel.sdk.span.live" {
		return &liveSpans{r: m.r}, nil
	}
	return noop.Int64UpDownCounter{}, nil
}

func (m *recorderMeter) Int64Counter(name string, _ ...metric.Int64CounterOption) (metric.Int64Counter, error) {
	if name == "otel.sdk.span.started" {
		return &startedSpans{r: m.r}, nil
	}
	return noop.Int64Counter{}, nil
}

// startedSpans is told of each span when it starts, and what the sampler said.
type startedSpans struct {
	noop.Int64Counter
	r *recorder
}

func (s *startedSpans) Enabled(context.Context) bool { return true }

func (s *startedSpans) Add(ctx context.Context, _ int64, options ...metric.AddOption) {
	attributes := metric.NewAddConfig(options).Attributes()
	sampling, _ := attributes.Value("otel.span.sampling_result")
	if s.r.count.Add(1) > mostNotes {
		return
	}
	start := &startNote{Sampling: sampling.AsString()}
	if start.Sampling == "DROP" {
		start.Trace = trace.SpanContextFromContext(ctx).TraceID().String()
	}
	s.r.notes.write(note{Start: start})
}

// liveSpans is told of each span twice: when it starts, and when it ends. The
// context holds the span.
type liveSpans struct {
	noop.Int64UpDownCounter
	r *recorder
}

func (l *liveSpans) Enabled(context.Context) bool { return true }

func (l *liveSpans) Add(ctx context.Context, change int64, _ ...metric.AddOption) {
	span, ok := trace.SpanFromContext(ctx).(sdktrace.ReadOnlySpan)
	if !ok || change > 0 || l.r.count.Add(1) > mostNotes {
		return
	}
	l.r.notes.write(note{End: &endNote{
		Name:       span.Name(),
		Late:       globalProviderIsShutDown(),
		Propagates: otel.GetTextMapPropagator().Fields(),
	}})
}

// globalProviderIsShutDown asks for a tracer, which does nothing then.
func globalProviderIsShutDown() bool {
	provider, isSDK := otel.GetTracerProvider().(*sdktrace.TracerProvider)
	if !isSDK {
		return false
	}
	_, isNoop := provider.Tracer("tracecheck").(tracenoop.Tracer)
	return isNoop
}
