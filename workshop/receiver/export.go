package receiver

import (
	"context"
	"time"

	tracecollector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip" // so that compressed exports are understood
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"example.com/tracing-workshop/workshop/spans"
)

// Export is one call of TraceService.Export, which carries a batch of spans
// (OTLP specification 1.x, section OTLP/gRPC).
type Export struct {
	Number     int           // 1 for the first export a receiver gets
	Connection int           // 0 for the first connection a receiver gets; index in its Connections if nothing was taken
	Time       time.Time     // when the request had come in
	AfterFirst time.Duration // time since the first export came in; 0 for the first
	Spans      int           // number of spans in the batch
	Headers    metadata.MD   // the request's headers, under lower-case names; must not be changed
	Answered   bool          // whether an answer was given, or the call ended without one
	Code       codes.Code    // how the call ended; only set when Answered
}

// Accepted tells whether the spans of the export were received.
func (e Export) Accepted() bool { return e.Answered && e.Code == codes.OK }

// traceService is the gRPC service that exporters call.
type traceService struct {
	tracecollector.UnimplementedTraceServiceServer
	record    *record
	behaviour Behaviour
}

// Export records the call before and after the behaviour has decided on it.
func (s *traceService) Export(ctx context.Context, request *tracecollector.ExportTraceServiceRequest) (*tracecollector.ExportTraceServiceResponse, error) {
	batch := spans.FromOTLP(request.GetResourceSpans())
	headers, _ := metadata.FromIncomingContext(ctx)
	export := &Export{Spans: len(batch), Headers: headers}
	s.record.exportBegan(connectionOf(ctx), export)

	err := s.decide(ctx, *export)
	if err != nil {
		s.record.exportFailed(export, codeOf(err))
		return nil, err
	}
	s.record.exportAccepted(export, batch)
	return &tracecollector.ExportTraceServiceResponse{}, nil
}

// connectionOf gives what the gate knows of the connection of a call.
func connectionOf(ctx context.Context) *connection {
	client, _ := peer.FromContext(ctx)
	return client.AuthInfo.(*connection)
}

func (s *traceService) decide(ctx context.Context, export Export) error {
	if s.behaviour.answer == nil {
		return nil
	}
	return s.behaviour.answer(ctx, export)
}

// codeOf gives the code that gRPC sends for an error of a handler.
func codeOf(err error) codes.Code {
	if answer, ok := status.FromError(err); ok {
		return answer.Code()
	}
	return status.FromContextError(err).Code()
}
