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
			Must:    "Where exports go to two collectors in turn, errors lose a part of their spans.",
			Play:    inTurn,
			Expect:  tearsErrors,
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

// tearsErrors expects that of some traces with an error a part is lost.
func tearsErrors(e *tracecheck.Evidence) *tracecheck.Miss {
	failed := e.Deployment.Classes().Failed
	if slices.ContainsFunc(failed, tracecheck.Fate.Torn) {
		return nil
	}
	return &tracecheck.Miss{What: tracecheck.Torn, Says: fmt.Sprintf("None of %d traces with an error is torn apart.", len(failed))}
}

// leavesTheRestWhole expects that of traces that only chance keeps no part is lost.
func leavesTheRestWhole(e *tracecheck.Evidence) *tracecheck.Miss {
	rest := e.Deployment.Classes().Rest
	if i := slices.IndexFunc(rest, tracecheck.Fate.Torn); i >= 0 {
		return &tracecheck.Miss{What: tracecheck.Torn, Trace: rest[i].TraceID, Says: "A trace that chance has kept is torn apart."}
	}
	return nil
}
