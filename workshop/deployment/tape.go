package deployment

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	tracecollector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"

	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/proc"
)

// trafficPatience is how long the traffic may take, with the building of it.
const trafficPatience = 3 * time.Minute

// record runs the program of step 5, and gives what it exports.
func (d *Deployment) record(seed uint64) ([]*tracepb.ResourceSpans, error) {
	ctx, cancel := context.WithTimeout(d.ctx, trafficPatience)
	defer cancel()
	program, err := d.program(ctx)
	if err != nil {
		return nil, err
	}
	tape, err := listen()
	if err != nil {
		return nil, err
	}
	defer tape.close()
	cmd := proc.Command(ctx, program, "traffic", "-seed", strconv.FormatUint(seed, 10), "-flush-timeout", "1m")
	cmd.Env = append(proc.WithoutTelemetry(os.Environ()), "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+tape.address())
	if _, err := proc.Output(cmd); err != nil {
		return nil, fmt.Errorf("the traffic of step 5 does not run: %w", gotool.Said(err))
	}
	return tape.recorded(), nil
}

// tape is a collector in this process that keeps what it is sent as it comes, to
// be sent once more. Package receiver keeps the model of it only.
type tape struct {
	tracecollector.UnimplementedTraceServiceServer
	listener net.Listener
	server   *grpc.Server
	mu       sync.Mutex
	kept     []*tracepb.ResourceSpans
}

// listen starts a tape on a port that the system picks.
func listen() (*tape, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &tape{listener: listener, server: grpc.NewServer()}
	tracecollector.RegisterTraceServiceServer(t.server, t)
	go t.server.Serve(listener)
	return t, nil
}

// Export keeps the spans of an export.
func (t *tape) Export(_ context.Context, request *tracecollector.ExportTraceServiceRequest) (*tracecollector.ExportTraceServiceResponse, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, request.GetResourceSpans()...)
	return &tracecollector.ExportTraceServiceResponse{}, nil
}

func (t *tape) address() string { return t.listener.Addr().String() }

func (t *tape) recorded() []*tracepb.ResourceSpans {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept
}

func (t *tape) close() { t.server.Stop() }
