package main

import (
	"embed"
	"net/http"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

//go:embed *.go README.md
var step embed.FS

func TestMain(m *testing.M) { tracecheck.Main(m, main) }

// TestStep is what this step asks for, in the order of the lesson. Only
// user-service computes; joke-service is there to show that the trace of step
// 3 is still whole.
func TestStep(t *testing.T) {
	const (
		pause    = 80 * time.Millisecond // the first chunk takes one, the fourth takes four
		moment   = 5 * time.Millisecond  // and less is at the same moment
		patience = 20 * time.Second      // with a service
		atOnce   = 8                     // requests, when several come
	)

	alone := func(s *tracecheck.Stage) (user string) {
		s.Limit(patience)
		s.Collector()
		return s.Service("user-service", "-chunk-pause", s.Pause(pause).String())
	}
	visit := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.Limit(patience)
		s.Collector()
		joke := s.Service("joke-service")
		user := s.Service("user-service", "-joke-url", joke+"/jokes/random")
		s.Get(user + "/fetch-external")
	})
	compute := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.Get(alone(s) + "/compute?n=1000&workers=4")
	})
	another := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.Get(alone(s) + "/compute?n=12&workers=6")
	})
	overflow := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.Get(alone(s) + "/compute?n=5000000&workers=2")
	})
	together := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.GetTogether(atOnce, alone(s)+"/compute?n=1000&workers=2")
	})
	badInput := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		user := alone(s)
		for _, query := range []string{"n=", "n=many", "n=-1", "n=10000001", "n=1e3", "workers=0", "workers=65", "n=99999999999999999999"} {
			s.Get(user + "/compute?" + query)
		}
	})

	after := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		user := alone(s)
		for _, n := range []string{"12", "5000000", "1000"} {
			s.Get(user + "/compute?workers=1&n=" + n)
		}
	})
	gone := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		user := alone(s)
		s.Abandon(user + "/compute?n=1000&workers=6")
		s.Get(user + "/compute?n=1000&workers=6")
	})

	wentWell := func(n int) tracecheck.Expectation {
		return tracecheck.InTraces("heavy-computation", tracecheck.Attr("input.size", n), tracecheck.All(
			tracecheck.Each("heavy-computation", tracecheck.WentWell),
			tracecheck.Each("compute-chunk", tracecheck.WentWell),
		))
	}

	tracecheck.Run(t, step, []tracecheck.Check{
		{
			Name:    "still-one-trace",
			Section: 1,
			Must:    "A request through both services is one trace, as in step 3.",
			Play:    visit,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", http.StatusOK, `"joke"`),
				tracecheck.Chain(
					tracecheck.Server("user-service", "GET /fetch-external"),
					tracecheck.Client("user-service"),
					tracecheck.Server("joke-service", "GET /jokes/random"),
				),
			),
		},
		{
			Name:    "the-sum",
			Section: 1,
			Must:    "/compute adds up the squares of the numbers below n.",
			Play:    compute,
			Expect:  tracecheck.Answers("/compute", http.StatusOK, `"sum":332833500`),
		},
		{
			Name:    "heavy-computation",
			Section: 1,
			Must:    "The computation leaves one span, heavy-computation, right below the server span of its request.",
			Play:    compute,
			Expect:  tracecheck.Below("GET /compute", "heavy-computation", 1),
		},
		{
			Name:    "input-size",
			Section: 1,
			Must:    "The span says how large the input was: input.size, an integer.",
			Play:    compute,
			Expect:  tracecheck.TheSpan("heavy-computation", tracecheck.Attr("input.size", 1000)),
		},
		{
			Name:    "computed-sum",
			Section: 2,
			Must:    "The event computed-sum tells the result: value, an integer.",
			Play:    compute,
			Expect:  tracecheck.TheSpan("heavy-computation", tracecheck.Event("computed-sum", "value", 332833500)),
		},
		{
			Name:    "chunks",
			Section: 3,
			Must:    "Every worker leaves a span compute-chunk with its chunk.start and chunk.end (integers), right below heavy-computation, which lasts until all of them are done.",
			Play:    compute,
			Expect: tracecheck.All(
				tracecheck.Below("heavy-computation", "compute-chunk", 4),
				tracecheck.EachItsOwn("compute-chunk", "chunk.start", 0, 250, 500, 750),
				tracecheck.EachItsOwn("compute-chunk", "chunk.end", 250, 500, 750, 1000),
			),
		},
		{
			Name:    "chunks-end",
			Section: 3,
			Must:    "Each chunk's span ends when its own work is done: the first one long before the last one.",
			Play:    another,
			Expect: tracecheck.All(
				tracecheck.Each("compute-chunk", tracecheck.Lasts(pause)),
				tracecheck.EndApart("compute-chunk", moment),
			),
		},
		{
			Name:    "chunks-overlap",
			Section: 4,
			Must:    "The chunks are computed at the same time.",
			Play:    compute,
			Expect: tracecheck.All(
				tracecheck.Overlap("compute-chunk"),
				tracecheck.WorkTogether("compute-chunk", "chunk.start", pause),
			),
		},
		{
			Name:    "another-sum",
			Section: 4,
			Must:    "All of that is true of any computation.",
			Play:    another,
			Expect: tracecheck.All(
				tracecheck.Answers("/compute", http.StatusOK, `"sum":506`),
				tracecheck.TheSpan("heavy-computation",
					tracecheck.Attr("input.size", 12),
					tracecheck.Event("computed-sum", "value", 506)),
				tracecheck.Below("heavy-computation", "compute-chunk", 6),
				tracecheck.EachItsOwn("compute-chunk", "chunk.start", 0, 2, 4, 6, 8, 10),
				tracecheck.EachItsOwn("compute-chunk", "chunk.end", 2, 4, 6, 8, 10, 12),
			),
		},
		{
			Name:    "several-at-once",
			Section: 4,
			Must:    "Computations for several users at the same time leave a trace each, and each of them is complete.",
			Play:    together,
			Expect: tracecheck.All(
				tracecheck.Answers("/compute", http.StatusOK, `"sum":332833500`),
				tracecheck.HasEach(atOnce, tracecheck.Server("user-service", "GET /compute")),
				tracecheck.Below("GET /compute", "heavy-computation", 1),
				tracecheck.Below("heavy-computation", "compute-chunk", 2),
				tracecheck.Each("heavy-computation",
					tracecheck.Attr("input.size", 1000),
					tracecheck.Event("computed-sum", "value", 332833500)),
			),
		},
		{
			Name:    "overflow",
			Section: 5,
			Must:    "A sum that does not fit in 64 bits is answered with 422, and the error is on heavy-computation and on the chunk that it happened in, and on no chunk that went well.",
			Play:    overflow,
			Expect: tracecheck.All(
				tracecheck.Answers("/compute", http.StatusUnprocessableEntity, "error"),
				tracecheck.Below("GET /compute", "heavy-computation", 1),
				tracecheck.TheSpan("heavy-computation", tracecheck.Failed),
				tracecheck.Below("heavy-computation", "compute-chunk", 2),
				tracecheck.FailedAt("compute-chunk", "chunk.start", 2_500_000),
			),
		},
		{
			Name:    "no-false-alarm",
			Section: 5,
			Must:    "A computation that goes well is marked as failed on none of its spans.",
			Play:    another,
			Expect: tracecheck.All(
				tracecheck.Each("heavy-computation", tracecheck.WentWell),
				tracecheck.Each("compute-chunk", tracecheck.WentWell),
			),
		},
		{
			Name:    "after-an-overflow",
			Section: 5,
			Must:    "A computation that goes well is marked as failed on none of its spans also after one that failed.",
			Play:    after,
			Expect: tracecheck.All(
				wentWell(12),
				wentWell(1000),
			),
		},
		{
			Name:    "overflow-is-no-server-error",
			Section: 5,
			Must:    "A 422 is no error of the server: the status of the server span stays unset.",
			Play:    overflow,
			Expect: tracecheck.Has(tracecheck.Server("user-service", "GET /compute",
				tracecheck.Status(spans.StatusUnset),
				tracecheck.Attr("http.response.status_code", http.StatusUnprocessableEntity))),
		},
		{
			Name:    "bad-input",
			Section: 5,
			Must:    "Bad input is answered with 400, leaves no heavy-computation, and is no error of the server.",
			Play:    badInput,
			Expect: tracecheck.All(
				tracecheck.Answers("/compute", http.StatusBadRequest, "error"),
				tracecheck.NoneNamed("heavy-computation"),
				tracecheck.Has(tracecheck.Server("user-service", "GET /compute",
					tracecheck.Status(spans.StatusUnset),
					tracecheck.Attr("http.response.status_code", http.StatusBadRequest))),
			),
		},
		{
			Name:    "caller-gone",
			Section: 5,
			Must:    "Every span ends on this way out too: the caller goes away while the computation is under way.",
			Play:    gone,
			Expect: tracecheck.All(
				tracecheck.BelowAtAnyTime("GET /compute", "heavy-computation", 1),
				tracecheck.Below("heavy-computation", "compute-chunk", 6),
			),
		},
	})
}
