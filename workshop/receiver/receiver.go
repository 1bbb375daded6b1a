// Package receiver is an OTLP/gRPC receiver that notes what it is sent, by
// whom and in how many calls, and that misbehaves when a test asks it to.
//
//	r, err := receiver.Listen("127.0.0.1:0", receiver.UnavailableOnce())
//	...
//	defer r.Close()
//	program.Env = append(program.Env, "OTEL_EXPORTER_OTLP_ENDPOINT="+r.Endpoint())
//	...
//	err = r.Wait(ctx, func() bool { return len(r.Spans()) == 1 })
//
// It takes spans as the OTLP specification 1.x lays down in the section
// OTLP/gRPC, without TLS. A client that speaks TLS, HTTP/1 or something else is
// turned away, and [Receiver.Connections] tells which of them it was.
package receiver

import (
	"context"
	"fmt"
	"net"

	tracecollector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"

	"example.com/tracing-workshop/workshop/internal/port"
	"example.com/tracing-workshop/workshop/spans"
)

// maxRequest is the size in bytes of the largest export that is taken. The
// default of gRPC is 4 MiB.
const maxRequest = 64 << 20

// Receiver receives spans until it is closed. Its methods may be called from
// several goroutines at once, and all but Wait also make sense after Close.
type Receiver struct {
	listener net.Listener
	server   *grpc.Server
	record   *record
	closing  context.Context // done as soon as Close is called
	close    context.CancelFunc
	served   chan struct{} // closed when the server has stopped accepting
}

// Listen starts a receiver on addr, a host and a port as in "127.0.0.1:4317".
// With port 0 the system picks a free one. The error of a port that is taken
// says so and what to do about it.
func Listen(addr string, behaviour Behaviour) (*Receiver, error) {
	listener, err := net.Listen("tcp", addr)
	if port.InUse(err) {
		return nil, fmt.Errorf("cannot receive spans on %s, because another program listens there: stop it (4317 is the port of Jaeger and of any OpenTelemetry collector) or choose another port", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot receive spans on %s: choose an address of this machine, such as 127.0.0.1:4317: %w", addr, err)
	}

	closing, cancel := context.WithCancel(context.Background())
	r := &Receiver{
		listener: listener,
		record:   newRecord(),
		closing:  closing,
		close:    cancel,
		served:   make(chan struct{}),
	}
	r.server = grpc.NewServer(
		grpc.Creds(newGate(r.closing, r.record, behaviour)),
		grpc.MaxRecvMsgSize(maxRequest),
		grpc.WaitForHandlers(true),
	)
	tracecollector.RegisterTraceServiceServer(r.server, &traceService{record: r.record, behaviour: behaviour})
	go r.serve()
	return r, nil
}

func (r *Receiver) serve() {
	defer close(r.served)
	_ = r.server.Serve(r.listener) // fails only once the listener is closed
}

// Addr gives the address the receiver listens on, as in "127.0.0.1:43121".
func (r *Receiver) Addr() string { return r.listener.Addr().String() }

// Endpoint gives the receiver's address as a URL, as in
// "http://127.0.0.1:43121". It is fit for OTEL_EXPORTER_OTLP_ENDPOINT, where the
// scheme http means a connection without TLS (OpenTelemetry specification, OTLP
// Exporter Configuration, section Configuration Options).
func (r *Receiver) Endpoint() string { return "http://" + r.Addr() }

// Spans gives all spans received so far, in order of arrival. A span counts as
// received when its export was accepted. An exporter that sends a span twice is
// seen to do so. The spans must not be changed.
func (r *Receiver) Spans() []spans.Span { return r.record.receivedSpans() }

// Exports gives every export call so far, in order of arrival.
func (r *Receiver) Exports() []Export { return r.record.madeExports() }

// Connections gives everyone who connected so far, in order of arrival.
func (r *Receiver) Connections() []Connection { return r.record.madeConnections() }

// Take gives the spans received since the last Take, in order of arrival, and
// the connections that ended in that time. The receiver forgets them, and the
// exports that have their answer: Spans, Connections and Exports do not give
// them any more. A receiver that runs for hours keeps its memory bounded so.
func (r *Receiver) Take() ([]spans.Span, []Connection) { return r.record.take() }

// Wait returns nil as soon as done is true. It asks done at once, and again
// whenever somebody connects, is recognized by the first bytes, makes an
// export, gets the answer to one, or leaves. The error is the cause of ctx's end,
// or net.ErrClosed when the receiver is closed; done is asked once more before
// either, so spans that came together with the end are not overlooked.
func (r *Receiver) Wait(ctx context.Context, done func() bool) error {
	for {
		changed := r.record.nextChange()
		ctxErr, closeErr := context.Cause(ctx), r.closing.Err()
		if done() {
			return nil
		}
		if ctxErr != nil {
			return ctxErr
		}
		if closeErr != nil {
			return net.ErrClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
		case <-r.closing.Done():
		}
	}
}

// Close stops listening, ends every connection and every call at once, and
// returns when nothing of the receiver runs any more. A second Close does
// nothing.
func (r *Receiver) Close() {
	r.close()
	r.server.Stop()
	<-r.served
}
