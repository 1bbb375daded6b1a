package cause

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// ratesCauses are of a collector that counts spans, and of a Jaeger that asks for
// the counts.
var ratesCauses = slices.Concat(connectorCauses, countingCauses, histogramCauses, askingCauses)

// connectorCauses are of a connector that has one end only.
var connectorCauses = []Cause{
	refused("connector-leads-nowhere", "not used in any supported receiver pipeline",
		"A connector ends one pipeline and begins another one. Here it ends traces, and begins nothing.",
		"Under service.pipelines, add metrics, with the connector as its receiver: receivers: [spanmetrics]."),
	refused("connector-gets-nothing", "not used in any supported exporter pipeline",
		"A connector ends one pipeline and begins another one. Here it begins metrics, and no pipeline leads into it.",
		"Name it among the exporters of traces: exporters: [jaeger_storage_exporter, spanmetrics]."),
	refused("metric-storage-mismatch", "cannot find metric storage",
		"jaeger_query.storage.metrics is a name that jaeger_storage.metric_backends does not have.",
		"Use one name in both places."),
	refused("dimension-built-in", "duplicate dimension name",
		"A dimension is named twice, or is one of those by which spanmetrics counts of itself: service.name, span.name, span.kind and status.code.",
		"Take it out of the list, and leave http.route and http.response.status_code in."),
	counting("no-span-metrics", []string{"page", "empty"}, "the pipelines as Jaeger reads them", func(f *Fault) string {
		if len(f.countingPipelines()) > 0 {
			return ""
		}
		return "No pipeline of traces leads into the connector spanmetrics, so nobody counts."
	}, "Describe spanmetrics under connectors, name it among the exporters of traces, and let it be the receiver of a pipeline metrics that ends in prometheus."),
	counting("metrics-not-exposed", []string{"page"}, "the pipelines as Jaeger reads them", func(f *Fault) string {
		ends := f.metricsEnds()
		if len(f.countingPipelines()) == 0 || len(ends) == 0 {
			return ""
		}
		return fmt.Sprintf("What spanmetrics counts goes to %s, and not to the exporter prometheus, which shows it as a page.", strings.Join(ends, " and "))
	}, "Let the pipeline metrics end in it: exporters: [prometheus]."),
}

// countingCauses are of counts that are not those of the spans.
var countingCauses = []Cause{
	{
		name: "no-storage-exporter",
		of:   shortfalls{evidence.Lost},
		fact: "the pipelines as Jaeger reads them, and spans that do not get into a storage",
		witness: func(f *Fault) string {
			if len(f.countingPipelines()) == 0 || slices.ContainsFunc(f.config().Ends(), evidence.IsStorage) {
				return ""
			}
			return "The connector has taken the place of the storage in the pipeline traces: spans are counted, and then they are gone."
		},
		next: "A pipeline may have several exporters, and each gets every span: exporters: [jaeger_storage_exporter, spanmetrics].",
	},
	{
		name: "no-storage-exporter",
		of:   shortfalls{evidence.Lost},
		fact: "the pipelines as Jaeger reads them, and spans that do not get into a storage",
		witness: func(f *Fault) string {
			if f.Evidence.Deployment == nil {
				return ""
			}
			for _, part := range f.Evidence.Deployment.Parts {
				ends := part.Process.Config.Ends()
				if len(ends) > 0 && !slices.ContainsFunc(ends, func(id string) bool { return evidence.IsStorage(id) || kindOf(id) == "kafka" }) {
					return fmt.Sprintf("With %s, spans come in, and the pipeline ends in %s: it writes to no storage.", part.File, listed(ends))
				}
			}
			return ""
		},
		next: "Name jaeger_storage_exporter among the exporters of service.pipelines.traces.",
	},
	{
		name: "sampled-before-counting",
		of:   shortfalls{evidence.Lost, evidence.Miscounted},
		fact: "a processor that leaves spans out, before the connector, and counts that are too low",
		witness: func(f *Fault) string {
			want, _ := f.Want.(int)
			got, _ := f.Got.(int)
			if f.What == evidence.Miscounted && got >= want {
				return ""
			}
			for _, pipeline := range f.countingPipelines() {
				if processor := f.leavesOut(pipeline); processor != "" {
					return fmt.Sprintf("The processor %s leaves spans out, and stands in the pipeline %s before the connector: what is not there is not counted.", processor, pipeline)
				}
			}
			return ""
		},
		next: "Count first: let the connector end a pipeline in which nothing is left out, and sample in another one.",
	},
	counting("counted-twice", []string{"calls", "errors", "routes", "durations"}, "pipelines that lead into the connector, and counts that are as many times too high", func(f *Fault) string {
		want, _ := f.Want.(int)
		got, _ := f.Got.(int)
		all := f.countingPipelines()
		if len(all) < 2 || want == 0 || got != want*len(all) {
			return ""
		}
		return fmt.Sprintf("The pipelines %s all lead into spanmetrics. A receiver hands each span to all pipelines that name it, so each is counted %d times.", listed(all), len(all))
	}, "Name spanmetrics among the exporters of one of them only."),
	counting("dimension-not-on-spans", []string{"routes"}, "a dimension that no span has as an attribute", func(f *Fault) string {
		sent, _ := f.Evidence.Deployment.Sent()
		for _, dimension := range f.dimensions() {
			if !slices.ContainsFunc(sent, func(s spans.Span) bool { return s.Attributes.Get(dimension) != nil }) {
				return fmt.Sprintf("%s is a dimension, and no span has an attribute of that name. Older instrumentation used other names, as http.status_code.", dimension)
			}
		}
		return ""
	}, "Take the names that your spans have: http.route and http.response.status_code.").refining("dimension-missing"),
	counting("dimension-missing", []string{"routes"}, "the dimensions that Jaeger runs with", func(f *Fault) string {
		for _, wanted := range []string{"http.route", "http.response.status_code"} {
			if !slices.Contains(f.dimensions(), wanted) {
				if slices.Contains(namesOf(branch(f.counter(), "histogram")["dimensions"]), wanted) {
					return fmt.Sprintf("%s is a dimension of the histogram alone, and calls are counted without it.", wanted)
				}
				return fmt.Sprintf("%s is no dimension. Of itself, spanmetrics counts by service, operation, kind and status only.", wanted)
			}
		}
		return ""
	}, "Under dimensions, name http.route and http.response.status_code, each as an item of its own: - name: http.route."),
	counting("dimension-excluded", []string{"calls", "errors"}, "the dimensions that Jaeger is told to leave out", func(f *Fault) string {
		left := texts(f.counter()["exclude_dimensions"])
		if len(left) == 0 {
			return ""
		}
		return fmt.Sprintf("exclude_dimensions leaves out %s, so spans are counted together that differ in it.", strings.Join(left, ", "))
	}, "Leave exclude_dimensions away."),
}

// histogramCauses are of durations that cannot be read off the page.
var histogramCauses = []Cause{
	counting("no-buckets", []string{"histogram"}, "the histogram as Jaeger reads it", func(f *Fault) string {
		switch histogram := branch(f.counter(), "histogram"); {
		case histogram["disable"] == true:
			return "The histogram is switched off (disable: true): calls are counted, and durations are not."
		case histogram["exponential"] != nil:
			return "The histogram is exponential. The page in Prometheus's text format has no way to say that, and leaves it out."
		}
		return ""
	}, "Under histogram, describe buckets: explicit, with a list of durations in buckets."),
	counting("buckets-without-unit", []string{"buckets"}, "buckets of some nanoseconds", func(f *Fault) string {
		for _, bucket := range f.buckets() {
			if bucket < time.Microsecond {
				return fmt.Sprintf("One bucket ends at %v: a number without a unit is nanoseconds, whatever unit says.", bucket)
			}
		}
		return ""
	}, "Give each bucket its unit, as in [5ms, 100ms, 2500ms].").refining("buckets-too-coarse"),
	counting("buckets-too-coarse", []string{"buckets"}, "the buckets as Jaeger reads them", func(f *Fault) string {
		if len(f.buckets()) == 0 {
			return ""
		}
		return fmt.Sprintf("The buckets end at %s. What falls into one looks the same from then on: of a quantile, only its bucket is known.", durations(f.buckets()))
	}, "Take buckets from some milliseconds to some seconds, each two or three times as long as the one before."),
}

// askingCauses are of a Jaeger that asks for what nobody has.
var askingCauses = []Cause{
	counting("metrics-port", []string{"unscraped"}, "the port of the page, which is not the one that Prometheus asks", func(f *Fault) string {
		const asked = "8889"
		address := f.config().Endpoints().Metrics
		if _, port, err := net.SplitHostPort(address); err != nil || port == asked {
			return ""
		}
		return fmt.Sprintf("The page of metrics is at %s. prometheus.yml lets Prometheus ask at port %s.", address, asked)
	}, "Let the exporter prometheus listen on 127.0.0.1:8889."),
	counting("metrics-not-read", []string{"refusal"}, "the query page as Jaeger reads it", func(f *Fault) string {
		if f.Evidence.Deployment.Setting(f.Evidence.Deployment.Measured.From, "extensions", "jaeger_query", "storage", "metrics") != "" {
			return ""
		}
		return "The query page is told where the traces are, and not where the metrics are."
	}, "Under jaeger_query.storage, add metrics: metric_store."),
	counting("metric-namespace-mismatch", []string{"jaeger-calls"}, "the name that Jaeger asks for, and those on the page", func(f *Fault) string {
		asks, shows := f.callsNames()
		if asks == shows || withoutSuffix(asks) == withoutSuffix(shows) {
			return ""
		}
		return namesDiffer(asks, shows)
	}, "Let namespace of spanmetrics and metric_namespace of the metric backend say the same. Neither has to be there: the defaults are traces.span.metrics and traces_span_metrics, which is the same."),
	counting("metric-suffix-mismatch", []string{"jaeger-calls", "jaeger-latencies"}, "the name that Jaeger asks for, and those on the page", func(f *Fault) string {
		asks, shows := f.namesInQuestion()
		if asks == shows || withoutSuffix(asks) != withoutSuffix(shows) || isUnit(asks) && isUnit(shows) {
			return ""
		}
		return namesDiffer(asks, shows)
	}, "Set normalize_calls and normalize_duration to true: then Jaeger asks for the names with the endings that the exporter prometheus gives them."),
	counting("latency-unit-mismatch", []string{"jaeger-latencies"}, "the name that Jaeger asks for, and those on the page", func(f *Fault) string {
		asks, shows := f.durationNames()
		if asks == shows || !isUnit(asks) || !isUnit(shows) {
			return ""
		}
		return namesDiffer(asks, shows)
	}, "Let histogram.unit of spanmetrics and latency_unit of the metric backend be the same: ms in both, which is the default, or s."),
}

// counting is a cause that lies in the way from spans to numbers. keys are those
// of the misses that it explains.
func counting(name string, keys []string, fact string, witness func(*Fault) string, next string) Cause {
	return Cause{name: name, of: shortfalls{evidence.Miscounted}, fact: fact, next: next, witness: func(f *Fault) string {
		if f.Evidence.Deployment == nil || !slices.Contains(keys, f.Key) || f.Evidence.Deployment.Part(f.Evidence.Deployment.Measured.From) == nil {
			return ""
		}
		return witness(f)
	}}
}

func (c Cause) refining(others ...string) Cause {
	c.refines = others
	return c
}

func namesDiffer(asks, shows string) string {
	return fmt.Sprintf("Jaeger asks Prometheus for %s. The page of metrics shows %s.", asks, shows)
}

func durations(all []time.Duration) string {
	var text []string
	for _, d := range all {
		text = append(text, d.String())
	}
	return strings.Join(text, ", ")
}
