package receiver_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.com/tracing-workshop/workshop/receiver"
)

var (
	noRetry   = otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{Enabled: false})
	fastRetry = otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{
		Enabled:         true,
		InitialInterval: time.Millisecond,
		MaxInterval:     10 * time.Millisecond,
		MaxElapsedTime:  time.Minute,
	})
)

func TestAccept(t *testing.T) {
	r := listen(t, receiver.Accept())
	before := time.Now()
	exporter := connect(t, r, noRetry)
	mustExport(t, exporter, "first", "second")
	mustExport(t, exporter, "third")

	checkNames(t, r.Spans(), "first", "second", "third")
	checkExports(t, r, "1: 2 spans, OK", "2: 1 span, OK")
	first, second := r.Exports()[0], r.Exports()[1]
	if first.Time.Before(before) || first.AfterFirst != 0 {
		t.Errorf("export 1 came at %v, %v after the first; want a time after %v, and 0", first.Time, first.AfterFirst, before)
	}
	if want := second.Time.Sub(first.Time); second.AfterFirst != want {
		t.Errorf("export 2 came %v after the first, want %v", second.AfterFirst, want)
	}
	checkConnections(t, r, receiver.Connection{Protocol: receiver.HTTP2, Exports: 2})
}

func TestGzip(t *testing.T) {
	r := listen(t, receiver.Accept())
	mustExport(t, connect(t, r, noRetry, otlptracegrpc.WithCompressor("gzip")), "small")
	checkNames(t, r.Spans(), "small")
}

func TestLargeExport(t *testing.T) {
	r := listen(t, receiver.Accept())
	exporter := connect(t, r, noRetry)
	large := tracetest.SpanStubs{{
		Name:       "large",
		Attributes: []attribute.KeyValue{attribute.String("text", strings.Repeat("x", 8<<20))},
	}}
	if err := exporter.ExportSpans(t.Context(), large.Snapshots()); err != nil {
		t.Fatal(err)
	}
	checkNames(t, r.Spans(), "large")
}

func TestRefuse(t *testing.T) {
	r := listen(t, receiver.Refuse())
	err := connect(t, r, noRetry).ExportSpans(t.Context(), batch("lost"))
	checkCode(t, err, codes.Unavailable)
	checkExports(t, r)
	checkNames(t, r.Spans())
	for _, connection := range r.Connections() {
		if connection.Protocol != receiver.Nothing {
			t.Errorf("a refused connection spoke %s, want %s", connection.Protocol, receiver.Nothing)
		}
	}
	if len(r.Connections()) == 0 {
		t.Error("the refused connection was not noted")
	}
}

func TestHangUntilClientDeadline(t *testing.T) {
	r := listen(t, receiver.Hang())
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := connect(t, r, noRetry).ExportSpans(ctx, batch("unanswered"))
	if !errors.Is(err, context.DeadlineExceeded) && status.Code(errors.Unwrap(err)) != codes.DeadlineExceeded {
		t.Errorf("the exporter's error is %v, want one of a deadline", err)
	}
	checkNames(t, r.Spans())
}

func TestHangUntilClientCancels(t *testing.T) {
	r := listen(t, receiver.Hang())
	exporter := connect(t, r, noRetry)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	failed := make(chan error)
	go func() { failed <- exporter.ExportSpans(ctx, batch("unanswered")) }()

	await(t, r, "the export", func() bool { return len(r.Exports()) == 1 })
	checkExports(t, r, "1: 1 span, unanswered")
	cancel()
	if err := <-failed; err == nil {
		t.Error("an export without an answer succeeded")
	}
	await(t, r, "the end of the call", func() bool { return r.Exports()[0].Answered })
	checkExports(t, r, "1: 1 span, Canceled")
	checkNames(t, r.Spans())
}

func TestCloseWhileHanging(t *testing.T) {
	r := listen(t, receiver.Hang())
	exporter := connect(t, r, noRetry)
	failed := make(chan error)
	go func() { failed <- exporter.ExportSpans(context.Background(), batch("unanswered")) }()

	await(t, r, "the export", func() bool { return len(r.Exports()) == 1 })
	r.Close()
	checkCode(t, <-failed, codes.Unavailable)
	checkExports(t, r, "1: 1 span, Canceled")
}

func TestUnavailableOnce(t *testing.T) {
	r := listen(t, receiver.UnavailableOnce())
	mustExport(t, connect(t, r, fastRetry), "retried")
	checkNames(t, r.Spans(), "retried")
	checkExports(t, r, "1: 1 span, Unavailable", "2: 1 span, OK")
}

func TestUnavailableOnceWithoutRetry(t *testing.T) {
	r := listen(t, receiver.UnavailableOnce())
	exporter := connect(t, r, noRetry)
	checkCode(t, exporter.ExportSpans(t.Context(), batch("lost")), codes.Unavailable)
	mustExport(t, exporter, "next")
	checkNames(t, r.Spans(), "next")
}

func TestUnavailableFor(t *testing.T) {
	const d = 50 * time.Millisecond
	r := listen(t, receiver.UnavailableFor(d))
	mustExport(t, connect(t, r, fastRetry), "retried")

	checkNames(t, r.Spans(), "retried")
	for _, export := range r.Exports() {
		if late := export.AfterFirst >= d; export.Accepted() != late {
			t.Errorf("export %d came %v after the first and got %v", export.Number, export.AfterFirst, export.Code)
		}
	}
}

func TestAnswer(t *testing.T) {
	r := listen(t, receiver.Answer(func(_ context.Context, export receiver.Export) error {
		if slices.Contains(export.Headers.Get("api-key"), "secret") {
			return nil
		}
		return status.Error(codes.Unauthenticated, "no api-key")
	}))

	err := connect(t, r, noRetry).ExportSpans(t.Context(), batch("anonymous"))
	checkCode(t, err, codes.Unauthenticated)
	mustExport(t, connect(t, r, noRetry, otlptracegrpc.WithHeaders(map[string]string{"api-key": "secret"})), "known")

	checkNames(t, r.Spans(), "known")
	checkExports(t, r, "1: 1 span, Unauthenticated", "2: 1 span, OK")
}

func TestManyExportersAtOnce(t *testing.T) {
	const exporters, exports, batchSize = 16, 8, 4
	r := listen(t, receiver.Accept())
	var group sync.WaitGroup
	for i := range exporters {
		exporter := connect(t, r, noRetry)
		group.Go(func() {
			for j := range exports {
				names := make([]string, batchSize)
				for k := range names {
					names[k] = strconv.Itoa((i*exports+j)*batchSize + k)
				}
				if err := exporter.ExportSpans(t.Context(), batch(names...)); err != nil {
					t.Errorf("exporter %d, export %d: %v", i, j, err)
				}
			}
		})
	}
	await(t, r, "all spans", func() bool {
		return len(r.Spans()) == exporters*exports*batchSize && len(r.Connections()) == exporters
	})
	group.Wait()

	names := make(map[string]bool)
	for _, span := range r.Spans() {
		names[span.Name] = true
	}
	if got, want := len(names), exporters*exports*batchSize; got != want {
		t.Errorf("got %d different spans, want %d", got, want)
	}
	for _, connection := range r.Connections() {
		if connection.Exports != exports || connection.Protocol != receiver.HTTP2 {
			t.Errorf("connection %+v, want %d exports over HTTP/2", connection, exports)
		}
	}
	for i, export := range r.Exports() {
		if export.Number != i+1 || !export.Accepted() {
			t.Errorf("export at index %d is %+v, want number %d, accepted", i, export, i+1)
		}
	}
}

// connect gives a gRPC exporter that sends to the receiver's endpoint.
func connect(t *testing.T, r *receiver.Receiver, options ...otlptracegrpc.Option) *otlptrace.Exporter {
	t.Helper()
	options = append([]otlptracegrpc.Option{otlptracegrpc.WithEndpointURL(r.Endpoint())}, options...)
	exporter, err := otlptracegrpc.New(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = exporter.Shutdown(context.Background()) })
	return exporter
}

func mustExport(t *testing.T, exporter *otlptrace.Exporter, names ...string) {
	t.Helper()
	if err := exporter.ExportSpans(t.Context(), batch(names...)); err != nil {
		t.Fatalf("export of %q: %v", names, err)
	}
}

// batch gives finished spans with these names.
func batch(names ...string) []sdktrace.ReadOnlySpan {
	stubs := make(tracetest.SpanStubs, len(names))
	for i, name := range names {
		stubs[i].Name = name
		stubs[i].SpanContext = trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: trace.TraceID{1}, SpanID: trace.SpanID{byte(i + 1)}, TraceFlags: trace.FlagsSampled,
		})
	}
	return stubs.Snapshots()
}

func checkCode(t *testing.T, err error, want codes.Code) {
	t.Helper()
	if got := status.Code(errors.Unwrap(err)); got != want {
		t.Errorf("the exporter's error is %v, of code %v; want %v", err, got, want)
	}
}
