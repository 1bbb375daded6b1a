package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	systems "example.com/tracing-workshop/workshop/internal/backend"
	"example.com/tracing-workshop/workshop/internal/lesson"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
	"example.com/tracing-workshop/workshop/receiver"
	"example.com/tracing-workshop/workshop/spans"
)

// fromPython is the document that these tests hold to what is so, and flasks
// the folder of its services.
const (
	fromPython = "docs/from-python.md"
	flasks     = "step05-jaeger/production/python/"
)

// TestPythonBlocks finds every line of Python of the document in the services,
// indented as it is there.
func TestPythonBlocks(t *testing.T) {
	count := 0
	for _, b := range pythonDocument(t).Blocks {
		if b.Language != "python" {
			continue
		}
		count++
		if !strings.HasPrefix(b.File, flasks) {
			t.Errorf("%s:%d: this block names no file of %s", fromPython, b.Line, flasks)
			continue
		}
		if !strings.Contains("\n"+read(t, "../"+b.File), "\n"+b.Text) {
			t.Errorf("%s:%d: these lines do not stand in %s as they stand here:\n%s", fromPython, b.Line, b.File, b.Text)
		}
	}
	if count < 4 {
		t.Errorf("%s has %d blocks of Python", fromPython, count)
	}
}

func pythonDocument(t *testing.T) *lesson.Document {
	t.Helper()
	d, err := lesson.Parse(fromPython, read(t, "../"+fromPython))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestPython runs the services in Python, by themselves and beside those in Go,
// and holds the document to the spans that they send.
func TestPython(t *testing.T) {
	s := fetchedSystem(t, "python")
	for _, pair := range proc.UnsetTelemetry(os.Environ()) {
		name := strings.TrimSuffix(pair, "=")
		t.Setenv(name, "") // and it comes back
		os.Unsetenv(name)
	}
	services := buildServices(t)
	for name, test := range map[string]func(*testing.T, flask){
		"Flask asks Go":        flaskAsksGo,
		"Go asks Flask":        goAsksFlask,
		"a span of your own":   flaskComputes,
		"a sum beyond 64 bits": flaskComputesTooMuch,
		"what is not a number": flaskFails,
		"the resource":         flaskNamesItself,
		"the flags":            flaskSetsTheRandomFlag,
		"old and new names":    flaskHasNewNames,
		"the joke-service":     flaskTellsJokes,
	} {
		t.Run(name, func(t *testing.T) {
			otlp, err := receiver.Listen("127.0.0.1:0", receiver.Accept())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(otlp.Close)
			test(t, flask{s, services, otlp})
		})
	}
}

// flask is what a test has: the services in both languages, and somebody who
// takes their spans.
type flask struct {
	system   *systems.System
	services string
	otlp     *receiver.Receiver
}

func (f flask) endpoint() string { return "OTEL_EXPORTER_OTLP_ENDPOINT=" + f.otlp.Endpoint() }

// start starts services in Python. The log may be read once they are stopped.
func (f flask) start(t *testing.T, env ...string) (*systems.Process, *workshoptest.Screen) {
	t.Helper()
	log := workshoptest.NewScreen()
	p, err := f.system.Start(t.Context(), systems.Options{Folder: t.TempDir(), Free: true, Log: log, Env: append(env, f.endpoint())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p, log
}

// spans gives what the services have sent at the end of a process.
func (f flask) spans(t *testing.T, p *systems.Process) []spans.Span {
	t.Helper()
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	return f.otlp.Spans()
}

func flaskAsksGo(t *testing.T, f flask) {
	jokes := startService(t, f.services, "joke-service", nil, f.endpoint())
	p, _ := f.start(t, "SERVICES=user-service", "JOKE_URL="+jokes.url+"/jokes/random")
	if code := get(t, p.Address()+"/fetch-external"); code != http.StatusOK {
		t.Errorf("Flask answers %d", code)
	}
	jokes.stop(t)
	got := f.spans(t, p)
	checkDrawn(t, got)
	server, client, joke := named(t, got, "GET /fetch-external"), named(t, got, "GET"), named(t, got, "GET /jokes/random")
	checkChain(t, server, client, joke)
	checkLanguages(t, "python python go", server, client, joke)
	checkKinds(t, server, client, joke)
	checkNames(t, joke, "http.request.method http.response.status_code", "http.method http.status_code")
	if address := joke.Attributes.Get("server.address"); address != "127.0.0.1" {
		t.Errorf("otelhttp says that server.address is %v", address)
	}
}

func goAsksFlask(t *testing.T, f flask) {
	p, _ := f.start(t, "SERVICES=joke-service")
	users := startService(t, f.services, "user-service", []string{"-joke-url=" + p.Address() + "/jokes/random"}, f.endpoint())
	if code := get(t, users.url+"/fetch-external"); code != http.StatusOK {
		t.Errorf("Go answers %d", code)
	}
	users.stop(t)
	got := f.spans(t, p)
	checkDrawn(t, got)
	server, client, joke := named(t, got, "GET /fetch-external"), named(t, got, "HTTP GET"), named(t, got, "GET /jokes/random")
	checkChain(t, server, client, joke)
	checkLanguages(t, "go go python", server, client, joke)
	checkKinds(t, server, client, joke)
	checkNames(t, joke, "http.method http.status_code", "http.request.method http.response.status_code")
}

// checkDrawn expects one trace that some drawing of the document shows.
func checkDrawn(t *testing.T, got []spans.Span) {
	t.Helper()
	traces := spans.Group(got)
	if len(traces) != 1 || len(got) != 3 {
		t.Fatalf("%d spans in %d traces, want 3 in one:\n%+v", len(got), len(traces), got)
	}
	var drawing strings.Builder
	if err := spans.Draw(&drawing, traces[0], spans.Options{Width: 76}); err != nil {
		t.Fatal(err)
	}
	for _, b := range pythonDocument(t).Blocks {
		if b.Language == "text" && shape(b.Text) == shape(drawing.String()) {
			return
		}
	}
	t.Errorf("%s does not show this trace:\n%s", fromPython, &drawing)
}

var (
	drawnHeader = regexp.MustCompile(`(?m)^trace \S+  \S+ `)
	drawnBar    = regexp.MustCompile(`(?m)(server|client|internal) .*$`)
)

// shape is a drawing without times.
func shape(drawing string) string {
	return strings.TrimSpace(drawnBar.ReplaceAllString(drawnHeader.ReplaceAllString(drawing, ""), "$1"))
}

// checkChain expects each span to be the parent of the next one.
func checkChain(t *testing.T, chain ...spans.Span) {
	t.Helper()
	if chain[0].ParentID != "" {
		t.Errorf("%s has a parent", chain[0].Name)
	}
	for i := range chain[1:] {
		if parent, child := chain[i], chain[i+1]; child.ParentID != parent.SpanID || child.TraceID != parent.TraceID {
			t.Errorf("%s is not the parent of %s", parent.Name, child.Name)
		}
	}
}

func checkLanguages(t *testing.T, want string, all ...spans.Span) {
	t.Helper()
	var languages []string
	for _, s := range all {
		languages = append(languages, fmt.Sprint(s.Resource.Get("telemetry.sdk.language")))
	}
	if got := strings.Join(languages, " "); got != want {
		t.Errorf("the languages are %s, want %s", got, want)
	}
}

func checkKinds(t *testing.T, server, client, joke spans.Span) {
	t.Helper()
	if server.Kind != spans.KindServer || client.Kind != spans.KindClient || joke.Kind != spans.KindServer {
		t.Errorf("the kinds are %s, %s and %s", server.Kind, client.Kind, joke.Kind)
	}
}

func flaskComputes(t *testing.T, f flask) {
	p, _ := f.start(t, "SERVICES=user-service")
	if got := body(t, p.Address()+"/compute?n=1000"); !strings.Contains(got, "332833500") {
		t.Errorf("the sum is %s", got)
	}
	got := f.spans(t, p)
	if len(got) != 2 { // none of the questions whether it is ready
		t.Errorf("%d spans, want 2:\n%+v", len(got), got)
	}
	server, span := named(t, got, "GET /compute"), named(t, got, "heavy-computation")
	checkChain(t, server, span)
	if span.Kind != spans.KindInternal || span.Scope != "compute" || span.Status.Code != spans.StatusUnset {
		t.Errorf("the span is %+v", span)
	}
	if n := span.Attributes.Get("input.size"); n != int64(1000) {
		t.Errorf("input.size is %T %v", n, n)
	}
	event := span.Event("computed-sum")
	if event == nil || event.Attributes.Get("value") != int64(332833500) {
		t.Errorf("the event is %+v", event)
	}
}

func flaskComputesTooMuch(t *testing.T, f flask) {
	p, log := f.start(t, "SERVICES=user-service")
	if got := body(t, p.Address()+"/compute?n=4000000"); !strings.Contains(got, "21333325333334000000") {
		t.Errorf("the sum is %s", got)
	}
	span := named(t, f.spans(t, p), "heavy-computation")
	event := span.Event("computed-sum")
	if event == nil || event.Attributes.Get("value") != nil || span.Status.Code != spans.StatusUnset {
		t.Errorf("the span is %+v", span)
	}
	workshoptest.Contains(t, log.String(), "Failed to encode key value")
}

func flaskFails(t *testing.T, f flask) {
	p, _ := f.start(t, "SERVICES=user-service")
	if code := get(t, p.Address()+"/compute?n=x"); code != http.StatusInternalServerError {
		t.Errorf("Flask answers %d", code)
	}
	got := f.spans(t, p)
	server := named(t, got, "GET /compute")
	event := server.Event("exception")
	if len(got) != 1 || server.Status.Code != spans.StatusError || event == nil || event.Attributes.Get("exception.type") != "ValueError" {
		t.Errorf("the spans are %+v", got)
	}
	checkNames(t, server, "http.status_code", "error.type")
}

func flaskNamesItself(t *testing.T, f flask) {
	p, _ := f.start(t, "SERVICES=user-service", "OTEL_RESOURCE_ATTRIBUTES=team=rails,service.name=other", "OTEL_SERVICE_NAME=another")
	get(t, p.Address()+"/compute")
	resource := named(t, f.spans(t, p), "heavy-computation").Resource
	for key, want := range map[string]string{"service.name": "user-service", "team": "rails", "telemetry.sdk.language": "python"} {
		if got := resource.Get(key); got != want {
			t.Errorf("%s is %v, want %s", key, got, want)
		}
	}
	if version, _ := resource.Get("telemetry.sdk.version").(string); !strings.HasPrefix(version, "1.45.") {
		t.Errorf("the SDK is %v, and %s says 1.45", resource.Get("telemetry.sdk.version"), fromPython)
	}
}

// flaskSetsTheRandomFlag looks at the header that each language begins.
func flaskSetsTheRandomFlag(t *testing.T, f flask) {
	headers := make(chan string, 2)
	jokes := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers <- r.Header.Get("traceparent")
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"value": "no joke"}`)
	}))
	defer jokes.Close()
	p, _ := f.start(t, "SERVICES=user-service", "JOKE_URL="+jokes.URL)
	users := startService(t, f.services, "user-service", []string{"-joke-url=" + jokes.URL}, f.endpoint())
	for url, want := range map[string]string{p.Address(): "-03", users.url: "-01"} {
		if code := get(t, url+"/fetch-external"); code != http.StatusOK {
			t.Fatalf("%s answers %d", url, code)
		}
		if got := <-headers; !strings.HasPrefix(got, "00-") || !strings.HasSuffix(got, want) {
			t.Errorf("traceparent is %s, want one that ends in %s", got, want)
		}
	}
	users.stop(t)
}

func flaskTellsJokes(t *testing.T, f flask) {
	p, _ := f.start(t, "SERVICES=joke-service")
	if got := body(t, p.Address()+"/jokes/random"); !strings.HasPrefix(got, `{"value":"`) {
		t.Errorf("the joke is %s", got)
	}
	if got := f.spans(t, p); len(got) != 1 || got[0].Name != "GET /jokes/random" || got[0].Service() != "joke-service" || got[0].ParentID != "" {
		t.Errorf("the spans are %+v", got)
	}
}

func body(t *testing.T, url string) string {
	t.Helper()
	response, err := oneRequest.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
