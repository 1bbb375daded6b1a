package deployment

import (
	"context"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

const (
	// lookPatience is how long spans may go on coming: a database on a busy machine
	// writes a few hundred a second.
	lookPatience = 3 * time.Minute
	// quietPatience is how long nothing more may come, before it is clear that
	// nothing will: a retry of the lesson's collector waits for 5 to 7.5 s.
	quietPatience = 8 * time.Second
	// slowPatience is the same for a database, of which a search engine shows a write
	// after up to 12 s, and for a broker, which waits for 10 s until it gives what an ingester
	// read that was killed to another one.
	slowPatience = 20 * time.Second
	glance       = 100 * time.Millisecond
	// usualSession is how long a broker takes a reader for alive that says nothing
	// (Collector, kafkareceiver). It is a part of the above.
	usualSession = 10 * time.Second
)

// Look notes what a query process shows, as soon as that is all that collectors
// have taken, or when it is clear that no more will come, and tells whether it is
// all. when tells people after what, as "after the storage came back".
func (d *Deployment) Look(query *Jaeger, when string) (all bool) {
	if d.failed() {
		return false
	}
	sent, refused := d.facts.Sent()
	return d.look(d.search(query, len(sent)-refused), len(sent), refused, when)
}

// LookFor is [Deployment.Look] for spans that services send: it waits for n.
func (d *Deployment) LookFor(query *Jaeger, n int, when string) (all bool) {
	if d.failed() {
		return false
	}
	return d.look(d.search(query, n), n, 0, when)
}

// question asks somebody for all spans that are held at this moment.
type question func() ([]spans.Span, error)

// search looks for all spans, of which n are expected.
func (d *Deployment) search(query *Jaeger, n int) question {
	client := query.part.Process.Client()
	return func() ([]spans.Span, error) { return find(d.ctx, client, n) }
}

func (d *Deployment) look(ask question, sent, refused int, when string) (all bool) {
	held, err := d.await(ask, sent-refused)
	if err != nil {
		d.fail(err)
		return false
	}
	d.facts.Looks = append(d.facts.Looks, tracecheck.Held{When: when, Spans: held, Sendings: len(d.facts.Sendings)})
	d.note("%s: %s of %s can be found", when, text.Grouped(len(held)), text.Plural(sent, "span"))
	return len(held) >= sent-refused
}

// await asks until n spans are there, or no more come.
func (d *Deployment) await(ask question, n int) ([]spans.Span, error) {
	began, last, before := time.Now(), time.Now(), -1
	quiet := d.patience()
	for {
		asked := time.Now()
		held, err := ask()
		if err == nil && len(held) != before {
			before, last = len(held), time.Now()
		}
		over := time.Since(began) > lookPatience || time.Since(last) > quiet
		switch {
		case err == nil && (len(held) >= n || over):
			return held, nil
		case err != nil && (over || d.ctx.Err() != nil):
			return nil, err
		case err != nil:
			before = -1 // the next answer is news, whatever it is
		}
		// A database works for an answer, and has spans to write as well.
		if err := pause(d.ctx, max(glance, 3*time.Since(asked))); err != nil {
			return nil, err
		}
	}
}

// patience is how long nothing more may come until it is clear that nothing will.
// It is longer where the files make a Jaeger hold spans back, pause for longer
// before it tries again, or keep its part of a topic for longer when it is gone.
func (d *Deployment) patience() time.Duration {
	quiet, held, session := d.quiet, time.Duration(0), time.Duration(0)
	for _, part := range d.facts.Parts {
		config := part.Process.Config
		held += config.HoldsBack()
		session = max(session, config.Session()-usualSession)
		if !d.taken.IsZero() {
			quiet = max(quiet, config.TriesAgain(time.Since(d.taken)))
		}
	}
	return quiet + held + session
}

// LookWithout notes what a query process shows while that is away from which it has
// its spans: an error, or none.
func (d *Deployment) LookWithout(query *Jaeger) {
	if d.failed() {
		return
	}
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	found, err := find(ctx, query.part.Process.Client(), 1)
	d.facts.Without = found
	says := text.Plural(len(found), "span") + " can be found"
	if err != nil {
		says = "Jaeger answers with an error"
	}
	d.note("without %s: %s", strings.Join(d.away, " and "), says)
}

// find gives all spans, of which n are expected. Some databases, as Cassandra, find
// none if they are not asked for those of a service.
func find(ctx context.Context, client *jaeger.Client, n int) ([]spans.Span, error) {
	all, err := client.Find(ctx, jaeger.Search{})
	if err != nil || len(all) > 0 {
		return all, err
	}
	services, err := client.Services(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{} // traces of a service before
	for _, service := range services {
		if len(all) >= n {
			break
		}
		found, err := client.Find(ctx, jaeger.Search{Service: service})
		if err != nil {
			return nil, err
		}
		for _, trace := range spans.Group(found) {
			if !known[trace.ID] {
				known[trace.ID] = true
				all = append(all, trace.Spans...)
			}
		}
	}
	return all, nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
