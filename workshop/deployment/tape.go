package deployment

import (
	"context"
	"net"
	"sync"

	tracecollector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
)

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
