package production

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"example.com/tracing-workshop/workshop/deployment"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// TestTwoCollectors is section 4, too: two collectors decide late, with the
// policies of the solution. It shows why all spans of a trace have to reach the
// same one.
func TestTwoCollectors(t *testing.T) {
	solution := os.DirFS("../../solutions/step05-jaeger/production")
	two := func(balance deployment.Balance) *tracecheck.Play {
		return tracecheck.NewPlay(func(s *tracecheck.Stage) {
			d := deployment.New(s, solution)
			one, other := d.Jaeger("tail-sampling.yaml"), d.Jaeger("tail-sampling.yaml")
			d.Traffic(trafficSeed, slow, balance, one, other)
			d.LookWhenDecided("after the decisions of both", one, other)
		})
	}
	inTurn, byTrace := two(deployment.InTurn), two(deployment.ByTrace)

	tracecheck.Run(t, files, []tracecheck.Check{
		{
			Name:    "torn-apart",
			Section: 4,
			Must:    "Where exports go to two collectors in turn, traces that matter lose a part of their spans.",
			Play:    inTurn,
			Expect:  tearsApart,
		},
		{
			Name:    "the-rest-is-whole",
			Section: 4,
			Must:    "Chance tears nothing apart: it is in the trace id, and both collectors see the same.",
			Play:    inTurn,
			Expect:  tracecheck.All(deployment.KeepsATenth, leavesTheRestWhole),
		},
		{
			Name:    "mended",
			Section: 4,
			Must:    "Where all spans of a trace go to the same collector, two decide as one.",
			Play:    byTrace,
			Expect: tracecheck.All(deployment.TakesAll, deployment.KeepsErrors, deployment.KeepsSlow,
				deployment.KeepsATenth, deployment.KeepsWhole),
		},
	})
}

// tearsApart expects that of some traces that should be kept a part is lost.
func tearsApart(e *tracecheck.Evidence) *tracecheck.Miss {
	classes := e.Deployment.Classes()
	if all := slices.Concat(classes.Failed, classes.Slow); !slices.ContainsFunc(all, tracecheck.Fate.Torn) {
		return &tracecheck.Miss{What: tracecheck.Torn, Says: fmt.Sprintf("None of %d traces with an error, or slow, is torn apart.", len(all))}
	}
	return nil
}

// leavesTheRestWhole expects that of traces that only chance keeps no part is lost.
func leavesTheRestWhole(e *tracecheck.Evidence) *tracecheck.Miss {
	rest := e.Deployment.Classes().Rest
	if i := slices.IndexFunc(rest, tracecheck.Fate.Torn); i >= 0 {
		return &tracecheck.Miss{What: tracecheck.Torn, Trace: rest[i].TraceID, Says: "A trace that chance has kept is torn apart."}
	}
	return nil
}
