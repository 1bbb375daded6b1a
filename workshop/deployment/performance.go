package deployment

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

const (
	// ratePer is the time that Jaeger is asked about: all of the play.
	ratePer = 5 * time.Minute
	// most is how much higher than it was a rate may come out: Prometheus takes it
	// that calls went on until the moment of the question, a scrape later at most,
	// and it has few of them to go by.
	most = 2
	// alike is how much two rates may differ that should be the same.
	alike = 0.05
)

// quantiles are those that Jaeger's page shows, but the 75 %.
var quantiles = []float64{0.5, 0.95}

// Ask asks Jaeger how the operations of the services did that were sent.
func (d *Deployment) Ask(query *Jaeger) {
	if d.failed() {
		return
	}
	sent, _ := d.facts.Sent()
	services := map[string]bool{}
	for _, s := range sent {
		services[s.Service()] = true
	}
	m := &d.facts.Measured
	rates, err := query.part.Process.Client().Rates(d.ctx, jaeger.RateQuery{
		Services: slices.Sorted(maps.Keys(services)), Kind: spans.KindServer, Per: ratePer, Quantiles: quantiles,
	})
	if err != nil {
		if pause(d.ctx, glance) != nil { // whom it asks may have ended
			return
		}
		m.Refusal = err.Error()
	}
	m.Rates = rates
	d.note("Jaeger knows rates of %s", text.Plural(len(rates), "operation"))
}

// ShowsCalls expects that Jaeger answers with the rate of calls of each operation,
// of what was sent after the first time: then a series begins, and does not grow.
func ShowsCalls(e *tracecheck.Evidence) *tracecheck.Miss {
	m := e.Deployment.Measured
	if miss := hasPage(m); miss != nil {
		return miss
	}
	if !m.Scraped {
		return &tracecheck.Miss{What: tracecheck.Miscounted, Key: "unscraped", Says: "Prometheus does not ask for the page of metrics."}
	}
	if m.Refusal != "" {
		return &tracecheck.Miss{What: tracecheck.Miscounted, Key: "refusal", Got: m.Refusal, Says: text.Sentence(m.Refusal)}
	}
	asked := requests(e)
	want, got := 0.0, 0.0
	for o, all := range asked {
		want += float64(len(all)) / ratePer.Seconds()
		got += rateOf(m, o).Calls
	}
	if got < want*(1-alike) || got > want*most || want == 0 {
		return &tracecheck.Miss{What: tracecheck.Miscounted, Key: "jaeger-calls", Got: got, Want: want,
			Says: fmt.Sprintf("Requests came at %.2f a second, over %v. Jaeger says %.2f.", want, ratePer, got)}
	}
	for _, o := range inOrder(asked) {
		sent, says := float64(len(asked[o]))/ratePer.Seconds()/want, rateOf(m, o).Calls/got
		if math.Abs(says-sent) > alike {
			return missOf(o, "jaeger-calls", says, sent, "Of all requests, %s were for it. Jaeger says %s.", percent(sent), percent(says))
		}
	}
	return nil
}

// ShowsErrors expects that Jaeger answers with the share of each operation's calls
// that failed.
func ShowsErrors(e *tracecheck.Evidence) *tracecheck.Miss {
	asked := requests(e)
	for _, o := range inOrder(asked) {
		failed := 0.0
		for _, s := range asked[o] {
			if s.Status.Code == spans.StatusError {
				failed++
			}
		}
		share := failed / float64(len(asked[o]))
		if says := rateOf(e.Deployment.Measured, o).Errors; math.Abs(says-share) > alike {
			return missOf(o, "jaeger-errors", says, share, "%s of its requests failed. Jaeger says %s.", percent(share), percent(says))
		}
	}
	return nil
}

// ShowsLatencies expects that Jaeger answers with the duration below which half of
// the requests of an operation were, and 95 % of them, as far as buckets tell.
func ShowsLatencies(e *tracecheck.Evidence) *tracecheck.Miss {
	asked := requests(e)
	for _, o := range inOrder(asked) {
		for _, quantile := range quantiles {
			took := durationAt(asked[o], quantile)
			says, known := rateOf(e.Deployment.Measured, o).Latencies[quantile]
			if !known {
				return missOf(o, "jaeger-latencies", nil, took, "Jaeger knows the rate of its requests, and does not know how long they took.")
			}
			shortest, longest := e.Deployment.Bounds(o.labels()...).Bucket(took)
			if is := time.Duration(says * float64(e.Deployment.Unit())); is < shortest || is > longest {
				return missOf(o, "jaeger-latencies", is, took, "%s of its requests took no longer than %v. Jaeger says %v.", percent(quantile), took, is.Round(time.Microsecond))
			}
		}
	}
	return nil
}

func missOf(o operation, key string, got, want any, format string, args ...any) *tracecheck.Miss {
	return &tracecheck.Miss{What: tracecheck.Miscounted, Key: key, Name: o.name, Service: o.service, Kind: o.kind, Got: got, Want: want,
		Says: o.name + " of " + o.service + ": " + fmt.Sprintf(format, args...)}
}

// requests gives the requests that were sent after the first time, by operation.
func requests(e *tracecheck.Evidence) map[operation][]spans.Span {
	asked := map[operation][]spans.Span{}
	for _, sending := range e.Deployment.Sendings[min(1, len(e.Deployment.Sendings)):] {
		for _, s := range sending.Spans {
			if s.Kind == spans.KindServer {
				o := operation{s.Service(), s.Name, s.Kind}
				asked[o] = append(asked[o], s)
			}
		}
	}
	return asked
}

func inOrder[V any](of map[operation]V) []operation {
	return slices.SortedFunc(maps.Keys(of), operation.compare)
}

// rateOf gives what Jaeger says of an operation, or nothing.
func rateOf(m tracecheck.Measured, o operation) jaeger.Rate {
	for _, r := range m.Rates {
		if r.Service == o.service && r.Name == o.name {
			return r
		}
	}
	return jaeger.Rate{}
}

// durationAt gives the duration that this share of requests did not exceed.
func durationAt(all []spans.Span, quantile float64) time.Duration {
	slices.SortFunc(all, func(a, b spans.Span) int { return cmp.Compare(a.Duration(), b.Duration()) })
	return all[int(math.Ceil(quantile*float64(len(all))))-1].Duration()
}
