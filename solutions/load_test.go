package solutions

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/receiver"
	"example.com/tracing-workshop/workshop/spans"

	"example.com/tracing-workshop/solutions/prove"
)

// TestLoad sends 2,000 requests, 64 at a time, through the two services of step
// 3, as real processes. Not one span may be lost, also when the collector is
// not available for the first two seconds, and afterwards the services hold no
// more goroutines and memory than before.
//
// While the collector is away, spans wait in the queue of the batch processor.
// By default it takes 2,048 and drops what comes then, without a word; user-
// service alone makes 4,000 here. So the queue is made longer, with the
// standard variable.
func TestLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("2,000 requests, twice")
	}
	executable := build(t, "step03-autoinstrument", prove.Solution(t, "step03-autoinstrument"))
	for name, behaviour := range map[string]receiver.Behaviour{
		"collector there":             receiver.Accept(),
		"collector away for a moment": receiver.UnavailableFor(2 * time.Second),
	} {
		t.Run(name, func(t *testing.T) { testLoad(t, executable, behaviour) })
	}
}

func testLoad(t *testing.T, executable string, behaviour receiver.Behaviour) {
	const (
		requests  = 2000
		callers   = 64
		heapSlack = 4 << 20 // bytes; connections and buffers that are kept for the next request
	)
	collector, err := receiver.Listen("127.0.0.1:0", behaviour)
	if err != nil {
		t.Fatal(err)
	}
	defer collector.Close()
	env := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.Endpoint(), "OTEL_BSP_MAX_QUEUE_SIZE=8192"}
	joke := startService(t, executable, "joke-service", env)
	user := startService(t, executable, "user-service", env, "-joke-url", joke.URL+"/jokes/random")
	before := map[*service]reading{joke: joke.read(t), user: user.read(t)}

	hammer(t, user.URL+"/fetch-external", requests, callers)

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := collector.Wait(ctx, func() bool { return len(collector.Spans()) >= 3*requests }); err != nil {
		t.Errorf("%d spans arrived; want %d: %v", len(collector.Spans()), 3*requests, err)
	}
	checkComplete(t, collector.Spans(), requests)
	for s, then := range before {
		// The exporter's connection to the collector, and what user-service
		// keeps open to joke-service (http.DefaultMaxIdleConnsPerHost).
		const kept = 10
		now := s.settled(t, then.Goroutines+kept)
		t.Logf("%s: %d goroutines and %d KiB before, %d and %d after", s.cmd.Args[1], then.Goroutines, then.Heap>>10, now.Goroutines, now.Heap>>10)
		if now.Goroutines > then.Goroutines+kept || now.Heap > then.Heap+heapSlack {
			t.Errorf("%s does not come back to where it started", s.cmd.Args[1])
		}
	}
}

// hammer sends requests, so many at a time, and waits for all the answers.
func hammer(t *testing.T, url string, requests, callers int) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	work := make(chan int)
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for range work {
				if err := fetch(client, url); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range requests {
		work <- i
	}
	close(work)
	all.Wait()
}

// checkComplete expects that the spans make so many traces of a request through
// both services.
func checkComplete(t *testing.T, arrived []spans.Span, requests int) {
	t.Helper()
	traces := spans.Group(arrived)
	if len(traces) != requests {
		t.Errorf("%d traces arrived; want %d", len(traces), requests)
	}
	incomplete := 0
	for _, trace := range traces {
		if !isComplete(trace) {
			incomplete++
		}
	}
	if incomplete > 0 {
		t.Errorf("%d traces are not server, client, server", incomplete)
	}
}

func isComplete(trace spans.Trace) bool {
	roots := trace.Roots()
	if len(trace.Spans) != 3 || len(roots) != 1 {
		return false
	}
	want := []struct {
		service string
		kind    spans.Kind
	}{
		{"user-service", spans.KindServer},
		{"user-service", spans.KindClient},
		{"joke-service", spans.KindServer},
	}
	level := roots
	for _, w := range want {
		if len(level) != 1 || level[0].Service() != w.service || level[0].Kind != w.kind {
			return false
		}
		level = trace.Children(level[0])
	}
	return len(level) == 0
}
