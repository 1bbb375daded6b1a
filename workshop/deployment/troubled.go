package deployment

import (
	"net/http"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// slowness is how long a slow computation takes.
const slowness = 2500 * time.Millisecond

// FailedVisits gives n traces as those of [Visits], in which joke-service fails,
// and with it the request: all three spans have the status error.
func FailedVisits(n int) Traces {
	var all Traces
	for range n {
		trace := visit(time.Now())
		fail(trace[0].ScopeSpans[0].Spans[0], http.StatusBadGateway)
		fail(trace[0].ScopeSpans[0].Spans[1], http.StatusInternalServerError)
		fail(trace[1].ScopeSpans[0].Spans[0], http.StatusInternalServerError)
		all = append(all, trace...)
	}
	return all
}

// fail gives a span the status error, and the code of an answer.
func fail(s *tracepb.Span, code int64) {
	s.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR}
	for i, a := range s.Attributes {
		if a.Key == statusCode {
			s.Attributes[i] = num(statusCode, code)
		}
	}
}

// SlowComputations gives n traces as those of [Computations], which take 2.5
// seconds.
func SlowComputations(n int) Traces {
	var all Traces
	for range n {
		all = append(all, computation(time.Now(), slowness))
	}
	return all
}

// And gives these traces, and others.
func (t Traces) And(others Traces) Traces { return append(t[:len(t):len(t)], others...) }
