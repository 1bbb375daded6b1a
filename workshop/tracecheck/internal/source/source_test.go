package source

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// sourceOf gives the source of a program in one file, journey.go. Line 1 is
// the package clause, line 3 the first line of text.
func sourceOf(text string) *Program {
	return Read(fstest.MapFS{"journey.go": {Data: []byte("package main\n\n" + text)}})
}

func TestCalls(t *testing.T) {
	s := sourceOf(`func journey() {
	span.End()
	defer span.End()
	defer func() { tidy(); span.End() }()
	go func() { span.End() }()
	End()
	spans[0].End()
	getSpan().End()
	span.Ended()
}
func (t trip) End() { os.Exit(1) }
var end, other = func() { defer span.End() }, 1
var ended = span.End()
`)
	var got []string
	for _, c := range s.Calls("End", "os.Exit") {
		line := s.At(c) + " " + c.Receiver + "." + c.Name + " in " + c.In.Name.Name
		if c.Deferred {
			line += ", deferred"
		}
		got = append(got, line)
	}
	want := []string{
		"journey.go:4 span.End in journey",
		"journey.go:5 span.End in journey, deferred",
		"journey.go:6 span.End in journey, deferred",
		"journey.go:7 span.End in journey",
		"journey.go:8 .End in journey",
		"journey.go:9 .End in journey",
		"journey.go:10 .End in journey",
		"journey.go:13 os.Exit in End",
		"journey.go:14 span.End in end, deferred",
		"journey.go:15 span.End in ended",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if found := s.Calls("log.Exit", "Exited"); len(found) != 0 {
		t.Errorf("calls that are not there: %v", found)
	}
}

// TestSourceThatDoesNotParse leaves such a file out, and keeps the others. Gaps
// are found in it all the same.
func TestSourceThatDoesNotParse(t *testing.T) {
	s := Read(fstest.MapFS{
		"broken.go":       {Data: []byte("package main\nfunc { // TODO(1): end\nspan.End()")},
		"empty.go":        {},
		"journey.go":      {Data: []byte("package main\nfunc f() { span.End() }")},
		"journey_test.go": {Data: []byte("package main\nfunc g() { span.End() } // TODO(2)")},
		"notes.txt":       {Data: []byte("TODO(3)")},
	}, gapsIn("broken.go", "package main\nfunc { // TODO(1): end\nspan.End()")...)
	if got := len(s.Calls("End")); got != 1 {
		t.Errorf("%d calls found, want 1", got)
	}
	if got := s.GapOf(1, "", nil) + s.GapOf(2, "", nil) + s.GapOf(3, "", nil); got != "broken.go:2" {
		t.Errorf("the gaps are %v", s.Gaps)
	}
	if len(Read(fstest.MapFS{}).Calls("End")) != 0 {
		t.Error("nothing has calls")
	}
}

// gapsOf gives the gaps of a step that is as it was shipped.
func gapsOf(step fstest.MapFS) []Gap {
	var gaps []Gap
	for name, file := range step {
		gaps = append(gaps, gapsIn(name, string(file.Data))...)
	}
	return gaps
}

func TestGapsAndHeaders(t *testing.T) {
	step := fstest.MapFS{
		"README.md": {Data: []byte("# Lesson\r\n## 1. A provider that prints\r\n### 7. Not this\r\n## Extra credit\r\n## 12. A `span`\r\n")},
		"b.go":      {Data: []byte("package main\n// TODO(2): later\n// TODO: nobody's\n")},
		"a.go":      {Data: []byte("package main\r\n// TODO(2): first\r\n// TODO(2): again\r\n// TODO(10) too\r\n")},
	}
	s := Read(step, gapsOf(step)...)
	for number, want := range map[int]string{1: "", 2: "a.go:2", 10: "a.go:4"} {
		if got := s.GapOf(number, "", nil); got != want {
			t.Errorf("the gap %d is at %q, want %q", number, got, want)
		}
	}
	if want := "map[1:A provider that prints 12:A `span`]"; fmt.Sprint(s.Headers) != want {
		t.Errorf("the headers are %v, want %s", s.Headers, want)
	}
}

func TestStartCalls(t *testing.T) {
	s := sourceOf("func f() {\ncmd.Start()\ntimer.Start(1)\ntracer.Start(ctx, `journey`)\notel.Tracer(`x`).Start(ctx, `journey`, opt)\n}\n")
	if got := s.StartCalls(); len(got) != 2 || s.At(got[0]) != "journey.go:6" || s.At(got[1]) != "journey.go:7" {
		t.Errorf("got %d calls", len(got))
	}
}

func TestExits(t *testing.T) {
	s := sourceOf("func main() {\nos.Exit(1)\n}\nfunc (t trip) main() {\nos.Exit(1)\n}\nfunc run() {\nlog.Fatalf(``)\nlog.Println()\nexit()\n}\n")
	got := s.Exits()
	if len(got) != 2 || s.At(got[0]) != "journey.go:7" || s.At(got[1]) != "journey.go:10" {
		t.Errorf("got %d calls", len(got))
	}
}

func TestImports(t *testing.T) {
	s := sourceOf("import (\n\"os\"\nprinter \"go.opentelemetry.io/otel/exporters/stdout/stdouttrace\"\n\"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc\"\n)\n" +
		"func f() {\nprinter.New()\nstdouttrace.New()\notlptracegrpc.New(ctx)\nerrors.New(``)\n}\n")
	if got := s.Imports("go.opentelemetry.io/otel/exporters/"); len(got) != 2 {
		t.Errorf("got %q", got)
	}
	if got := s.importName("go.opentelemetry.io/otel/exporters/stdout/stdouttrace"); got != "printer" {
		t.Errorf("the alias is %q", got)
	}
	got := s.ExporterCalls()
	if len(got) != 2 || s.At(got[0]) != "journey.go:9" || s.At(got[1]) != "journey.go:11" {
		t.Errorf("got %d calls that make an exporter", len(got))
	}
}

func TestQuotesAndText(t *testing.T) {
	s := sourceOf("const key = \"OTEL_EXPORTER_OTLP_ENDPOINT\" // OTEL_SERVICE_NAME\nfunc f() {\ng(`a:4317`, port, 4318, \"b\\n\")\n}\n")
	if !s.Quotes("OTLP_ENDPOINT") || s.Quotes("OTEL_SERVICE_NAME") {
		t.Error("quotes looks at something else than string literals")
	}
	c := s.Calls("g")[0]
	for i, want := range []string{"a:4317", "", "", "b\n", ""} {
		got, isText := c.Text(i)
		if got != want || isText != (want != "") {
			t.Errorf("argument %d is %q, %v; want %q", i, got, isText, want)
		}
	}
}

func TestNamed(t *testing.T) {
	s := sourceOf("const key = \"value\"\nfunc f() {\ng(attribute.Int(\"value\", 1), map[string]int{\"value\": 2}, \"value\")\nspan.AddEvent(`value`)\nspan.AddEvent(\"a value\", value())\n_ = attribute.KeyValue{Key: \"value\"}\n}\n")
	want := []string{"journey.go:3", "journey.go:5", "journey.go:6", "journey.go:8"}
	if got := s.Named("value"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestGapOf names the file of the service that a verdict speaks of.
func TestGapOf(t *testing.T) {
	step := fstest.MapFS{
		"jokeservice.go": {Data: []byte("package main\n// TODO(1): wrap it.\n// TODO(2): only here.\n")},
		"userservice.go": {Data: []byte("package main\n\n// TODO(1): wrap it.\n")},
		"tracing.go":     {Data: []byte("package main\n// TODO(4): set it.\n")},
	}
	s := Read(step, gapsOf(step)...)
	services := []string{"joke-service", "user-service"}
	for _, c := range []struct {
		number  int
		service string
		want    string
	}{
		{1, "user-service", "userservice.go:3"},
		{1, "joke-service", "jokeservice.go:2"},
		{1, "", "jokeservice.go:2"},
		{2, "user-service", ""},
		{4, "user-service", "tracing.go:2"},
		{5, "user-service", ""},
	} {
		if got := s.GapOf(c.number, c.service, services); got != c.want {
			t.Errorf("the gap %d of %q is at %q, want %q", c.number, c.service, got, c.want)
		}
	}
}

func TestShutdownFirst(t *testing.T) {
	const journey = "func journey() {\ntracer.Start(ctx, `journey`)\n}\n"
	for name, c := range map[string]struct{ body, want string }{
		"above the start":         {"func run() {\nprovider.Shutdown(ctx)\ntracer.Start(ctx, `journey`)\n}\n", " at journey.go:4"},
		"below the start":         {"func run() {\ntracer.Start(ctx, `journey`)\nprovider.Shutdown(ctx)\n}\n", ""},
		"deferred":                {"func run() {\ndefer provider.Shutdown(ctx)\ntracer.Start(ctx, `journey`)\n}\n", ""},
		"deferred in the set-up":  {"func start() {\ndefer provider.Shutdown(ctx)\n}\n" + journey, " at journey.go:4"},
		"deferred in the caller":  {"func run() {\ndefer shutdown(ctx)\njourney()\n}\n" + journey, ""},
		"evaluated in the caller": {"func run() {\ndefer check(shutdown(ctx))\njourney()\n}\n" + journey, " at journey.go:4"},
		"started by the caller":   {"func run() {\ndefer shutdown(ctx)\n}\nfunc main() {\ntracer.Start(ctx, `journey`)\nrun()\n}\n", ""},
		"no span at all":          {"func run() {\nprovider.Shutdown(ctx)\n}\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sourceOf(c.body).ShutdownFirst(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestInGoroutine(t *testing.T) {
	for body, want := range map[string]bool{
		"shutdown(ctx)":                                        false,
		"defer func() { shutdown(ctx) }()":                     false,
		"go shutdown(ctx)":                                     true,
		"go func() { shutdown(ctx) }()":                        true,
		"context.AfterFunc(ctx, func() { shutdown(ctx) })":     true,
		"workers.Go(func() { work() })\nshutdown(ctx)":         false,
		"if err := shutdown(ctx); err != nil {\nreturn err\n}": false,
	} {
		s := sourceOf("func run() {\n" + body + "\n}\n")
		if got := s.inGoroutine(s.Calls("shutdown")[0]); got != want {
			t.Errorf("%q: %v, want %v", body, got, want)
		}
	}
}

// TestRequestsWithoutContext asks for them where requests are answered.
func TestRequestsWithoutContext(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		want   int
	}{
		"in the handler":      {`func f(w http.ResponseWriter, r *http.Request) { http.Get(url) }`, 1},
		"in what it calls":    {`func f(w http.ResponseWriter, r *http.Request) { g() }; func g() { http.NewRequest("GET", url, nil) }`, 1},
		"at the start":        {`func f(w http.ResponseWriter, r *http.Request) {}; func g() { http.Get(url) }`, 0},
		"given one later":     {`func f(w http.ResponseWriter, r *http.Request) { q, _ := http.NewRequest("GET", url, nil); q = q.WithContext(r.Context()) }`, 0},
		"beside one with one": {`func f(w http.ResponseWriter, r *http.Request) { http.Get(url); http.NewRequestWithContext(ctx, "GET", url, nil) }`, 0},
	} {
		if got := sourceOf(c.source).RequestsWithoutContext(); len(got) != c.want {
			t.Errorf("%s: %d calls, want %d", name, len(got), c.want)
		}
	}
}

// TestEmptyContexts follows an empty context to where a span would be missed
// in it.
func TestEmptyContexts(t *testing.T) {
	const g = `; func g(ctx context.Context) { tracer.Start(ctx, "work") }; func h(ctx context.Context) { g(ctx) }`
	for name, c := range map[string]struct {
		source string
		want   int
	}{
		"to Start":                  {`tracer.Start(context.Background(), "work")`, 1},
		"to a request":              {`q, err := http.NewRequestWithContext(context.TODO(), "GET", url, nil)`, 1},
		"to a function":             {`h(context.Background())`, 1},
		"in a goroutine":            {`workers.Go(func() { c.g(context.Background()) })`, 1},
		"wrapped":                   {`g(detached{context.Background(), r})`, 1},
		"by way of a variable":      {`ctx, cancel := context.WithTimeout(context.TODO(), second); defer cancel(); g(ctx)`, 1},
		"by way of two":             {`var a context.Context = context.Background(); b := context.WithValue(a, k, v); g(b)`, 1},
		"to a line of the log":      {`slog.Log(context.Background(), level, "told"); g(r.Context())`, 0},
		"to another variable":       {`ctx := context.Background(); slog.Log(ctx, level, "told"); g(r.Context())`, 0},
		"to a function without one": {`audit(context.Background()); g(r.Context())`, 0},
		"with the span in it":       {`g(trace.ContextWithSpan(context.Background(), span))`, 0},
	} {
		if got := sourceOf(`func f(w http.ResponseWriter, r *http.Request) { ` + c.source + ` }` + g + `; func audit(ctx context.Context) {}`).EmptyContexts(); len(got) != c.want {
			t.Errorf("%s: %d calls, want %d", name, len(got), c.want)
		}
	}
}
