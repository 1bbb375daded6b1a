// Package tracecheck checks a learner's program by the spans it leaves.
//
// A step's test is a table of checks in the order of the lesson. Each [Check]
// says in one sentence what must be true, what is done to the program ([Play]),
// and what is expected of the evidence that this leaves:
//
//	//go:embed *.go README.md
//	var step embed.FS
//
//	func TestMain(m *testing.M) { tracecheck.Main(m, main) }
//
//	func TestStep(t *testing.T) {
//		plan := tracecheck.NewPlay(func(s *tracecheck.Stage) { s.Run("-to", "Zurich") })
//		tracecheck.Run(t, step, []tracecheck.Check{{Name: "one-span", Section: 2, Play: plan,
//			Must: "One journey leaves exactly one span.", Expect: tracecheck.OneSpan("journey")}})
//	}
//
// [Main] lets the test binary run again as the learner's program, so that a check
// sees a real process. A [Stage] starts such processes, a collector, and a real
// [Jaeger]. An [Expectation] looks at the [Evidence] that they leave, and gives
// nil or a [Miss]. [Run] writes the verdict, with the cause of the miss where the
// facts prove one (internal/cause).
package tracecheck
