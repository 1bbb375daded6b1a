package deployment

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// coarse is how many times longer or shorter than a request the ends of its bucket
// may be, so that a quantile still says something.
const coarse = 10

// MeasuresDurations expects a histogram of durations on the page of metrics: each
// span in it, in the bucket that it belongs to, with buckets that tell requests of
// some milliseconds from those of seconds.
func MeasuresDurations(e *tracecheck.Evidence) *tracecheck.Miss {
	m := e.Deployment.Measured
	if miss := hasPage(m); miss != nil {
		return miss
	}
	if len(m.Buckets()) == 0 {
		return &tracecheck.Miss{What: tracecheck.Miscounted, Key: "histogram", Says: "The page of metrics has no buckets of durations."}
	}
	sent := byOperation(e)
	for _, o := range inOrder(sent) {
		if miss := measures(e, o, sent[o]); miss != nil {
			return miss
		}
	}
	return nil
}

// measures expects it of an operation.
func measures(e *tracecheck.Evidence, o operation, sent []time.Duration) *tracecheck.Miss {
	m := e.Deployment.Measured
	if got := int(m.DurationCounts().With(o.labels()...).Sum()); got != len(sent) {
		return missOf(o, "durations", got, len(sent), "%s were sent. The histogram counts %d.", text.Plural(len(sent), "span"), got)
	}
	bounds := e.Deployment.Bounds(o.labels()...)
	for _, bound := range bounds {
		want := 0
		for _, took := range sent {
			if took <= bound.Longest {
				want++
			}
		}
		if got := int(bound.Count); got != want {
			return missOf(o, "durations", got, want, "%s took no longer than %v. The bucket counts %d.", text.Plural(want, "span"), bound.Longest, got)
		}
	}
	if o.kind != spans.KindServer {
		return nil
	}
	for _, took := range sent {
		shortest, longest := bounds.Bucket(took)
		if longest > coarse*took || shortest > 0 && took > coarse*shortest {
			return missOf(o, "buckets", bucketText(shortest, longest), took, "A request of %v falls into the bucket %s.", took, bucketText(shortest, longest))
		}
	}
	return nil
}

func bucketText(shortest, longest time.Duration) string {
	if longest == tracecheck.Endless {
		return fmt.Sprintf("of all that takes longer than %v", shortest)
	}
	return fmt.Sprintf("from %v to %v", shortest, longest)
}

// operation is what a service does.
type operation struct {
	service, name string
	kind          spans.Kind
}

func (o operation) labels() []string {
	return []string{"service_name", o.service, "span_name", o.name, "span_kind", kindLabel(o.kind)}
}

func (o operation) compare(other operation) int {
	return slices.Compare(o.labels(), other.labels())
}

// byOperation gives how long each span took that was sent.
func byOperation(e *tracecheck.Evidence) map[operation][]time.Duration {
	sent, _ := e.Deployment.Sent()
	took := map[operation][]time.Duration{}
	for _, s := range sent {
		o := operation{s.Service(), s.Name, s.Kind}
		took[o] = append(took[o], s.Duration())
	}
	return took
}

// percent gives a share as people say it.
func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 0, 64) + " %" }
