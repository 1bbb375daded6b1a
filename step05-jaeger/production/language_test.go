package production

import (
	"testing"

	"example.com/tracing-workshop/workshop/deployment"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// TestLanguages is section 6: a service in Python asks one in Go, and one in Go
// asks one in Python.
func TestLanguages(t *testing.T) {
	deployment.Need(t, "python")
	flaskAsksGo := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		d := deployment.New(s, files)
		jaeger := d.InMemory()
		jokes := d.GoService("joke-service", jaeger)
		users := d.PythonService("user-service", jaeger, "JOKE_URL="+jokes.URL("/jokes/random"))
		s.Get(users.URL("/fetch-external"))
		s.Get(users.URL("/compute?n=1000"))
		users.Stop()
		jokes.Stop()
		d.LookFor(jaeger, 3+2, "after Flask asked Go")
	})
	goAsksFlask := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		d := deployment.New(s, files)
		jaeger := d.InMemory()
		jokes := d.PythonService("joke-service", jaeger, "OTEL_SEMCONV_STABILITY_OPT_IN=http")
		users := d.GoService("user-service", jaeger, "-joke-url="+jokes.URL("/jokes/random"))
		s.Get(users.URL("/fetch-external"))
		users.Stop()
		jokes.Stop()
		d.LookFor(jaeger, 3, "after Go asked Flask")
	})
	python, golang := tracecheck.Resource("telemetry.sdk.language", "python"), tracecheck.Resource("telemetry.sdk.language", "go")

	tracecheck.Run(t, files, []tracecheck.Check{
		{
			Name:    "flask-asks-go",
			Section: 6,
			Must:    "Flask asks the Go service for a joke, and that is one trace in two languages.",
			Play:    flaskAsksGo,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", 200, `"joke"`),
				tracecheck.InTraces("GET /fetch-external", anySpan, tracecheck.Chain(
					tracecheck.Server("user-service", "GET /fetch-external", python),
					tracecheck.Client("user-service", python),
					tracecheck.Server("joke-service", "GET /jokes/random", golang)))),
		},
		{
			Name:    "go-asks-flask",
			Section: 6,
			Must:    "The Go service asks Flask for one, and that is one trace, too.",
			Play:    goAsksFlask,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", 200, `"joke"`),
				tracecheck.Chain(
					tracecheck.Server("user-service", "GET /fetch-external", golang),
					tracecheck.Client("user-service", golang),
					tracecheck.Server("joke-service", "GET /jokes/random", python))),
		},
		{
			Name:    "heavy-computation",
			Section: 6,
			Must:    "Flask's span of its own is below its server span, with the attribute and the event that Go's has.",
			Play:    flaskAsksGo,
			Expect: tracecheck.All(
				tracecheck.Answers("/compute", 200, "332833500"),
				tracecheck.Below("GET /compute", "heavy-computation", 1, python,
					tracecheck.Attr("input.size", 1000), tracecheck.Event("computed-sum", "value", 332833500))),
		},
		{
			Name:    "old-names",
			Section: 6,
			Must:    "By itself, Flask calls method and status by their old names, and Go by the new ones.",
			Play:    flaskAsksGo,
			Expect: tracecheck.Has(
				tracecheck.Server("user-service", "GET /fetch-external", oldNames...),
				tracecheck.Client("user-service", oldNames...),
				tracecheck.Server("joke-service", "GET /jokes/random", newNames...)),
		},
		{
			Name:    "new-names",
			Section: 6,
			Must:    "With OTEL_SEMCONV_STABILITY_OPT_IN=http, Flask calls them as Go does.",
			Play:    goAsksFlask,
			Expect: tracecheck.Has(
				tracecheck.Client("user-service", newNames...),
				tracecheck.Server("joke-service", "GET /jokes/random", newNames...)),
		},
	})
}

func anySpan(spans.Span) *tracecheck.Miss { return nil }

// oldNames are those of semantic conventions before 1.23, and newNames the stable
// ones (HTTP spans).
var (
	oldNames = []tracecheck.Trait{
		tracecheck.Attr("http.method", "GET"), tracecheck.Attr("http.status_code", 200),
		deployment.Lacks("http.request.method", "http.response.status_code"),
	}
	newNames = []tracecheck.Trait{
		tracecheck.Attr("http.request.method", "GET"), tracecheck.Attr("http.response.status_code", 200),
		deployment.Lacks("http.method", "http.status_code"),
	}
)
