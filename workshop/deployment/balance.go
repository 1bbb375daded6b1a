package deployment

import (
	"hash/fnv"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// Balance divides exports among n collectors.
type Balance func(exports [][]*tracepb.ResourceSpans, n int) [][][]*tracepb.ResourceSpans

// InTurn gives one export to this collector, the next to that one, as a balancer
// does that knows nothing of traces.
func InTurn(exports [][]*tracepb.ResourceSpans, n int) [][][]*tracepb.ResourceSpans {
	shares := make([][][]*tracepb.ResourceSpans, n)
	for i, export := range exports {
		shares[i%n] = append(shares[i%n], export)
	}
	return shares
}

// ByTrace gives all spans of a trace to the same collector, as the exporter
// loadbalancing of the OpenTelemetry Collector does. It opens the exports, and
// puts them together anew.
func ByTrace(exports [][]*tracepb.ResourceSpans, n int) [][][]*tracepb.ResourceSpans {
	traces := make([]Traces, n)
	for _, export := range exports {
		for _, part := range export {
			i := share(part.ScopeSpans[0].Spans[0].TraceId, n)
			traces[i] = append(traces[i], part)
		}
	}
	shares := make([][][]*tracepb.ResourceSpans, n)
	for i, t := range traces {
		shares[i] = t.batches(batchSize)
	}
	return shares
}

// share gives the collector that is responsible for a trace.
func share(trace []byte, n int) int {
	hash := fnv.New32a()
	_, _ = hash.Write(trace) // it never fails
	return int(hash.Sum32() % uint32(n))
}
