package cause

import (
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
)

// The configuration of a collector that counts, as Jaeger reads it.

// config is that of the collector that counts.
func (f *Fault) config() jaeger.Config {
	d := f.Evidence.Deployment
	if d == nil || d.Part(d.Measured.From) == nil {
		return jaeger.Config{}
	}
	return d.Part(d.Measured.From).Process.Config
}

// countingPipelines gives the pipelines that lead into the connector spanmetrics.
func (f *Fault) countingPipelines() []string {
	var all []string
	pipelines, _ := f.config().At("service", "pipelines").(map[string]any)
	for id := range pipelines {
		if slices.ContainsFunc(texts(f.config().At("service", "pipelines", id, "exporters")), isCounter) {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	return all
}

// metricsEnds gives the exporters to which the counts go.
func (f *Fault) metricsEnds() []string {
	var all []string
	pipelines, _ := f.config().At("service", "pipelines").(map[string]any)
	for id := range pipelines {
		if slices.ContainsFunc(texts(f.config().At("service", "pipelines", id, "receivers")), isCounter) {
			all = append(all, texts(f.config().At("service", "pipelines", id, "exporters"))...)
		}
	}
	slices.Sort(all)
	return all
}

func isCounter(id string) bool { return kindOf(id) == "spanmetrics" }

// kindOf gives what stands in a component's id before the slash: otlp of otlp/second.
func kindOf(id string) string {
	kind, _, _ := strings.Cut(id, "/")
	return kind
}

// leavesOut gives the processor of a pipeline that throws spans away, or "".
func (f *Fault) leavesOut(pipeline string) string {
	for _, id := range texts(f.config().At("service", "pipelines", pipeline, "processors")) {
		if slices.Contains([]string{"tail_sampling", "adaptive_sampling", "probabilistic_sampler", "filter"}, kindOf(id)) {
			return id
		}
	}
	return ""
}

// counter gives the settings of the connector spanmetrics.
func (f *Fault) counter() map[string]any {
	_, settings := f.Evidence.Deployment.Counter()
	return settings
}

// dimensions gives the attributes by which calls are counted.
func (f *Fault) dimensions() []string {
	var names []string
	for _, key := range []string{"dimensions", "calls_dimensions"} {
		names = append(names, namesOf(f.counter()[key])...)
	}
	return names
}

// namesOf gives the names of a list of dimensions.
func namesOf(list any) []string {
	var names []string
	items, _ := list.([]any)
	for _, item := range items {
		if dimension, ok := item.(map[string]any); ok {
			names = append(names, texts([]any{dimension["name"]})...)
		}
	}
	return names
}

// buckets gives the ends of the buckets that the file describes.
func (f *Fault) buckets() []time.Duration {
	var all []time.Duration
	items, _ := branch(f.counter(), "histogram", "explicit")["buckets"].([]any)
	for _, item := range items {
		if nanoseconds, ok := item.(float64); ok {
			all = append(all, time.Duration(nanoseconds))
		}
	}
	return all
}

// namesInQuestion gives the metric that Jaeger asks for, and the one on the page.
func (f *Fault) namesInQuestion() (asks, shows string) {
	if f.Key == "jaeger-latencies" {
		return f.durationNames()
	}
	return f.callsNames()
}

// callsNames does so for calls (buildFullCallsMetricName of Jaeger's
// metricstore/prometheus).
func (f *Fault) callsNames() (asks, shows string) {
	asks = f.namespaced("calls")
	if f.metricBackend()["normalize_calls"] == true {
		asks += "_total"
	}
	if calls := f.Evidence.Deployment.Measured.Calls(); len(calls) > 0 {
		shows = calls[0].Name
	}
	return asks, shows
}

// durationNames does so for durations (buildFullLatencyMetricName, the same).
func (f *Fault) durationNames() (asks, shows string) {
	asks = f.namespaced("duration")
	if f.metricBackend()["normalize_duration"] == true {
		asks += "_" + map[any]string{"ms": "milliseconds", "s": "seconds"}[f.metricBackend()["latency_unit"]]
	}
	if counts := f.Evidence.Deployment.Measured.DurationCounts(); len(counts) > 0 {
		shows = strings.TrimSuffix(counts[0].Name, "_count")
	}
	return asks, shows
}

func (f *Fault) namespaced(metric string) string {
	if namespace, _ := f.metricBackend()["metric_namespace"].(string); namespace != "" {
		return namespace + "_" + metric
	}
	return metric
}

// metricBackend gives the settings of the Prometheus that the query page reads.
func (f *Fault) metricBackend() map[string]any {
	name, _ := f.config().At("extensions", "jaeger_query", "storage", "metrics").(string)
	settings, _ := f.config().At("extensions", "jaeger_storage", "metric_backends", name, "prometheus").(map[string]any)
	return settings
}

// endings are those that the exporter prometheus gives to names.
var endings = []string{"_total", "_milliseconds", "_seconds"}

func withoutSuffix(metric string) string {
	for _, ending := range endings {
		metric = strings.TrimSuffix(metric, ending)
	}
	return metric
}

// isUnit tells whether a name ends in a unit.
func isUnit(metric string) bool {
	return strings.HasSuffix(metric, "_milliseconds") || strings.HasSuffix(metric, "_seconds")
}

// texts gives the texts of a list.
func texts(list any) []string {
	var all []string
	items, _ := list.([]any)
	for _, item := range items {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// branch gives what is below a path, or nothing.
func branch(tree map[string]any, path ...string) map[string]any {
	for _, key := range path {
		tree, _ = tree[key].(map[string]any)
	}
	return tree
}
