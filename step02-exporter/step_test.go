package main

import (
	"embed"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck"
)

//go:embed *.go README.md
var step embed.FS

func TestMain(m *testing.M) { tracecheck.Main(m, main) }

// TestStep is what this step asks for, in the order of the lesson. A collector
// of its own takes the spans; one that is not there, and one that never
// answers, show how the program bears that.
func TestStep(t *testing.T) {
	zurich := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.Collector()
		s.Setenv("OTEL_RESOURCE_ATTRIBUTES", "train.class=2")
		s.Run("-from", "Amsterdam", "-to", "Zurich")
	})
	atlantis := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.Collector()
		s.Run("-from", "Amsterdam", "-to", "Atlantis")
	})
	interrupted := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.Collector()
		p := s.Start("-from", "Amsterdam", "-to", "Zurich", "-pace", "1h")
		p.Await("5 stops")
		p.Stop()
	})
	silence := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.SilentCollector()
		s.Run("-flush-timeout", "200ms")
	})
	nobody := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.NoCollector()
		s.Run("-flush-timeout", "200ms")
	})

	tracecheck.Run(t, step, []tracecheck.Check{
		{
			Name:    "arrives",
			Section: 1,
			Must:    "The journey span arrives at the collector that OTEL_EXPORTER_OTLP_ENDPOINT names.",
			Play:    zurich,
			Expect: tracecheck.All(
				tracecheck.OneSpan("journey",
					tracecheck.Attr("journey.from", "Amsterdam"),
					tracecheck.Attr("journey.to", "Zurich"),
					tracecheck.Attr("journey.stops", 5),
					tracecheck.Event("arrived", "station", "Zurich"),
				),
				tracecheck.ExitCode(0),
			),
		},
		{
			Name:    "stdout-for-people",
			Section: 1,
			Must:    "Stdout carries the plan of the journey, and no span.",
			Play:    zurich,
			Expect: tracecheck.All(
				tracecheck.Prints("Amsterdam to Zurich: 5 stops"),
				tracecheck.PrintsNoSpans,
			),
		},
		{
			Name:    "resource",
			Section: 2,
			Must:    "The resource says which service this is, in which version, and in which environment it runs.",
			Play:    zurich,
			Expect: tracecheck.OneSpan("journey",
				tracecheck.Resource("service.name", "journey-planner"),
				tracecheck.Resource("service.version", nil),
				tracecheck.Resource("deployment.environment.name", nil),
			),
		},
		{
			Name:    "resource-from-environment",
			Section: 2,
			Must:    "What OTEL_RESOURCE_ATTRIBUTES says is in the resource as well.",
			Play:    zurich,
			Expect: tracecheck.OneSpan("journey",
				tracecheck.Resource("train.class", "2"),
			),
		},
		{
			Name:    "error-path",
			Section: 3,
			Must:    "A journey that fails exits with 1, and its span arrives with the error on it.",
			Play:    atlantis,
			Expect: tracecheck.All(
				tracecheck.OneSpan("journey", tracecheck.Failed),
				tracecheck.ExitCode(1),
			),
		},
		{
			Name:    "interrupted",
			Section: 3,
			Must:    "After Ctrl-C in the middle of a journey its span arrives, with the error on it.",
			Play:    interrupted,
			Expect:  tracecheck.OneSpan("journey", tracecheck.Failed),
		},
		{
			Name:    "collector-silent",
			Section: 3,
			Must:    "With a collector that never answers, the program prints its plan, and ends within five seconds.",
			Play:    silence,
			Expect: tracecheck.All(
				tracecheck.EndsWithin(5*time.Second),
				tracecheck.Prints("Amsterdam to Zurich: 5 stops"),
			),
		},
		{
			Name:    "collector-down",
			Section: 4,
			Must:    "With no collector at all, the program prints its plan, says on stderr that the export failed, as it does at no other time, and exits with 0 within five seconds.",
			Play:    nobody,
			Expect: tracecheck.All(
				tracecheck.EndsWithin(5*time.Second),
				tracecheck.Prints("Amsterdam to Zurich: 5 stops"),
				tracecheck.ExitCode(0),
				tracecheck.ComplainsUnlike(zurich),
			),
		},
	})
}
