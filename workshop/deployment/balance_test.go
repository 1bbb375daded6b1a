package deployment

import (
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"example.com/tracing-workshop/workshop/spans"
)

func TestInTurnTearsTracesApart(t *testing.T) {
	if n := inSeveral(InTurn(Visits(40).batches(8), 2)); n == 0 {
		t.Error("no trace is in two places")
	}
}

func TestByTraceKeepsTracesTogether(t *testing.T) {
	shares := ByTrace(Visits(40).batches(8), 2)
	if n := inSeveral(shares); n != 0 {
		t.Errorf("%d traces are in two places", n)
	}
	total := 0
	for i, share := range shares {
		n := 0
		for _, export := range share {
			n += spanCount(export)
		}
		if n == 0 {
			t.Errorf("collector %d gets nothing", i)
		}
		total += n
	}
	if total != 120 {
		t.Errorf("%d spans of 120 are left", total)
	}
}

// inSeveral counts the traces of which several collectors get spans.
func inSeveral(shares [][][]*tracepb.ResourceSpans) (n int) {
	places := map[string]map[int]bool{}
	for i, share := range shares {
		for _, export := range share {
			for _, s := range spans.FromOTLP(export) {
				if places[s.TraceID] == nil {
					places[s.TraceID] = map[int]bool{}
				}
				places[s.TraceID][i] = true
			}
		}
	}
	for _, at := range places {
		if len(at) > 1 {
			n++
		}
	}
	return n
}
