package production

import (
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/deployment"
	"example.com/tracing-workshop/workshop/tracecheck"
)

const (
	// trafficSeed is one whose slow traces are twice as long as all others.
	trafficSeed = 49
	// slow is what the lesson calls slow.
	slow = 200 * time.Millisecond
)

// TestSampling is section 4: a collector waits for the spans of a trace, and
// keeps the trace if it matters.
func TestSampling(t *testing.T) {
	traffic := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		d := deployment.New(s, files)
		collector := d.Jaeger("tail-sampling.yaml")
		d.Traffic(trafficSeed, slow, deployment.InTurn, collector)
		d.LookWhenDecided("after the decisions", collector)
	})

	tracecheck.Run(t, files, []tracecheck.Check{
		{
			Name:    "errors-kept",
			Section: 4,
			Must:    "Every trace with an error is kept.",
			Play:    traffic,
			Expect:  tracecheck.All(deployment.TakesAll, deployment.KeepsErrors),
		},
		{
			Name:    "slow-kept",
			Section: 4,
			Must:    "Every trace that took 200 ms or longer is kept.",
			Play:    traffic,
			Expect:  deployment.KeepsSlow,
		},
		{
			Name:    "a-tenth-of-the-rest",
			Section: 4,
			Must:    "Of all other traces about one in ten is kept: 6 to 14 percent.",
			Play:    traffic,
			Expect:  deployment.KeepsATenth,
		},
		{
			Name:    "whole",
			Section: 4,
			Must:    "A trace is kept with all its spans, or not at all.",
			Play:    traffic,
			Expect:  deployment.KeepsWhole,
		},
	})
}
