package tracecheck

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// TestRatioOf holds it against the SDK's own sampler.
func TestRatioOf(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, ratio := range []float64{0.2, 0.25, 0.333, 0.5} {
		sampler := sdktrace.TraceIDRatioBased(ratio)
		var kept, dropped []string
		for range 400 {
			var id trace.TraceID
			for i := range id {
				id[i] = byte(random.Uint32())
			}
			if sampler.ShouldSample(sdktrace.SamplingParameters{TraceID: id}).Decision == sdktrace.RecordAndSample {
				kept = append(kept, id.String())
			} else {
				dropped = append(dropped, id.String())
			}
		}
		from, to, ok := ratioOf(kept, dropped)
		if !ok || ratio < from || ratio > to || to-from > 0.03 {
			t.Errorf("a ratio of %v is taken for %v to %v (%v)", ratio, from, to, ok)
		}
		if _, _, ok := ratioOf(dropped, kept); ok {
			t.Error("who keeps the high ids is taken for this sampler")
		}
	}
	if _, _, ok := ratioOf([]string{fmt.Sprintf("%032x", 1)}, nil); ok {
		t.Error("there is a ratio where nothing was dropped")
	}
}

// TestDropsAreNoted expects the trace ids of spans that a sampler drops.
func TestDropsAreNoted(t *testing.T) {
	play := NewPlay(func(s *Stage) { s.Run("provider", "batch", "never-sample", "register", "span", "shutdown") })
	t.Chdir("testdata/journey")
	play.open(t.TempDir())
	defer play.close()
	e, err := play.await()
	if err != nil {
		t.Fatal(err)
	}
	if ids := dropped(e, nil); len(ids) != 1 || len(ids[0]) != 32 || slices.Contains(ids, trace.TraceID{}.String()) {
		t.Errorf("the traces that were dropped are %v", ids)
	}
}
