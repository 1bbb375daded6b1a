package production

import (
	"embed"
	"testing"

	"example.com/tracing-workshop/workshop/deployment"
	"example.com/tracing-workshop/workshop/tracecheck"
)

//go:embed *.go *.yaml *.yml README.md
var files embed.FS

// TestCollectors is section 1: the collector, the storage and the query process
// are apart, and one of them is away.
func TestCollectors(t *testing.T) {
	storageAway := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		d := deployment.New(s, files)
		storage := d.Jaeger("storage.yaml")
		collector, query := d.Jaeger("collector.yaml"), d.Jaeger("query.yaml")
		d.Send(collector, deployment.Visits(100))
		d.Look(query, "with all in place")
		storage.Kill()
		d.Send(collector, deployment.Visits(5000))
		collector.Notice()
		storage.Restart()
		d.Look(query, "after the storage came back")
	})
	collectorStopped := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		d := deployment.New(s, files)
		storage := d.Jaeger("storage.yaml")
		one, other, query := d.Jaeger("collector.yaml"), d.Jaeger("collector.yaml"), d.Jaeger("query.yaml")
		_ = storage
		d.Send(one, deployment.Visits(1000))
		one.Stop()
		d.Send(other, deployment.Visits(1000))
		d.Look(query, "after one of two collectors was stopped")
	})

	tracecheck.Run(t, files, []tracecheck.Check{
		{
			Name:    "takes-spans",
			Section: 1,
			Must:    "Three processes are one Jaeger: what a collector takes, the query process shows.",
			Play:    collectorStopped,
			Expect:  tracecheck.All(deployment.TakesAll, deployment.NothingIsLost),
		},
		{
			Name:    "waits-for-storage",
			Section: 1,
			Must:    "While the storage is away, the collector takes every span.",
			Play:    storageAway,
			Expect:  deployment.TakesAll,
		},
		{
			Name:    "nothing-lost",
			Section: 1,
			Must:    "When the storage is back, every span can be found that the collector took.",
			Play:    storageAway,
			Expect:  deployment.NothingIsLost,
		},
		{
			Name:    "each-once",
			Section: 1,
			Must:    "To try again does not make two of one span.",
			Play:    storageAway,
			Expect:  deployment.EachOnce,
		},
	})
}
