package evidence

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/exposition"
	"example.com/tracing-workshop/workshop/internal/jaeger"
)

// Measured is what a deployment made of spans: numbers.
type Measured struct {
	From    string             // the file of the collector that counts
	Served  bool               // its page of metrics is open
	Page    exposition.Samples // what it showed last
	Scraped bool               // Prometheus has asked for it
	Rates   []jaeger.Rate      // what Jaeger says of each operation, asked for it
	Refusal string             // what it says in place of an answer
}

// The ends of the names of metrics that the connector spanmetrics makes.
const (
	callsMetric    = "calls"
	durationMetric = "duration"
)

// Calls gives the counts of spans on the page.
func (m *Measured) Calls() exposition.Samples {
	return m.series(func(name string) bool {
		return endsIn(name, callsMetric) || endsIn(name, callsMetric+"_total")
	})
}

// Buckets gives the counts of spans that took no longer than what the label le
// says.
func (m *Measured) Buckets() exposition.Samples {
	return m.series(func(name string) bool { return m.isDuration(name, "_bucket") })
}

// DurationCounts gives the counts of all spans whose duration was measured.
func (m *Measured) DurationCounts() exposition.Samples {
	return m.series(func(name string) bool { return m.isDuration(name, "_count") })
}

func (m *Measured) isDuration(name, end string) bool {
	name, ok := strings.CutSuffix(name, end)
	return ok && (endsIn(name, durationMetric) || endsIn(name, durationMetric+"_milliseconds") || endsIn(name, durationMetric+"_seconds"))
}

func endsIn(name, end string) bool { return name == end || strings.HasSuffix(name, "_"+end) }

// series gives the samples under such a name that are of an operation.
func (m *Measured) series(fits func(name string) bool) exposition.Samples {
	var found exposition.Samples
	for _, s := range m.Page {
		if _, counted := s.Labels["service_name"]; counted && fits(s.Name) {
			found = append(found, s)
		}
	}
	return found
}

// Bound is the upper end of a bucket.
type Bound struct {
	Longest time.Duration // or Endless
	Count   float64       // of the spans that took no longer
}

// Bounds are those of a histogram, the shortest first.
type Bounds []Bound

// Endless is the end of the last bucket.
const Endless = time.Duration(math.MaxInt64)

// Bounds gives those of the histogram on the page with these labels.
func (d *Deployment) Bounds(labels ...string) Bounds {
	counts := map[time.Duration]float64{}
	for _, s := range d.Measured.Buckets().With(labels...) {
		longest := Endless
		if n, err := strconv.ParseFloat(s.Labels["le"], 64); err == nil && !math.IsInf(n, 0) {
			longest = time.Duration(math.Round(n * float64(d.Unit())))
		}
		counts[longest] += s.Value
	}
	var all Bounds
	for _, longest := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, Bound{longest, counts[longest]})
	}
	return all
}

// Bucket gives the ends of the bucket for a duration.
func (b Bounds) Bucket(took time.Duration) (shortest, longest time.Duration) {
	for _, bound := range b {
		if took <= bound.Longest {
			return shortest, bound.Longest
		}
		shortest = bound.Longest
	}
	return shortest, Endless
}

// Counter gives the settings of the connector that makes metrics of spans, under
// its id, or nil. One that a pipeline leads into goes before one that is only
// described.
func (d *Deployment) Counter() (id string, settings map[string]any) {
	connectors, _ := d.Setting(d.Measured.From, "connectors").(map[string]any)
	ids := slices.DeleteFunc(slices.Sorted(maps.Keys(connectors)), func(id string) bool {
		kind, _, _ := strings.Cut(id, "/")
		return kind != "spanmetrics"
	})
	if len(ids) == 0 {
		return "", nil
	}
	id = ids[max(0, slices.IndexFunc(ids, d.leadsInto))]
	settings, _ = connectors[id].(map[string]any)
	return id, settings
}

// leadsInto tells whether a pipeline of what counts ends in that connector.
func (d *Deployment) leadsInto(connector string) bool {
	pipelines, _ := d.Setting(d.Measured.From, "service", "pipelines").(map[string]any)
	for _, pipeline := range pipelines {
		settings, _ := pipeline.(map[string]any)
		if exporters, _ := settings["exporters"].([]any); slices.Contains(exporters, any(connector)) {
			return true
		}
	}
	return false
}

// Unit is that of durations on the page of metrics.
func (d *Deployment) Unit() time.Duration {
	id, _ := d.Counter()
	if d.Setting(d.Measured.From, "connectors", id, "histogram", "unit") == "s" {
		return time.Second
	}
	return time.Millisecond
}
