package live

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.uber.org/goleak"
	"google.golang.org/grpc/grpclog"
)

func TestMain(m *testing.M) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {})) // of exporters that fail on purpose
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
	goleak.VerifyTestMain(m)
}

// start runs an intake for the time of a test.
func start(t *testing.T, address string) *Intake {
	t.Helper()
	in := NewIntake(NewStore(Budget), address, func(_ context.Context, err error) string { return err.Error() })
	in.again = 5 * time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		in.Run(ctx, func() { close(ready) })
	}()
	t.Cleanup(func() { stop(); <-ended })
	<-ready
	return in
}

// await waits until the state is as it is wanted.
func await(t *testing.T, in *Intake, wanted func(State) bool) State {
	t.Helper()
	late := time.After(time.Minute)
	for {
		changed := in.Changed()
		if s := in.State(); wanted(s) {
			return s
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("it did not come to that: %+v", in.State())
		}
	}
}

func send(t *testing.T, endpoint string) {
	t.Helper()
	exporter, err := otlptracegrpc.New(t.Context(), otlptracegrpc.WithEndpointURL(endpoint))
	if err != nil {
		t.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	_, span := provider.Tracer("test").Start(t.Context(), "journey")
	span.End()
	if err := provider.Shutdown(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestIntake(t *testing.T) {
	in := start(t, "127.0.0.1:0")
	s := in.State()
	if s.Listening == "" || s.Endpoint != "http://"+s.Listening || !strings.Contains(s.Command, s.Endpoint) || s.Problem != "" {
		t.Fatalf("got %+v", s)
	}
	send(t, s.Endpoint)
	s = await(t, in, func(s State) bool { return s.Spans == 1 })
	if s.Traces != 1 || s.Arrived != 1 || s.Bytes == 0 || s.Budget != Budget {
		t.Errorf("got %+v", s)
	}
}

func TestMistakeOfClient(t *testing.T) {
	in := start(t, "127.0.0.1:0")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Post(in.State().Endpoint+"/v1/traces", "application/x-protobuf", nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	await(t, in, func(s State) bool { return strings.Contains(s.Remark, "otlptracehttp") })
}

// TestTakenThenFree has another program on the port, which ends.
func TestTakenThenFree(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	in := start(t, other.Addr().String())
	if s := in.State(); s.Listening != "" || s.Endpoint != "" || s.Command != "" || !strings.Contains(s.Problem, "another program listens there") {
		t.Errorf("got %+v", s)
	}
	other.Close()
	s := await(t, in, func(s State) bool { return s.Listening != "" })
	if s.Problem != "" || s.Listening != other.Addr().String() {
		t.Errorf("got %+v", s)
	}
	send(t, s.Endpoint)
	await(t, in, func(s State) bool { return s.Spans == 1 })
}
