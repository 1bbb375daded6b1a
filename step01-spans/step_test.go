package main

import (
	"embed"
	"testing"

	"example.com/tracing-workshop/workshop/tracecheck"
)

//go:embed *.go README.md
var step embed.FS

func TestMain(m *testing.M) { tracecheck.Main(m, main) }

// TestStep is what this step asks for, in the order of the lesson. It looks at
// what the program prints, whatever its code looks like.
func TestStep(t *testing.T) {
	zurich := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.Run("-from", "Amsterdam", "-to", "Zurich")
	})
	milan := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.Run("-from", "Paris", "-to", "Milan", "-pace", "1ms")
	})
	atlantis := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		s.Run("-from", "Amsterdam", "-to", "Atlantis")
	})

	tracecheck.Run(t, step, []tracecheck.Check{
		{
			Name:    "plan",
			Section: 1,
			Must:    "The program still plans the journey and exits with 0.",
			Play:    zurich,
			Expect: tracecheck.All(
				tracecheck.Prints("Amsterdam to Zurich: 5 stops"),
				tracecheck.ExitCode(0),
			),
		},
		{
			Name:    "one-span",
			Section: 2,
			Setup:   1,
			Must:    "One journey leaves exactly one span on stdout. It is called journey, and it has ended.",
			Play:    zurich,
			Expect:  tracecheck.OneSpan("journey", tracecheck.Ended),
		},
		{
			Name:    "attributes",
			Section: 3,
			Must:    "The span says where the journey begins and ends (strings), and how many stops it has (an integer).",
			Play:    zurich,
			Expect: tracecheck.OneSpan("journey",
				tracecheck.Attr("journey.from", "Amsterdam"),
				tracecheck.Attr("journey.to", "Zurich"),
				tracecheck.Attr("journey.stops", 5),
			),
		},
		{
			Name:    "event",
			Section: 4,
			Must:    "An event of the span tells that the journey arrived, and at which station.",
			Play:    zurich,
			Expect: tracecheck.OneSpan("journey",
				tracecheck.Event("arrived", "station", "Zurich"),
			),
		},
		{
			Name:    "another-journey",
			Section: 4,
			Must:    "All of that is true of any journey.",
			Play:    milan,
			Expect: tracecheck.OneSpan("journey",
				tracecheck.Attr("journey.from", "Paris"),
				tracecheck.Attr("journey.to", "Milan"),
				tracecheck.Attr("journey.stops", 4),
				tracecheck.Event("arrived", "station", "Milan"),
			),
		},
		{
			Name:    "error",
			Section: 5,
			Must:    "A journey to an unknown city leaves its span as well, with the error on it and with what was known by then, and exits with 1.",
			Play:    atlantis,
			Expect: tracecheck.All(
				tracecheck.OneSpan("journey",
					tracecheck.Failed,
					tracecheck.Attr("journey.from", "Amsterdam"),
					tracecheck.Attr("journey.to", "Atlantis"),
				),
				tracecheck.ExitCode(1),
			),
		},
	})
}
