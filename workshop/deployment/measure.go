package deployment

import (
	"context"
	"time"

	"example.com/tracing-workshop/workshop/internal/exposition"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/text"
)

// countPatience is how long a page of metrics may stay as it is before it is clear
// that it will. A collector on a stage counts twice a second.
const countPatience = 5 * time.Second

// Samples are the lines of a page of metrics.
type Samples = exposition.Samples

// ReadMetrics asks for a page of metrics, as Prometheus does.
func ReadMetrics(ctx context.Context, url string) (Samples, error) {
	page, err := get(ctx, url)
	if err != nil {
		return nil, err
	}
	return exposition.Parse(string(page))
}

// Measure notes what a collector shows on its page of metrics, as soon as it has
// counted all spans that were sent, or when it is clear that it will not.
func (d *Deployment) Measure(collector *Jaeger) {
	if d.failed() {
		return
	}
	m := &d.facts.Measured
	m.From = collector.part.File
	address := collector.part.Process.Endpoints.Metrics
	if m.Served = address != ""; !m.Served {
		d.note("%s has no page of metrics", m.From)
		return
	}
	sent, _ := d.facts.Sent()
	if err := d.awaitCounts(jaeger.Reachable(address)+"/metrics", len(sent), countPatience+collector.part.Process.Config.HoldsBack()); err != nil {
		d.fail(err)
		return
	}
	d.note("its page of metrics counts %s of %s", text.Grouped(int(m.Calls().Sum())), text.Plural(len(sent), "span"))
}

// awaitCounts asks for the page until it has counted n spans, or no more.
func (d *Deployment) awaitCounts(url string, n int, patience time.Duration) error {
	m := &d.facts.Measured
	for last, before := time.Now(), -1.0; ; {
		page, err := ReadMetrics(d.ctx, url)
		if err == nil {
			m.Page = page
		}
		counted := m.Calls().Sum()
		if counted != before {
			last, before = time.Now(), counted
		}
		if over := time.Since(last) > patience; over && err != nil {
			return err
		} else if over || int(counted) == n && err == nil {
			return nil
		}
		if err := pause(d.ctx, glance); err != nil {
			return err
		}
	}
}
