package production

import (
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/deployment"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// delay is how long joke-service thinks.
const delay = 50 * time.Millisecond

// ofResource are two of the attributes that the resource of a service has.
var ofResource = []tracecheck.Trait{
	tracecheck.Attr("service.version", "1.0.0"),
	tracecheck.Attr("telemetry.sdk.language", "go"),
}

// TestZipkin is section 7: the services send to a collector, and the collector
// to a real Zipkin, which is asked for what it made of the spans.
func TestZipkin(t *testing.T) {
	deployment.Need(t, "zipkin", "collector")
	throughCollector := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		d := deployment.New(s, files)
		zipkin := d.Backend("zipkin")
		collector := d.Backend("collector")
		jokes := d.GoService("joke-service", collector, "-delay="+delay.String())
		users := d.GoService("user-service", collector, "-joke-url="+jokes.URL("/jokes/random"), "-chunk-pause=0")
		s.Get(users.URL("/fetch-external"))
		s.Get(users.URL("/compute?n=1000&workers=1"))
		s.Get(users.URL("/compute?n=4000000&workers=1")) // more than an int64 holds
		users.Stop()
		jokes.Stop()
		collector.Stop() // and it sends what it has
		d.LookInZipkin(zipkin, 3+3+3, "after three requests")
		s.Get(zipkin.URL("/zipkin/"))
	})
	computed := func(expect tracecheck.Expectation) tracecheck.Expectation {
		return tracecheck.InTraces("get /compute", tracecheck.Attr("http.response.status_code", "200"), expect)
	}
	failed := func(expect tracecheck.Expectation) tracecheck.Expectation {
		return tracecheck.InTraces("get /compute", tracecheck.Attr("http.response.status_code", "422"), expect)
	}

	isInternal := tracecheck.Attr("span.kind", "internal")

	tracecheck.Run(t, files, []tracecheck.Check{
		{
			Name:    "one-trace",
			Section: 7,
			Must:    "Zipkin shows a request to both services as one trace, with all names in small letters.",
			Play:    throughCollector,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", 200, `"joke"`),
				tracecheck.InTraces("get /fetch-external", anySpan, tracecheck.Chain(
					tracecheck.Server("user-service", "get /fetch-external"),
					tracecheck.Client("user-service"),
					tracecheck.Server("joke-service", "get /jokes/random", tracecheck.Lasts(delay))))),
		},
		{
			Name:    "values-are-text",
			Section: 7,
			Must:    "What was a number is a tag of text.",
			Play:    throughCollector,
			Expect: tracecheck.All(
				tracecheck.Has(
					tracecheck.Server("joke-service", "get /jokes/random", tracecheck.Attr("http.response.status_code", "200"))),
				computed(tracecheck.TheSpan("heavy-computation", tracecheck.Attr("input.size", "1000")))),
		},
		{
			Name:    "no-internal-kind",
			Section: 7,
			Must:    "Zipkin has no kind for what is neither a call nor an answer: a tag says it.",
			Play:    throughCollector,
			Expect:  computed(tracecheck.Below("get /compute", "heavy-computation", 1, deployment.NoKind, isInternal)),
		},
		{
			Name:    "events-are-text",
			Section: 7,
			Must:    "An event with attributes is an annotation, one line of text with all of it.",
			Play:    throughCollector,
			Expect:  computed(tracecheck.TheSpan("heavy-computation", tracecheck.Event(`computed-sum|{"value":332833500}|0`))),
		},
		{
			Name:    "status-is-a-tag",
			Section: 7,
			Must:    "That a span failed, and why, is in tags.",
			Play:    throughCollector,
			Expect: tracecheck.All(
				tracecheck.Answers("n=4000000", 422, ""),
				failed(tracecheck.TheSpan("heavy-computation",
					tracecheck.Attr("error", "true"), tracecheck.Attr("otel.status_description", "the sum does not fit in 64 bits"))),
				computed(tracecheck.TheSpan("heavy-computation", deployment.Lacks("error", "otel.status_description")))),
		},
		{
			Name:    "resource-on-each-span",
			Section: 7,
			Must:    "What stood in the resource once is on each span.",
			Play:    throughCollector,
			Expect: tracecheck.All(
				tracecheck.TheSpan("get /jokes/random", ofResource...),
				computed(tracecheck.TheSpan("get /compute", ofResource...)),
				computed(tracecheck.TheSpan("heavy-computation", ofResource...))),
		},
		{
			Name:    "page",
			Section: 7,
			Must:    "Zipkin's page is there, at /zipkin/.",
			Play:    throughCollector,
			Expect:  tracecheck.Answers("/zipkin/", 200, "<title>Zipkin</title>"),
		},
	})
}
