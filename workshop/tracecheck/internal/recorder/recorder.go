// Package recorder is the side of the learner's program: it lets a test binary
// run as that program, and notes what the SDK counts there.
package recorder

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
)

// MostNotes is how many spans are noted, each with its start and its end. A load
// test makes thousands.
const MostNotes = 1000

// recorder is a meter provider that notes what the SDK counts.
// A learner's program that brings a meter provider of its own replaces it; then
// fewer facts are known.
type recorder struct {
	noop.MeterProvider
	notes *facts.Notebook
	count atomic.Int64
	begun atomic.Bool  // a span was started
	noted sync.Map     // the ids of the spans whose start is noted, and their end is not
	open  atomic.Int64 // batch span processors that were not shut down
	done  atomic.Bool  // what follows is not the learner's
}

func (r *recorder) Meter(string, ...metric.MeterOption) metric.Meter { return &recorderMeter{r: r} }

func (r *recorder) write(what facts.Note) {
	if !r.done.Load() {
		r.notes.Write(what)
	}
}

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
	switch name {
	case "otel.sdk.span.started":
		return &counted{told: m.r.started}, nil
	case "otel.sdk.exporter.span.exported":
		return &counted{told: m.r.exported}, nil
	}
	return noop.Int64Counter{}, nil
}

// RegisterCallback is called by a batch span processor for the size of its
// queue, and undone when it is shut down.
func (m *recorderMeter) RegisterCallback(metric.Callback, ...metric.Observable) (metric.Registration, error) {
	m.r.open.Add(1)
	m.r.write(facts.Note{Batcher: true})
	return &registration{r: m.r}, nil
}

type registration struct {
	noop.Registration
	r *recorder
}

func (r *registration) Unregister() error {
	open := r.r.open.Add(-1)
	r.r.write(facts.Note{Close: &facts.Close{Time: time.Now(), Early: !r.r.begun.Load(), Cut: batchersAtWork() > open, Stack: here()}})
	return nil
}

// batchersAtWork counts the goroutines in which batch span processors work.
// That of a processor which was shut down has left its work, unless Shutdown did
// not wait for it.
func batchersAtWork() (n int64) {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for goroutine := range strings.SplitSeq(string(stacks), "\n\n") {
		for _, work := range []string{"processQueue", "drainQueue"} {
			if strings.Contains(goroutine, "sdk/trace.(*batchSpanProcessor)."+work+"(") {
				n++
				break
			}
		}
	}
	return n
}

// counted is a counter that tells what is added to it.
type counted struct {
	noop.Int64Counter
	told func(ctx context.Context, n int64, attributes attribute.Set)
}

func (c *counted) Enabled(context.Context) bool { return true }

func (c *counted) Add(ctx context.Context, n int64, options ...metric.AddOption) {
	config := metric.NewAddConfig(options)
	c.told(ctx, n, config.Attributes())
}

// started is told of each span when it starts. The context holds the span.
func (r *recorder) started(ctx context.Context, _ int64, attributes attribute.Set) {
	r.begun.Store(true)
	if r.count.Add(1) > MostNotes {
		return
	}
	span := trace.SpanFromContext(ctx)
	sampling, _ := attributes.Value("otel.span.sampling_result")
	start := &facts.Start{
		ID:       span.SpanContext().SpanID().String(),
		Sampling: sampling.AsString(),
		Foreign:  isForeign(span.TracerProvider()),
		Request:  ctx.Value(http.ServerContextKey) != nil,
		Stack:    here(),
	}
	if recorded, ok := span.(sdktrace.ReadOnlySpan); ok {
		start.Name, start.Kind = recorded.Name(), recorded.SpanKind().String()
		start.Scope = recorded.InstrumentationScope().Name
	}
	if start.Sampling == "DROP" {
		start.Trace = span.SpanContext().TraceID().String()
	}
	r.noted.Store(start.ID, true)
	r.write(facts.Note{Start: start})
}

// exported is told what came of a batch.
func (r *recorder) exported(_ context.Context, n int64, attributes attribute.Set) {
	failure, _ := attributes.Value("error.type")
	if n > 0 {
		r.write(facts.Note{Result: &facts.Result{Spans: int(n), Error: failure.AsString()}})
	}
}

// liveSpans is told of each span twice: when it starts, and when it ends.
type liveSpans struct {
	noop.Int64UpDownCounter
	r *recorder
}

func (l *liveSpans) Enabled(context.Context) bool { return true }

func (l *liveSpans) Add(ctx context.Context, change int64, _ ...metric.AddOption) {
	span, ok := trace.SpanFromContext(ctx).(sdktrace.ReadOnlySpan)
	if !ok || change > 0 {
		return
	}
	id := span.SpanContext().SpanID().String()
	if _, noted := l.r.noted.LoadAndDelete(id); !noted {
		return
	}
	places, own := callers()
	l.r.write(facts.Note{End: &facts.End{
		ID:         id,
		Name:       span.Name(),
		Kind:       span.SpanKind().String(),
		Late:       isShutDown(trace.SpanFromContext(ctx).TracerProvider()),
		Propagates: otel.GetTextMapPropagator().Fields(),
		Own:        own,
		Stack:      places,
		Processors: processorsOf(trace.SpanFromContext(ctx).TracerProvider()),
	}})
}

// isForeign tells whether a provider is another one than the global one. A
// learner's own provider may hand on to any.
func isForeign(provider trace.TracerProvider) bool {
	global := otel.GetTracerProvider()
	return provider != global && globalKind(global) != facts.ProviderOther
}

// processorsOf is how many span processors a provider has at the moment, or nil
// if that cannot be seen. The SDK tells it once only, when it makes the
// provider; more can come and go.
func processorsOf(provider trace.TracerProvider) *int {
	sdk, isSDK := provider.(*sdktrace.TracerProvider)
	if !isSDK {
		return nil
	}
	field := reflect.ValueOf(sdk).Elem().FieldByName("spanProcessors")
	if !field.IsValid() || !field.CanAddr() || !strings.HasPrefix(field.Type().String(), "atomic.Pointer[") {
		return nil
	}
	n := 0
	if processors := (*atomic.Pointer[[]unsafe.Pointer])(field.Addr().UnsafePointer()).Load(); processors != nil {
		n = len(*processors)
	}
	return &n
}

// isShutDown asks for a tracer, which does nothing then.
func isShutDown(provider trace.TracerProvider) bool {
	if _, isSDK := provider.(*sdktrace.TracerProvider); !isSDK {
		return false
	}
	_, isNoop := provider.Tracer("tracecheck").(tracenoop.Tracer)
	return isNoop
}

// here is where the program is at the moment.
func here() facts.Stack {
	places, _ := callers()
	return places
}

// callers is where the program is at the moment, and whether it was no library
// that called OpenTelemetry there.
func callers() (places facts.Stack, own bool) {
	const most = 8
	counters := make([]uintptr, 64)
	frames := runtime.CallersFrames(counters[:runtime.Callers(2, counters)])
	for called := false; ; {
		frame, more := frames.Next()
		if isLearners(frame) && len(places) < most {
			places = append(places, fmt.Sprintf("%s:%d", frame.File, frame.Line))
			own = own || !called
		}
		called = called || !isOurs(frame) && !strings.HasPrefix(frame.Function, "go.opentelemetry.io/otel/") && !strings.HasPrefix(frame.Function, "runtime.")
		if !more {
			return places, own
		}
	}
}

// isOurs tells whether a frame is of the kit.
func isOurs(frame runtime.Frame) bool {
	kit := strings.Contains(frame.Function, "/workshop/tracecheck.") || strings.Contains(frame.Function, "/workshop/tracecheck/internal/")
	return kit && !strings.HasSuffix(frame.File, "_test.go")
}

// isLearners tells whether a frame is neither Go's nor a library's nor ours.
// Packages of Go have no dot in the first part of their path.
func isLearners(frame runtime.Frame) bool {
	first, _, _ := strings.Cut(frame.Function, "/")
	if !strings.Contains(frame.Function, "/") || !strings.Contains(first, ".") {
		return false
	}
	return !strings.Contains(frame.File, "@v") && !isOurs(frame) && !strings.HasSuffix(frame.File, "_test.go")
}
