package production

import (
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/deployment"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// TestDatabase is section 2: Jaeger writes into a Cassandra.
func TestDatabase(t *testing.T) {
	deployment.Need(t, "cassandra")
	tracecheck.Run(t, files, databaseChecks("cassandra", "cassandra.yaml"))
}

// TestSearchDatabase is the same with a search engine, whose file is given.
func TestSearchDatabase(t *testing.T) {
	deployment.Need(t, "opensearch")
	tracecheck.Run(t, files, databaseChecks("opensearch", "opensearch.yaml"))
}

// The looks of the play, as they are counted.
const (
	written = iota
	restarted
)

func databaseChecks(name, file string) []tracecheck.Check {
	play := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		d := deployment.New(s, files)
		database := d.Backend(name)
		jaeger := d.Jaeger(file)
		d.Send(jaeger, deployment.Visits(100))
		d.Pass(2 * time.Second) // there is a difference between a moment and a week
		if !d.Look(jaeger, "when it is written") {
			return
		}
		jaeger.Restart()
		if !d.Look(jaeger, "after a restart of Jaeger") {
			return
		}
		database.Kill()
		d.Send(jaeger, deployment.Visits(500))
		jaeger.Notice()
		d.LookWithout(jaeger)
		database.Restart()
		d.Look(jaeger, "after the database was killed and came back")
	})
	return []tracecheck.Check{
		{
			Name:    "takes-spans",
			Section: 2,
			Must:    "Jaeger takes every span, and shows it.",
			Play:    play,
			Expect:  tracecheck.All(deployment.TakesAll, deployment.At(written, deployment.NothingIsLost)),
		},
		{
			Name:    "survives-jaeger",
			Section: 2,
			Must:    "What it has taken is in the database: after a restart, Jaeger shows it again.",
			Play:    play,
			Expect:  deployment.At(restarted, deployment.NothingIsLost),
		},
		{
			Name:    "in-database",
			Section: 2,
			Must:    "It is in the database and nowhere else: while that is away, nobody finds it.",
			Play:    play,
			Expect:  deployment.NowhereElse,
		},
		{
			Name:    "survives-database",
			Section: 2,
			Must:    "When the database is killed in traffic and comes back, every span can be found that Jaeger has taken.",
			Play:    play,
			Expect:  deployment.NothingIsLost,
		},
		{
			Name:    "each-once",
			Section: 2,
			Must:    "To try again does not make two of one span.",
			Play:    play,
			Expect:  deployment.EachOnce,
		},
	}
}
