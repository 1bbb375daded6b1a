package receiver

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Behaviour says how a receiver treats its clients. The zero Behaviour is
// [Accept].
type Behaviour struct {
	refuse bool
	answer func(context.Context, Export) error // nil accepts
}

// Accept takes every export.
func Accept() Behaviour { return Behaviour{} }

// Refuse resets every connection as soon as it is made. That is as close to a
// port where nobody listens as a receiver can come that keeps the port and
// notes who tried: a gRPC client reports Unavailable in both cases, with
// "connection reset by peer" in place of "connection refused".
func Refuse() Behaviour { return Behaviour{refuse: true} }

// Hang lets clients connect and export, and never answers. A call ends when its
// client gives up or the receiver is closed.
func Hang() Behaviour {
	return Answer(func(ctx context.Context, _ Export) error {
		<-ctx.Done()
		return ctx.Err()
	})
}

// UnavailableOnce answers the first export with Unavailable and takes the
// others. Unavailable asks the client to try again with a growing delay (OTLP
// specification 1.x, section OTLP/gRPC Response, Failures).
func UnavailableOnce() Behaviour {
	return Answer(func(_ context.Context, export Export) error {
		if export.Number > 1 {
			return nil
		}
		return errUnavailable()
	})
}

// UnavailableFor answers with Unavailable for the time d after the first export
// came in, and takes what comes later.
func UnavailableFor(d time.Duration) Behaviour {
	return Answer(func(_ context.Context, export Export) error {
		if export.AfterFirst >= d {
			return nil
		}
		return errUnavailable()
	})
}

// Answer asks answer about each export, from several goroutines at once if
// exports overlap. With nil the export is accepted. Otherwise its spans do not
// count as received, and the client gets the code of the error, which comes from
// package status or is that of ctx. The context ends when the client gives up or
// the receiver is closed; an answer that takes time has to heed it.
func Answer(answer func(ctx context.Context, export Export) error) Behaviour {
	return Behaviour{answer: answer}
}

func errUnavailable() error {
	return status.Error(codes.Unavailable, "this receiver is told to be unavailable; try again later")
}
