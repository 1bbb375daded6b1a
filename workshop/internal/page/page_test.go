package page

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"example.com/tracing-workshop/workshop/internal/page/prose"
	"example.com/tracing-workshop/workshop/internal/page/traces"
	"example.com/tracing-workshop/workshop/internal/timeline"
	"example.com/tracing-workshop/workshop/internal/verdict"
)

func TestIndexAndStatic(t *testing.T) {
	s := open(t, nil)
	response, text := s.ask(t, http.MethodGet, "/", nil)
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(text, "<!doctype html>") {
		t.Errorf("status %d, %s: %s", response.StatusCode, response.Header.Get("Content-Type"), text)
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": security, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
	} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if token := s.token(t); len(token) < 20 || strings.Contains(token, "Token") {
		t.Errorf("the token is %q", token)
	}
	entries, err := static.ReadDir("static")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		response, _ := s.ask(t, http.MethodGet, "/static/"+entry.Name(), nil)
		if kind := types[filepath.Ext(entry.Name())]; response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != kind || kind == "" {
			t.Errorf("%s: status %d as %q", entry.Name(), response.StatusCode, response.Header.Get("Content-Type"))
		}
	}
	for _, path := range []string{"/static/", "/static/nothing.js", "/nothing", "/api/nothing", "/static/..%2fpage.go", "/static/%2e%2e/page.go"} {
		if said := s.refusal(t, path, http.StatusNotFound); said == "" {
			t.Errorf("%s says nothing", path)
		}
	}
}

// TestIsForThisMachine plays sites that are open in the same browser.
func TestIsForThisMachine(t *testing.T) {
	s := open(t, nil)
	port := s.base[strings.LastIndex(s.base, ":"):]
	token := s.token(t)
	for name, test := range map[string]struct {
		method, path string
		header       map[string]string
		want         int
	}{
		"this page":                  {"GET", "/api/state", map[string]string{"Host": "127.0.0.1" + port}, 200},
		"by name":                    {"GET", "/api/state", map[string]string{"Host": "localhost" + port}, 200},
		"by name, in capitals":       {"GET", "/api/state", map[string]string{"Host": "LOCALHOST" + port}, 200},
		"IPv6":                       {"GET", "/api/state", map[string]string{"Host": "[::1]" + port}, 200},
		"own origin":                 {"GET", "/api/state", map[string]string{"Origin": "http://localhost" + port}, 200},
		"a name bound to 127.0.0.1":  {"GET", "/api/state", map[string]string{"Host": "evil.example" + port}, 403},
		"the same for the page":      {"GET", "/", map[string]string{"Host": "evil.example" + port}, 403},
		"the same for a file":        {"GET", "/static/index.html", map[string]string{"Host": "evil.example"}, 403},
		"another port":               {"GET", "/", map[string]string{"Host": "127.0.0.1:1"}, 403},
		"no port":                    {"GET", "/", map[string]string{"Host": "127.0.0.1"}, 403},
		"a suffix":                   {"GET", "/", map[string]string{"Host": "127.0.0.1" + port + ".evil.example"}, 403},
		"another origin":             {"GET", "/api/state", map[string]string{"Origin": "http://evil.example"}, 403},
		"another origin, events":     {"GET", "/api/events", map[string]string{"Origin": "http://evil.example"}, 403},
		"an origin without a name":   {"GET", "/api/state", map[string]string{"Origin": "null"}, 403},
		"an origin on another port":  {"GET", "/api/state", map[string]string{"Origin": "http://127.0.0.1:1"}, 403},
		"an origin with TLS":         {"GET", "/api/state", map[string]string{"Origin": "https://127.0.0.1" + port}, 403},
		"an origin that only begins": {"GET", "/api/state", map[string]string{"Origin": "http://127.0.0.1" + port + "@evil.example"}, 403},
		"no token":                   {"POST", "/api/check/step01-a", nil, 403},
		"a wrong token":              {"POST", "/api/check/step01-a", map[string]string{tokenHeader: token + "x"}, 403},
		"an empty token":             {"POST", "/api/check/step01-a", map[string]string{tokenHeader: ""}, 403},
		"a token, another origin":    {"POST", "/api/check/step01-a", map[string]string{tokenHeader: token, "Origin": "http://evil.example"}, 403},
		"no such step":               {"POST", "/api/check/step01-a%2f..%2f..", map[string]string{tokenHeader: token}, 404},
		"a flag as a step":           {"POST", "/api/check/-exec=x", map[string]string{tokenHeader: token}, 404},
		"to check by GET":            {"GET", "/api/check/step01-a", map[string]string{tokenHeader: token}, 404},
		"another method":             {"DELETE", "/api/state", nil, 403},
	} {
		t.Run(name, func(t *testing.T) {
			response, text := s.ask(t, test.method, test.path, func(r *http.Request) {
				for key, value := range test.header {
					r.Header.Set(key, value)
				}
				r.Host = test.header["Host"]
			})
			if response.StatusCode != test.want {
				t.Errorf("status %d, want %d: %s", response.StatusCode, test.want, text)
			}
			if test.want == http.StatusForbidden && strings.Contains(text, token) {
				t.Errorf("it gives the token away: %s", text)
			}
		})
	}
}

func TestImages(t *testing.T) {
	s := open(t, nil)
	for link, to := range map[string]string{
		"docs/out.png": filepath.Join(s.root, "go.mod"), "docs/up.png": "../go.mod", "docs/in.png": "images/a.png", "docs/folder": "../solutions",
	} {
		if err := os.Symlink(to, filepath.Join(s.root, link)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	if err := os.Mkdir(filepath.Join(s.root, "docs", "d.png"), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"docs/images/a.png": 200, "docs/images/a.svg": 200, "docs/in.png": 200,
		"docs/images/b.png": 404, "docs/notes.txt": 404, "solutions/a.png": 404, "go.mod": 404, "docs/d.png": 404, "docs": 404, "": 404,
		"docs/out.png": 404, "docs/up.png": 404, "docs/folder/a.png": 404,
		"docs/%2e%2e/solutions/a.png": 404, "docs/..%2fsolutions/a.png": 404, "..%2fgo.mod": 404, "%2e%2e/go.mod": 404,
		"docs/..%5c..%5cgo.mod.png": 404, "%2fetc/passwd": 404, "docs//images/a.png%00.png": 404, "stepless/a.png": 404,
	} {
		response, text := s.ask(t, http.MethodGet, "/images/"+path, nil)
		if response.StatusCode != want || strings.Contains(text, "secret") {
			t.Errorf("%s: status %d, want %d: %s", path, response.StatusCode, want, text)
		}
		if policy := response.Header.Get("Content-Security-Policy"); want == 200 && (!strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") || strings.Contains(policy, "script-src")) {
			t.Errorf("%s may run scripts: %s", path, policy)
		}
	}
	// The client cleans a path; what is sent as it is must not lead out either.
	for _, path := range []string{"/images/../go.mod", "/images/docs/../../go.mod", "/images//etc/passwd", "/static/../page.go"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		request := "GET " + path + " HTTP/1.1\r\nHost: " + strings.TrimPrefix(s.base, "http://") + "\r\nConnection: close\r\n\r\n"
		if _, err := conn.Write([]byte(request)); err != nil {
			t.Fatal(err)
		}
		text := make([]byte, 4096)
		n, _ := conn.Read(text)
		conn.Close()
		if strings.HasPrefix(string(text[:n]), "HTTP/1.1 200") || strings.Contains(string(text[:n]), "secret") {
			t.Errorf("%s: %s", path, text[:n])
		}
	}
}

func TestLessons(t *testing.T) {
	s := open(t, nil)
	var lesson prose.Lesson
	s.get(t, "/api/lessons/step01-a", http.StatusOK, &lesson)
	if lesson.Title != "Step 1: A" || len(lesson.Sections) != 3 || lesson.Next != "step02-b" || strings.Contains(lesson.Intro, "script") {
		t.Errorf("got %+v", lesson)
	}
	if !strings.Contains(lesson.Sections[0].HTML, `src="/images/docs/images/a.png"`) || lesson.Sections[1].Gap != "a.go:4" {
		t.Errorf("got %+v", lesson.Sections)
	}
	record := verdict.Record{Step: "step01-a", Checks: []verdict.Check{
		{Section: 1, Outcome: "pass"}, {Section: 2, Outcome: "fail"}, {Section: 3, Outcome: "pending"},
	}, Failure: &verdict.Failure{Section: 2, Gap: "a.go:17"}}
	if err := record.Write(s.records); err != nil {
		t.Fatal(err)
	}
	s.get(t, "/api/lessons/step01-a", http.StatusOK, &lesson)
	for i, want := range []string{"", "a.go:17", "a.go:5"} {
		if got := lesson.Sections[i].Gap; got != want {
			t.Errorf("the gap of section %d is %q, want %q", i+1, got, want)
		}
	}
	s.get(t, "/api/lessons/step02-b", http.StatusOK, &lesson)
	if lesson.Next != "" {
		t.Errorf("after the last one comes %q", lesson.Next)
	}
	s.refusal(t, "/api/lessons/step09-x", http.StatusNotFound)
	s.refusal(t, "/api/lessons/..%2fdocs", http.StatusNotFound)
}

func TestState(t *testing.T) {
	s := open(t, nil)
	var got state
	s.get(t, "/api/state", http.StatusOK, &got)
	if len(got.Steps) != 2 || got.Steps[0].Title != "Step 1: A" || got.Steps[0].Section != 1 || got.At != "step01-a" {
		t.Errorf("got %+v", got)
	}
	if got.Jaeger.Reachable || !strings.Contains(got.Jaeger.Problem, "go run ./workshop jaeger") {
		t.Errorf("got %+v", got.Jaeger)
	}
	if got.Live.Listening == "" || got.Live.Budget == 0 || got.Checking == nil || got.Problems == nil {
		t.Errorf("got %+v", got)
	}
	s.refusal(t, "/api/verdicts/step01-a", http.StatusNotFound)

	now := time.Now()
	passed := verdict.Record{Step: "step01-a", Begun: now, Passed: true, Checks: []verdict.Check{{Outcome: "pass"}}}
	failed := verdict.Record{Step: "step02-b", Begun: now.Add(-time.Hour), Checks: []verdict.Check{{Outcome: "pass"}, {Outcome: "fail"}}, Failure: &verdict.Failure{Section: 4}}
	for _, record := range []verdict.Record{passed, failed} {
		if err := record.Write(s.records); err != nil {
			t.Fatal(err)
		}
	}
	s.get(t, "/api/state", http.StatusOK, &got)
	if step := got.Steps[0]; !step.Done || step.Stale || step.Passed != 1 || got.At != "step02-b" {
		t.Errorf("got %+v, at %s", step, got.At)
	}
	if step := got.Steps[1]; step.Done || !step.Stale || step.Checks != 2 || step.Passed != 1 || step.Section != 4 {
		t.Errorf("got %+v", step)
	}
	var record verdict.Record
	s.get(t, "/api/verdicts/step02-b", http.StatusOK, &record)
	if record.Failure == nil || record.Failure.Section != 4 {
		t.Errorf("got %+v", record)
	}
	write(t, filepath.Join(s.records, "step02-b.json"), "{")
	s.refusal(t, "/api/verdicts/step02-b", http.StatusInternalServerError)
}

// tracer sends each span to the page as it ends.
func (s *site) tracer(t *testing.T, service string) trace.Tracer {
	t.Helper()
	exporter, err := otlptracegrpc.New(t.Context(), otlptracegrpc.WithEndpointURL(s.status.Live.Endpoint))
	if err != nil {
		t.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter), sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", service))))
	t.Cleanup(func() { _ = provider.Shutdown(context.Background()) })
	return provider.Tracer("test")
}

const markup = `<img src=x onerror=alert(1)></script>`

// TestLive has a name with markup, which stays a name.
func TestLive(t *testing.T) {
	s := open(t, nil)
	heard := s.listen(t)
	ctx, outer := s.tracer(t, "planner").Start(t.Context(), markup, trace.WithSpanKind(trace.SpanKindServer))
	_, inner := s.tracer(t, "railway").Start(ctx, "route", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attribute.Int("stops", 5)))
	inner.SetStatus(codes.Error, "no way")
	inner.End()
	outer.End()
	for told := ""; !strings.Contains(told, `"arrived":2`); {
		told = heard.await(t, "live ")
	}
	_, text := s.ask(t, http.MethodGet, "/api/live/traces", nil)
	var list traces.Summaries
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	if list.Of != 1 || list.Traces[0].Operation != markup || list.Traces[0].Errors != 1 || !list.Traces[0].Complete || len(list.Traces[0].Services) != 2 {
		t.Errorf("got %s", text)
	}
	if strings.Contains(text, "<") {
		t.Errorf("there is markup in %s", text)
	}
	id := list.Traces[0].ID
	for _, asked := range []string{id, id[:6], strings.ToUpper(id[:8]) + "…"} {
		var one timeline.Trace
		s.get(t, "/api/live/traces/"+asked, http.StatusOK, &one)
		if one.ID != id || len(one.Rows) != 2 || one.Rows[0].Name != markup {
			t.Errorf("%s gives %+v", asked, one)
		}
	}
	for query, want := range map[string]int{
		"service=railway&errors=1": 1, "service=planner&errors=1": 0, "attribute=stops%3D5": 1, "attribute=stops%3D6": 0,
		"longer=1h": 0, "service=planner&shorter=1h": 1, "since=1h": 1, "limit=1": 1, "attribute=": 1,
	} {
		s.get(t, "/api/live/traces?"+query, http.StatusOK, &list)
		if list.Of != want {
			t.Errorf("%s gives %d traces, want %d", query, list.Of, want)
		}
	}
	for _, query := range []string{"longer=1", "limit=0", "limit=x", "attribute=x", "operation=x", "shorter=1s", "since=-1h", "service=a&shorter=1s&longer=2s"} {
		s.refusal(t, "/api/live/traces?"+query, http.StatusBadRequest)
	}
	s.refusal(t, "/api/live/traces/beef", http.StatusNotFound)
	s.refusal(t, "/api/live/traces/xyz", http.StatusBadRequest)
	s.refusal(t, "/api/nowhere/traces", http.StatusNotFound)

	var services struct{ Services []traces.Service }
	s.get(t, "/api/live/services", http.StatusOK, &services)
	if len(services.Services) != 2 || services.Services[0].Operations[0] != markup {
		t.Errorf("got %+v", services)
	}
	var calls struct{ Calls []traces.Call }
	s.get(t, "/api/live/calls?service=railway", http.StatusOK, &calls)
	if want := (traces.Call{Caller: "planner", Service: "railway", Operation: "route", Calls: 1, Errors: 1, Began: 1, Traces: 1}); len(calls.Calls) != 1 || calls.Calls[0] != want {
		t.Errorf("got %+v", calls)
	}
}

// jaegerAnswers are those of a Jaeger that holds one trace.
var answersOfJaeger = map[string]string{
	"/api/v3/services":   `{"services":["user"]}`,
	"/api/v3/operations": `{"operations":[{"name":"GET /b","spanKind":"server"},{"name":"GET /a"},{"name":"GET /a"}]}`,
	"/api/v3/traces": `{"result":{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"user"}}]},"scopeSpans":[{"spans":[
		{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"GET /a","kind":2,"startTimeUnixNano":"1000000000","endTimeUnixNano":"2000000000","status":{"code":2}}]}]}]}}`,
}

func TestJaeger(t *testing.T) {
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v3/traces/") && !strings.Contains(r.URL.Path, "0af7") {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"error":{"message":"No traces found"}}`))
			return
		}
		path := r.URL.Path
		if strings.HasPrefix(path, "/api/v3/traces") {
			path = "/api/v3/traces"
		}
		_, _ = w.Write([]byte(answersOfJaeger[path]))
	}))
	defer fake.Close()
	s := open(t, func(o *Options) { o.Jaeger = fake.URL })
	var list traces.Summaries
	s.get(t, "/api/jaeger/traces?errors=1", http.StatusOK, &list)
	if list.Of != 1 || list.Traces[0].Operation != "GET /a" || list.Traces[0].Duration != time.Second {
		t.Errorf("got %+v", list)
	}
	for _, id := range []string{"0af7651916cd43dd8448eb211c80319c", "0af7"} {
		var one timeline.Trace
		s.get(t, "/api/jaeger/traces/"+id, http.StatusOK, &one)
		if len(one.Rows) != 1 || one.Errors != 1 {
			t.Errorf("got %+v", one)
		}
	}
	s.refusal(t, "/api/jaeger/traces/beefbeefbeefbeefbeefbeefbeefbeef", http.StatusNotFound)
	s.refusal(t, "/api/jaeger/traces/beef", http.StatusNotFound)
	var services struct{ Services []traces.Service }
	s.get(t, "/api/jaeger/services", http.StatusOK, &services)
	if len(services.Services) != 1 || strings.Join(services.Services[0].Operations, " ") != "GET /a GET /b" {
		t.Errorf("got %+v", services)
	}
	var calls struct{ Calls []traces.Call }
	s.get(t, "/api/jaeger/calls", http.StatusOK, &calls)
	if len(calls.Calls) != 1 || calls.Calls[0].Caller != "" || calls.Calls[0].Errors != 1 {
		t.Errorf("got %+v", calls)
	}
	var now state
	s.get(t, "/api/state", http.StatusOK, &now)
	if !now.Jaeger.Reachable || now.Jaeger.Problem != "" || now.Jaeger.Address != fake.URL {
		t.Errorf("got %+v", now.Jaeger)
	}
}

func TestNoJaeger(t *testing.T) {
	s := open(t, nil)
	for _, path := range []string{"traces", "traces/beef", "services", "calls"} {
		if said := s.refusal(t, "/api/jaeger/"+path, http.StatusBadGateway); !strings.Contains(said, "go run ./workshop jaeger") {
			t.Errorf("%s says %q; want what to type", path, said)
		}
	}
}

// TestPortForSpansIsTaken tells who has it, if that can be known.
func TestPortForSpansIsTaken(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	s := open(t, func(o *Options) { o.Listen = other.Addr().String() })
	if got := s.status.Live; got.Listening != "" || !strings.HasPrefix(got.Problem, "Another program listens on "+other.Addr().String()) {
		t.Errorf("got %+v", got)
	}
	jaeger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"services":[]}`)) }))
	defer jaeger.Close()
	s = open(t, func(o *Options) { o.Listen, o.Jaeger = other.Addr().String(), jaeger.URL })
	if got := s.status.Live.Problem; !strings.Contains(got, "a Jaeger answers at "+jaeger.URL) || !strings.Contains(got, "under Jaeger") {
		t.Errorf("got %q", got)
	}
}
