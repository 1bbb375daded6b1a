package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/spans"
)

// traffic sends a trace after the other, and notes which were accepted. What is
// refused it does not send again.
type traffic struct {
	way      *deployed
	to       string        // where it sends, over gRPC
	service  string        // has its name from where it sends to
	patience time.Duration // until it takes no answer for a refusal
	end      context.CancelFunc
	done     chan struct{}

	mu       sync.Mutex
	accepted []acceptance
	refused  []string // ids
	err      error    // of the last that was refused
}

// acceptance is that of a trace.
type acceptance struct {
	id string
	at time.Time
}

// patienceOfSDK is how long an exporter waits for one export, if nobody says
// otherwise.
const patienceOfSDK = 10 * time.Second

func startTraffic(t *testing.T, way *deployed, patience time.Duration) *traffic {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	tr := &traffic{way: way, to: way.in.Endpoints.OTLPGRPC, service: "traffic to " + way.in.Endpoints.OTLPGRPC, patience: patience, end: cancel, done: make(chan struct{})}
	go func() {
		defer close(tr.done)
		every := time.NewTicker(50 * time.Millisecond) // Cassandra reads each trace by itself when they are counted
		defer every.Stop()
		for {
			tr.send()
			select {
			case <-ctx.Done():
				return
			case <-every.C:
			}
		}
	}()
	t.Cleanup(tr.stop)
	return tr
}

func (tr *traffic) send() {
	ctx, cancel := context.WithTimeout(context.Background(), tr.patience)
	defer cancel()
	span := newSpan("request", tracepb.Span_SPAN_KIND_SERVER, time.Now(), time.Millisecond)
	err := export(ctx, tr.to, []*tracepb.ResourceSpans{{
		Resource:   &resourcepb.Resource{Attributes: []*commonpb.KeyValue{{Key: "service.name", Value: textValue(tr.service)}}},
		ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{span}}},
	}})
	id := fmt.Sprintf("%x", span.TraceId)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if err != nil {
		tr.refused, tr.err = append(tr.refused, id), err
		return
	}
	tr.accepted = append(tr.accepted, acceptance{id, time.Now()})
}

// stop ends it, and waits until all is accepted or refused.
func (tr *traffic) stop() {
	tr.end()
	<-tr.done
}

// await waits until that many more traces were accepted.
func (tr *traffic) await(t *testing.T, more int) {
	t.Helper()
	count := func() int {
		tr.mu.Lock()
		defer tr.mu.Unlock()
		return len(tr.accepted)
	}
	want := count() + more
	awaitNil(t, time.Minute, func(context.Context) error {
		if n := count(); n < want {
			return fmt.Errorf("%s: %d traces were accepted, want %d", tr.service, n, want)
		}
		return nil
	})
}

// arrivesSince is nil if a trace is found that began after this time.
func (tr *traffic) arrivesSince(ctx context.Context, moment time.Time) error {
	got, err := tr.way.out.Client().Find(ctx, jaeger.Search{Service: tr.service, From: moment, Limit: 1})
	if err == nil && len(got) == 0 {
		err = fmt.Errorf("%s: nothing is found that came after %v", tr.service, moment)
	}
	return err
}

// missing counts the traces that were accepted, and are not found, without those
// that may be lost.
func (tr *traffic) missing(ctx context.Context, mayLose func(accepted time.Time) bool) (int, error) {
	got, err := tr.way.out.Client().Find(ctx, jaeger.Search{Service: tr.service})
	if err != nil {
		return 0, err
	}
	held := map[string]bool{}
	for _, trace := range spans.Group(got) {
		held[trace.ID] = true
	}
	n := 0
	for _, trace := range tr.accepted {
		if !held[trace.id] && !mayLose(trace.at) {
			n++
		}
	}
	return n, nil
}
