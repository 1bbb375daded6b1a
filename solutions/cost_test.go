package solutions

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/receiver"

	"example.com/tracing-workshop/solutions/prove"
)

// BenchmarkCost measures what tracing costs a request of the services of step
// 4, as real processes:
//
//	bare        no OpenTelemetry in the way of a request (testdata/bare.txtar)
//	unsampled   the solution, and a sampler that takes no trace
//	sampled     the solution, with all spans sent to a collector in this process
//
// One caller sends one request after the other. The three take turns in every
// round, so that what else the machine does hits all of them. It prints a table:
// for bare the microseconds that the caller waits, and the objects and bytes
// that user-service allocates for a request; for the others how many times as
// much. A metric for each of these would make a line that no terminal has room
// for.
// The batches of spans that user-service sends meanwhile are in those numbers,
// and what joke-service and the collector do is in the time.
//
//	go test ./solutions -run '^$' -bench Cost -benchtime 20x
//
// The workers of /compute do not pause here: n is 1,000, so there is a few
// microseconds of work under five spans. For work that takes milliseconds the
// ratios are close to 1.
func BenchmarkCost(b *testing.B) {
	const step = "step04-manual-spans"
	bare := build(b, step, prove.ReadEntry(b, step, filepath.Join("testdata", "bare.txtar")).Program)
	solution := build(b, step, prove.Solution(b, step))
	for _, path := range []string{"/fetch-external", "/compute"} {
		b.Run(path[1:], func(b *testing.B) {
			benchmarkCost(b, path, []*variant{
				{name: "bare", executable: bare},
				{name: "unsampled", executable: solution, env: []string{"OTEL_TRACES_SAMPLER=always_off"}},
				{name: "sampled", executable: solution},
			})
		})
	}
}

// variant is one of the programs whose cost is compared.
type variant struct {
	name       string
	executable string
	env        []string

	user            *service
	client          *http.Client
	elapsed         time.Duration
	objects, memory int64
}

func benchmarkCost(b *testing.B, path string, variants []*variant) {
	const perRound = 200
	collector, err := receiver.Listen("127.0.0.1:0", receiver.Accept())
	if err != nil {
		b.Fatal(err)
	}
	defer collector.Close()
	for _, v := range variants {
		v.start(b, collector.Endpoint())
		v.measure(b, path, perRound) // warms connections, caches and pools
		v.elapsed, v.objects, v.memory = 0, 0, 0
	}
	for b.Loop() {
		for _, v := range variants {
			v.measure(b, path, perRound)
		}
		collector.Take() // or it would grow with every round
	}
	b.ReportMetric(0, "ns/op") // of a round, which says nothing
	b.Log(costs(b.N*perRound, variants[0], variants[1:]))
}

// costs is the table of what a request costs bare, and how many times as much
// in the other variants.
func costs(requests int, bare *variant, others []*variant) string {
	var table strings.Builder
	fmt.Fprintf(&table, "%-9s  %9s  %9s  %9s", "a request", "time", "objects", "bytes")
	each := func(total int64) int64 { return total / int64(requests) }
	fmt.Fprintf(&table, "\n%-9s  %6d µs  %9d  %9d", bare.name,
		each(bare.elapsed.Microseconds()), each(bare.objects), each(bare.memory))
	for _, v := range others {
		fmt.Fprintf(&table, "\n%-9s  %9s  %9s  %9s", v.name,
			times(int64(v.elapsed), int64(bare.elapsed)), times(v.objects, bare.objects), times(v.memory, bare.memory))
	}
	return table.String()
}

func times(cost, bare int64) string { return fmt.Sprintf("× %.2f", float64(cost)/float64(bare)) }

// start starts both services of a variant.
func (v *variant) start(b *testing.B, endpoint string) {
	env := append(v.env, "OTEL_EXPORTER_OTLP_ENDPOINT="+endpoint)
	joke := startService(b, v.executable, "joke-service", env)
	v.user = startService(b, v.executable, "user-service", env, "-joke-url", joke.URL+"/jokes/random", "-chunk-pause", "0")
	v.client = &http.Client{Transport: &http.Transport{}}
	b.Cleanup(v.client.CloseIdleConnections)
}

// measure sends requests one after the other, and adds up what they cost.
func (v *variant) measure(b *testing.B, path string, requests int) {
	before := v.user.read(b)
	began := time.Now()
	for range requests {
		if err := fetch(v.client, v.user.URL+path); err != nil {
			b.Fatal(err)
		}
	}
	v.elapsed += time.Since(began)
	after := v.user.read(b)
	v.objects += after.Mallocs - before.Mallocs
	v.memory += after.Allocated - before.Allocated
}
