package production

import (
	"testing"

	"example.com/tracing-workshop/workshop/deployment"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// TestRates is section 5: what a collector counts, beside what it keeps.
func TestRates(t *testing.T) {
	counted := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		d := deployment.New(s, files)
		jaeger := d.Jaeger("rates.yaml")
		d.Send(jaeger, mixed(10))
		d.Look(jaeger, "a moment later")
		d.Measure(jaeger)
	})
	tracecheck.Run(t, files, []tracecheck.Check{
		{
			Name:    "keeps-spans",
			Section: 5,
			Must:    "Jaeger keeps every span, although it counts them as well.",
			Play:    counted,
			Expect:  tracecheck.All(deployment.TakesAll, deployment.NothingIsLost),
		},
		{
			Name:    "counts-calls",
			Section: 5,
			Must:    "The page of metrics counts every span, by service, operation and kind.",
			Play:    counted,
			Expect:  deployment.CountsCalls,
		},
		{
			Name:    "counts-errors",
			Section: 5,
			Must:    "It counts the failures apart.",
			Play:    counted,
			Expect:  deployment.CountsErrors,
		},
		{
			Name:    "counts-routes",
			Section: 5,
			Must:    "It counts requests by their route, and by the code of the answer.",
			Play:    counted,
			Expect:  deployment.CountsRoutes,
		},
		{
			Name:    "durations",
			Section: 5,
			Must:    "Its histogram has each span in the right bucket, and tells milliseconds from seconds.",
			Play:    counted,
			Expect:  deployment.MeasuresDurations,
		},
	})
}

// TestPerformance is section 5 with a real Prometheus: what Jaeger answers when
// somebody asks for rates.
func TestPerformance(t *testing.T) {
	deployment.Need(t, "prometheus")
	asked := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		d := deployment.New(s, files)
		prometheus := d.Prometheus("prometheus.yml")
		jaeger := d.Jaeger("rates.yaml")
		prometheus.Reread()
		// A rate is how much a count grows. It has to be there before.
		d.Send(jaeger, mixed(1))
		d.Measure(jaeger)
		prometheus.Await(jaeger)
		d.Send(jaeger, mixed(20))
		d.Measure(jaeger)
		prometheus.Await(jaeger)
		prometheus.Await(jaeger) // the more it has asked, the less it guesses
		d.Ask(jaeger)
	})
	tracecheck.Run(t, files, []tracecheck.Check{
		{
			Name:    "jaeger-calls",
			Section: 5,
			Must:    "Jaeger answers with the rate of each operation.",
			Play:    asked,
			Expect:  deployment.ShowsCalls,
		},
		{
			Name:    "jaeger-errors",
			Section: 5,
			Must:    "Jaeger answers with the share of requests that failed.",
			Play:    asked,
			Expect:  deployment.ShowsErrors,
		},
		{
			Name:    "jaeger-latencies",
			Section: 5,
			Must:    "Jaeger answers with how long requests take.",
			Play:    asked,
			Expect:  deployment.ShowsLatencies,
		},
	})
}

// mixed gives traces of all sorts, each n times or more: of visits, a quarter
// fails; of computations, a fifth is slow.
func mixed(n int) deployment.Traces {
	return deployment.Visits(3 * n).And(deployment.FailedVisits(n)).And(deployment.Computations(4 * n)).And(deployment.SlowComputations(n))
}
