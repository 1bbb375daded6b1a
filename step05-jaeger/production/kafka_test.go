package production

import (
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/deployment"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// TestIngester is section 3: a broker stands between the collector and the
// storage, and the ingester reads it. The broker is part of the test.
func TestIngester(t *testing.T) {
	tracecheck.Run(t, files, ingesterChecks(1000, (*deployment.Deployment).Broker))
}

// TestKafka is TestIngester with the real Kafka, and with more spans.
func TestKafka(t *testing.T) {
	deployment.Need(t, "kafka")
	tracecheck.Run(t, files, ingesterChecks(6700, func(d *deployment.Deployment) { d.Backend("kafka") }))
}

// The sendings and the looks of the play, as they are counted.
const (
	beforeFirst = iota // before the ingester ran for the first time
	whileItRan
)

const (
	afterFirst = iota // after these two
	afterStop
	afterStorage
)

// ingesterChecks sends so many visits, of three spans each, while the ingester is
// stopped.
func ingesterChecks(visits int, broker func(*deployment.Deployment)) []tracecheck.Check {
	play := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		d := deployment.New(s, files)
		broker(d)
		storage := d.Jaeger("storage.yaml")
		collector, query := d.Jaeger("kafka-collector.yaml"), d.Jaeger("query.yaml")
		d.Send(collector, deployment.Visits(100))
		d.OnTopic("jaeger-spans")
		ingester := d.Jaeger("kafka-ingester.yaml")
		ingester.Reads()
		d.Send(collector, deployment.Visits(100))
		if !d.Look(query, "after the ingester's first start") {
			return
		}
		ingester.Stop()
		d.Send(collector, deployment.Visits(visits))
		ingester.Restart()
		if !d.Look(query, "after the ingester was stopped for a while") {
			return
		}
		storage.Kill()
		d.Send(collector, deployment.Visits(500))
		ingester.Notice()
		storage.Restart()
		if !d.Look(query, "after the storage came back") {
			return
		}
		storage.Kill()
		d.Send(collector, deployment.Visits(500))
		ingester.Notice()
		d.Pass(2 * time.Second) // twice as long as it takes to tell Kafka what has been read
		ingester.Kill()
		storage.Restart()
		ingester.Restart()
		d.Look(query, "after the ingester was killed while the storage was away")
	})
	return []tracecheck.Check{
		{
			Name:    "takes-spans",
			Section: 3,
			Must:    "The collector takes every span, whether anybody reads the topic or not.",
			Play:    play,
			Expect:  deployment.TakesAll,
		},
		{
			Name:    "reads-topic",
			Section: 3,
			Must:    "What the collector puts on the topic, the ingester writes to the storage.",
			Play:    play,
			Expect:  deployment.At(afterFirst, deployment.Arrives(whileItRan)),
		},
		{
			Name:    "from-the-start",
			Section: 3,
			Must:    "So it does with what was on the topic before the ingester ran for the first time.",
			Play:    play,
			Expect:  deployment.At(afterFirst, deployment.Arrives(beforeFirst)),
		},
		{
			Name:    "catches-up",
			Section: 3,
			Must:    "When it was stopped, it goes on where it was, and what was sent meanwhile arrives late, and all of it.",
			Play:    play,
			Expect:  deployment.At(afterStop, deployment.NothingIsLost),
		},
		{
			Name:    "waits-for-storage",
			Section: 3,
			Must:    "When the storage was away and comes back, the ingester goes on by itself.",
			Play:    play,
			Expect:  deployment.At(afterStorage, deployment.NothingIsLost),
		},
		{
			Name:    "killed",
			Section: 3,
			Must:    "When it is killed before the storage has a span, that span is still on the topic.",
			Play:    play,
			Expect:  deployment.NothingIsLost,
		},
		{
			Name:    "each-once",
			Section: 3,
			Must:    "What it reads twice for that reason is in the storage once.",
			Play:    play,
			Expect:  deployment.EachOnce,
		},
	}
}
