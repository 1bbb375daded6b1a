package main

import (
	"embed"
	"fmt"
	"net/http"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck"
	"example.com/tracing-workshop/workshop/tracecheck/answers"
)

//go:embed *.go README.md jaeger.yaml services.env answers.yaml
var step embed.FS

func TestMain(m *testing.M) { tracecheck.Main(m, main) }

// TestStep is what this step asks for, in the order of the lesson. Each play has
// a real Jaeger of its own, which runs with your jaeger.yaml, and services that
// are wired by your services.env.
func TestStep(t *testing.T) {
	const (
		requests = 400
		visit    = "/fetch-external" // leaves 3 spans
		compute  = "/compute?n=1000&workers=4"
		keepAll  = "parentbased_always_on"
	)
	found := answers.Read(step, "answers.yaml")

	deployed := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		jaeger, runs := s.Jaeger(step, "jaeger.yaml")
		if !runs {
			return
		}
		s.Wire(step, "services.env")
		s.Setenv("OTEL_TRACES_SAMPLER", keepAll)
		user := startServices(s)
		s.Get(user + visit)
		s.Get(user + compute)
		s.Quit()
		jaeger.Look(3 + 6)
		jaeger.Restart() // nothing is on its way any more
		jaeger.Look(0)
	})
	killed := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		jaeger, runs := s.Jaeger(step, "jaeger.yaml")
		if !runs {
			return
		}
		s.Wire(step, "services.env")
		s.Setenv("OTEL_TRACES_SAMPLER", keepAll)
		s.Setenv("OTEL_BSP_SCHEDULE_DELAY", "50")     // milliseconds: spans leave at once,
		s.Setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "500") // and do not wait for a Jaeger that is away
		user := startServices(s)
		s.During(user+visit, func() {
			jaeger.Look(3)
			jaeger.Kill()
			s.GetTogether(20, user+visit)
			jaeger.Restart()
			jaeger.LookForNews()
		})
	})
	sampled := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		jaeger, runs := s.Jaeger(step, "jaeger.yaml")
		if !runs {
			return
		}
		s.Wire(step, "services.env")
		user := startServices(s)
		for range requests / 10 {
			s.GetTogether(10, user+visit)
		}
		// Callers who have decided, against what the ratio alone would make of
		// their trace id: it keeps low ones.
		for i := range 10 {
			s.Get(user+visit, "traceparent", traceparent(0xff, i, "01"))
			s.Get(user+visit, "traceparent", traceparent(0x00, i, "00"))
		}
		s.Quit()
		jaeger.Settle()
		jaeger.Restart() // writes what is still on its way
		jaeger.Look(0)
	})
	investigated := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		seed, named := found.Seed()
		jaeger, runs := s.Jaeger(step, "jaeger.yaml")
		if !named || !runs {
			return
		}
		s.Wire(step, "services.env")
		s.Limit(time.Minute)
		s.Run("traffic", "-seed", seed)
		jaeger.Settle()
		jaeger.Restart()
		jaeger.Look(0)
	})

	tracecheck.Run(t, step, []tracecheck.Check{
		{
			Name:    "starts",
			Section: 1,
			Setup:   3,
			Must:    "Jaeger starts with your jaeger.yaml.",
			Play:    deployed,
			Expect:  tracecheck.Starts,
		},
		{
			Name:    "takes-spans",
			Section: 1,
			Must:    "Jaeger takes spans by OTLP over gRPC.",
			Play:    deployed,
			Expect:  tracecheck.TakesSpans,
		},
		{
			Name:    "can-be-asked",
			Section: 1,
			Must:    "Jaeger shows its traces on port 16686.",
			Play:    deployed,
			Expect:  tracecheck.CanBeAsked("16686"),
		},
		{
			Name:    "both-report",
			Section: 2,
			Must:    "Both services report to Jaeger, wired by their environment alone.",
			Play:    deployed,
			Expect:  tracecheck.Reports("user-service", "joke-service"),
		},
		{
			Name:    "whole-trace",
			Section: 2,
			Must:    "The whole trace comes back from Jaeger: who called whom, with its attributes.",
			Play:    deployed,
			Expect: tracecheck.Among("GET /fetch-external", tracecheck.Chain(
				tracecheck.Server("user-service", "GET /fetch-external", tracecheck.Attr("http.response.status_code", http.StatusOK)),
				tracecheck.Client("user-service"),
				tracecheck.Server("joke-service", "GET /jokes/random", tracecheck.Attr("http.route", "/jokes/random")),
			)),
		},
		{
			Name:    "computation",
			Section: 2,
			Must:    "So does the computation, with its event.",
			Play:    deployed,
			Expect: tracecheck.Among("GET /compute", tracecheck.All(
				tracecheck.TheSpan("heavy-computation",
					tracecheck.Attr("input.size", 1000),
					tracecheck.Event("computed-sum", "value", 332833500)),
				tracecheck.Below("GET /compute", "heavy-computation", 1),
				tracecheck.Below("heavy-computation", "compute-chunk", 4),
			)),
		},
		{
			Name:    "survives-restart",
			Section: 3,
			Must:    "What Jaeger took is still there after it was stopped and started again.",
			Play:    deployed,
			Expect:  tracecheck.Survives,
		},
		{
			Name:    "survives-crash",
			Section: 3,
			Must:    "What Jaeger has shown once is still there after it was killed.",
			Play:    killed,
			Expect:  tracecheck.Survives,
		},
		{
			Name:    "services-go-on",
			Section: 3,
			Must:    "While Jaeger is down the services answer every request, and once it is back it gets new traces.",
			Play:    killed,
			Expect:  tracecheck.All(tracecheck.Answers(visit, http.StatusOK, `"joke"`), tracecheck.HasNews),
		},
		{
			Name:    "one-in-four",
			Section: 4,
			Must:    "Of the traces that begin in your services, a quarter is kept.",
			Play:    sampled,
			Expect:  tracecheck.Share(requests, 15, 35),
		},
		{
			Name:    "whole-or-nothing",
			Section: 4,
			Must:    "A trace is there as a whole or not at all, and who began it decides.",
			Play:    sampled,
			Expect: tracecheck.All(
				tracecheck.FollowsCallers,
				tracecheck.Whole(
					tracecheck.Server("user-service", "GET /fetch-external"),
					tracecheck.Client("user-service"),
					tracecheck.Server("joke-service", "GET /jokes/random"),
				),
			),
		},
		{
			Name:    "complaint",
			Section: 5,
			Must:    "You found the trace of a line in the log.",
			Play:    investigated,
			Expect:  found.Complaint,
		},
		{
			Name:    "slow",
			Section: 6,
			Must:    "You found out which service is slow, and when.",
			Play:    investigated,
			Expect:  found.Slow,
		},
		{
			Name:    "failing",
			Section: 7,
			Must:    "You found out which operation fails, for whom, and why.",
			Play:    investigated,
			Expect:  found.Failing,
		},
		{
			Name:    "repeated",
			Section: 8,
			Must:    "You found the call that is made too many times.",
			Play:    investigated,
			Expect:  found.Repeated,
		},
	})
}

// startServices starts both services, and gives the URL of user-service.
func startServices(s *tracecheck.Stage) (user string) {
	s.Limit(time.Minute)
	joke := s.Service("joke-service", "-flush-timeout", "1s")
	return s.Service("user-service", "-flush-timeout", "1s", "-joke-url", joke+"/jokes/random")
}

// traceparent gives the header of a caller's span. The ninth byte of a trace id
// is the first that a ratio looks at.
func traceparent(ninth byte, i int, flags string) string {
	return fmt.Sprintf("00-%016x%02x%014x-%016x-%s", i+1, ninth, i+1, i+1, flags)
}
