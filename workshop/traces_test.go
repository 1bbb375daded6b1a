package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/credentials"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// traces is the command traces while it runs.
type traces struct {
	*workshoptest.Screen
	endpoint string
	stop     context.CancelFunc
	code     chan int
}

var exportLine = regexp.MustCompile(`OTEL_EXPORTER_OTLP_ENDPOINT(?:=| = ")(http://[\w.:]+)`)

func startTraces(t *testing.T, flags ...string) *traces {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	v := &traces{Screen: workshoptest.NewScreen(), stop: stop, code: make(chan int, 1)}
	args := append([]string{"traces", "-listen", "127.0.0.1:0"}, flags...)
	go func() { v.code <- run(ctx, args, v, v) }()
	t.Cleanup(func() { v.end(t) })
	v.Await(t, "OTEL_EXPORTER_OTLP_ENDPOINT")
	v.endpoint = exportLine.FindStringSubmatch(v.String())[1]
	return v
}

// end is Ctrl-C.
func (v *traces) end(t *testing.T) {
	t.Helper()
	v.stop()
	if code := <-v.code; code != exitOK {
		t.Errorf("exit code %d, want 0", code)
	}
	v.code <- exitOK
}

// tracer gives a tracer of a service that sends each span as it ends.
func (v *traces) tracer(t *testing.T, service string, options ...otlptracegrpc.Option) trace.Tracer {
	t.Helper()
	options = append([]otlptracegrpc.Option{otlptracegrpc.WithEndpointURL(v.endpoint)}, options...)
	exporter, err := otlptracegrpc.New(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSyncer(exporter),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", service))),
	)
	t.Cleanup(func() { _ = provider.Shutdown(context.Background()) })
	return provider.Tracer("test")
}

func TestTracesOfTwoServices(t *testing.T) {
	v := startTraces(t)
	planner, railway := v.tracer(t, "planner"), v.tracer(t, "railway")
	ctx, outer := planner.Start(t.Context(), "plan", trace.WithAttributes(attribute.Int("stops", 5)))
	_, inner := railway.Start(ctx, "route")
	inner.AddEvent("found")
	inner.End() // arrives before its parent, in an export of its own
	outer.End()

	v.Await(t, "found")
	v.end(t)
	workshoptest.Contains(t, v.String(),
		"Listening on 127.0.0.1:", "Ctrl-C ends it",
		v.endpoint, "2 spans · 2 services", "planner", "plan", "stops = 5", "railway", "route", "event found",
		"1 trace, 2 spans.")
	workshoptest.Lacks(t, v.String(), "more of trace", "never arrived", "\x1b")
}

func TestTracesBrief(t *testing.T) {
	v := startTraces(t, "-brief")
	_, span := v.tracer(t, "planner").Start(t.Context(), "plan", trace.WithAttributes(attribute.Int("stops", 5)))
	span.End()
	v.Await(t, "1 span")
	v.end(t)
	workshoptest.Lacks(t, v.String(), "stops")
}

func TestTracesThatComeLater(t *testing.T) {
	v := startTraces(t)
	tracer := v.tracer(t, "planner")
	ctx, outer := tracer.Start(t.Context(), "plan")
	outer.End()
	v.Await(t, "1 span")
	_, inner := tracer.Start(ctx, "route")
	inner.End()
	v.Await(t, "route")
	v.end(t)
	id := outer.SpanContext().TraceID().String()
	workshoptest.Contains(t, v.String(), "trace "+id[:8], "more of trace "+id[:8]+"…: 1 span came later", "2 spans", "route", "1 trace, 2 spans.")
}

// TestTracesDrawsWhatWaits interrupts while a span still waits for its parent.
func TestTracesDrawsWhatWaits(t *testing.T) {
	v := startTraces(t)
	ctx := trace.ContextWithRemoteSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled,
	}))
	_, span := v.tracer(t, "planner").Start(ctx, "orphan")
	span.End() // the export has been answered when this returns
	v.end(t)
	workshoptest.Contains(t, v.String(), "orphan", "never arrived", "1 trace, 1 span.")
}

func TestTracesOfTLSClient(t *testing.T) {
	v := startTraces(t)
	noRetry := otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{})
	tlsClient := otlptracegrpc.WithTLSCredentials(credentials.NewTLS(&tls.Config{ServerName: "collector.example"}))
	for range 2 {
		_, span := v.tracer(t, "planner", noRetry, tlsClient).Start(t.Context(), "lost")
		span.End()
	}
	v.Await(t, "WithInsecure()")
	v.end(t)
	workshoptest.Contains(t, v.String(), "spoke TLS", "begins with http://, as "+v.endpoint, "0 traces, 0 spans.")
	if n := strings.Count(v.String(), "spoke TLS"); n != 1 {
		t.Errorf("it is said %d times, want once:\n%s", n, v)
	}
}

func TestTracesOfHTTPClient(t *testing.T) {
	v := startTraces(t)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, call := range []func() (*http.Response, error){
		func() (*http.Response, error) {
			return client.Post(v.endpoint+"/v1/traces", "application/x-protobuf", nil)
		},
		func() (*http.Response, error) { return client.Get(v.endpoint) },
	} {
		response, err := call()
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	v.Await(t, "in place of otlptracehttp")
	v.Await(t, "for a web page")
}

func TestTracesOfSomethingElse(t *testing.T) {
	v := startTraces(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(v.endpoint, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("\x00\x01hello")); err != nil {
		t.Fatal(err)
	}
	v.Await(t, "not OTLP over gRPC")
}

func TestTracesOnTakenPort(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"traces", "-listen", listener.Addr().String()}, &stdout, &stderr)
	if code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	workshoptest.Contains(t, stderr.String(), "workshop: cannot receive spans on "+listener.Addr().String(), "another program listens there", "choose another port, as in go run ./workshop traces -listen 127.0.0.1:")
	if stdout.Len() > 0 || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("stdout %q, stderr %q; want one line on stderr", stdout.String(), stderr.String())
	}
}
