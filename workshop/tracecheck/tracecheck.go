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
//		plan := tracecheck.Play(func(s *tracecheck.Stage) { s.Run("-to", "Zurich") })
//		tracecheck.Run(t, step, []tracecheck.Check{{
//			Name:    "one-span",
//			Section: 2,
//			Must:    "One journey leaves exactly one span, and it is called journey.",
//			After:   plan,
//			Expect:  tracecheck.OneSpan("journey"),
//		}})
//	}
//
// The parts, in the order in which they come into play:
//
//   - [Main] lets the test binary run again as the learner's program, so that a
//     check sees a real process: its output, its exit code, its spans (child.go,
//     process.go).
//   - A [Stage] starts such processes, and a collector for them when one is
//     wanted; what they leave behind is the [Evidence] (stage.go, evidence.go).
//   - Where a play wants it, a real [Jaeger] runs with the learner's own file, and
//     the spans are those that it holds (jaeger.go, jaeger_expect.go). [Findings]
//     are answers that are compared with what the spans say (findings.go,
//     investigation.go).
//   - An [Expectation] looks at the evidence and finds nothing wrong, or gives a
//     [Miss] that says what is: of one span (expect.go), of the way of a request
//     (chain.go, request.go), of spans inside of a service (nesting.go).
//   - For a miss, the catalogue of causes is searched for the one that the facts
//     prove; where they prove none, the verdict says how far a missing span came. A
//     cause only chooses the words; it never changes the verdict (cause.go; the
//     catalogue in causes_*.go). The facts are told by the SDK (recorder.go,
//     child.go), and put in order by the life of a span (life.go) and what went
//     over the wire (wire.go); source.go gives the places.
//   - [Run] writes the verdict: the first check that fails in full, with the trace
//     that arrived, and the others as a list (run.go, verdict.go).
package tracecheck
