package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

func TestJaegerForWhoHasNoFile(t *testing.T) {
	v := startHosted(t, "")
	workshoptest.Contains(t, v.String(), "Jaeger 2.", "runs. Ctrl-C stops it.", "in memory: they are gone when it stops",
		"OTLP over gRPC", "OTLP over HTTP", "query API", "health", "/status",
		"OTEL_EXPORTER_OTLP_ENDPOINT", "traces -from "+v.query)
	if !realJaeger(t).UI {
		workshoptest.Contains(t, v.String(), "no web page", "Its traces as pictures:", " page -from "+v.query, "docker run", "127.0.0.1:16686:16686", "jaegertracing/jaeger:2.13.0",
			"https://github.com/jaegertracing/jaeger/releases/tag/v2.13.0", "JAEGER_BIN")
	}
	code, stdout, stderr := outcome(t, "traces", "-from", v.query)
	if code != exitOK || stderr != "" {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	workshoptest.Contains(t, stdout, "holds no traces yet", "http://127.0.0.1:4317")

	v.end(t)
	workshoptest.Contains(t, v.String(), "Jaeger has stopped.")
	code, _, stderr = outcome(t, "traces", "-from", v.query)
	if code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	workshoptest.Contains(t, stderr, "workshop: no Jaeger answers at "+v.query, "to start one: go run ./workshop jaeger\n")
}

func TestTracesFromJaeger(t *testing.T) {
	v := startHosted(t, "")
	report(t, v.otlp,
		reported{service: "user-service", name: "GET /old", trace: 0xabc1 << 112 >> 112, span: 1, ago: 2 * time.Hour, took: time.Second},
		reported{service: "user-service", name: "GET /slow", trace: 2, span: 2, ago: time.Minute, took: 3 * time.Second},
		reported{service: "joke-service", name: "GET /joke", trace: 2, span: 3, parent: 2, ago: time.Minute, took: time.Second, failed: true},
		reported{service: "user-service", name: "GET /new", trace: 3, span: 4, took: 12 * time.Millisecond},
	)
	id := func(n int) string { return fmt.Sprintf("%032x", n) }
	for _, test := range []struct {
		args string
		code int
		want []string // of stdout, or of stderr where the code is not 0
		not  []string
	}{
		{"", 0, []string{"GET /old", "GET /slow", "joke-service", "GET /joke", "GET /new", "journey.stops = 5", "3 traces of the last 24 hours.\n"}, nil},
		{"-brief", 0, []string{"GET /new"}, []string{"journey.stops"}},
		{"-limit 1", 0, []string{"GET /new", "3 traces of the last 24 hours; this is the newest, and -limit shows more.\n"}, []string{"GET /old", "GET /slow"}},
		{"-service joke-service", 0, []string{"user-service", "GET /slow", "GET /joke", "1 trace of"}, []string{"GET /new"}},
		{"-since 10m", 0, []string{"GET /slow", "GET /new", "2 traces of the last 10 minutes.\n"}, []string{"GET /old"}},
		{"-service user-service -operation GET_/new", 0, []string{"GET /new", "1 trace of"}, []string{"GET /slow"}},
		{"-longer 2s", 0, []string{"GET /slow", "1 trace of"}, []string{"GET /new", "GET /old"}},
		{"-service joke-service -longer 2s", 0, []string{"There is no trace of joke-service that fits"}, nil},
		{"-service user-service -shorter 100ms", 0, []string{"GET /new", "1 trace of"}, []string{"GET /slow"}},
		{"-service user-service -longer 500ms -shorter 2s", 0, []string{"GET /old", "1 trace of"}, []string{"GET /slow"}},
		{"-errors", 0, []string{"GET /slow", "GET /joke", "1 trace of"}, []string{"GET /new"}},
		{"-errors -service user-service", 0, []string{"There is no trace of user-service that fits"}, nil},
		{"-attribute journey.stops=5 -attribute service.name=joke-service", 0, []string{"GET /slow", "1 trace of"}, []string{"GET /new"}},
		{"-attribute journey.stops=6", 0, []string{"There is no trace that fits", "Services that it knows: joke-service, user-service\n"}, nil},
		{"-service joke-service -only", 0, []string{"1.00s · 1 of 2 spans", "GET /joke", "journey.stops = 5", "1 trace of"}, []string{"GET /slow", "never arrived"}},
		{"-calls", 0, []string{
			" calls  traces  caller        → service       operation\n",
			"     1       1  user-service  → joke-service  GET /joke\n",
			"     1       1  (outside)     → user-service  GET /new\n",
			"3 traces of the last 24 hours.\n",
		}, []string{"━"}},
		{"-calls -limit 1", 0, []string{"GET /new", "this is the newest"}, []string{"GET /joke"}},
		{"-calls -errors", 0, []string{"user-service  → joke-service  GET /joke\n", "1 trace of"}, []string{"GET /slow", "GET /new"}},
		{"-calls " + id(2), 0, []string{"GET /joke", "(outside)     → user-service  GET /slow\n"}, []string{"GET /new"}},
		{id(2) + " -errors -only", 0, []string{"GET /joke"}, []string{"GET /slow"}},
		{id(3) + " -errors", 0, []string{"has 1 span, and none is what you ask for"}, nil},
		{"-list", 0, []string{"1.00s", "1 span", "user-service  GET /old\n", "3.00s", "2 spans  ✗ 1 error", "user-service  GET /slow\n", "12.0ms", "user-service  GET /new\n"}, []string{"━"}},
		{id(2), 0, []string{"3.00s · 2 spans · 1 error · 2 services", "GET /slow", "GET /joke"}, []string{"GET /new"}},
		{strings.Repeat("0", 31), 2, []string{"ids begin with 0000", "add some more digits\n"}, nil},
		{strings.ToUpper(id(0xabc1)), 0, []string{"GET /old"}, nil},
		{"ffff", 1, []string{"no trace of the last 24 hours", "begins with ffff\n"}, nil},
		{id(9), 1, []string{"there is no trace " + id(9), "was it sampled"}, nil}, // says so after some time: it might still come
		{"hello", 2, []string{`"hello" is no trace id: that has 32 digits`}, nil},
		{id(1) + "0", 2, []string{"is no trace id"}, nil},
		{"-service cook", 1, []string{`has no spans of a service "cook"; it knows joke-service, user-service`}, nil},
		{"-service joke-service -since 1s", 0, []string{"There is no trace of joke-service from the last 1s"}, []string{"Services that it knows"}},
	} {
		t.Run(test.args, func(t *testing.T) {
			args := []string{"traces", "-from", v.query}
			for _, arg := range strings.Fields(test.args) {
				args = append(args, strings.ReplaceAll(arg, "_", " "))
			}
			code, stdout, stderr := outcome(t, args...)
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			got, nothing := stdout, stderr
			if code != exitOK {
				got, nothing = stderr, stdout
			}
			workshoptest.Contains(t, got, test.want...)
			workshoptest.Lacks(t, got, test.not...)
			if nothing != "" {
				t.Errorf("the other stream has %q, want nothing", nothing)
			}
		})
	}
	t.Run("the page of a trace", func(t *testing.T) {
		if code, stdout, _ := outcome(t, "traces", "-from", v.query+"/trace/"+id(3)+"?uiFind=x"); code != 0 || !strings.Contains(stdout, "GET /new") {
			t.Errorf("exit code %d, %s", code, stdout)
		}
	})
	t.Run("an address without http", func(t *testing.T) {
		if code, stdout, _ := outcome(t, "traces", "-from", strings.TrimPrefix(v.query, "http://"), id(3)); code != 0 || !strings.Contains(stdout, "GET /new") {
			t.Errorf("exit code %d, %s", code, stdout)
		}
	})
	t.Run("https", func(t *testing.T) {
		code, _, stderr := outcome(t, "traces", "-from", strings.Replace(v.query, "http:", "https:", 1))
		if code != exitFailed {
			t.Errorf("exit code %d, want %d", code, exitFailed)
		}
		workshoptest.Contains(t, stderr, "answers without TLS: write http:// in place of https://\n")
	})
}

// TestTracesOfSeveralSeeds asks a Jaeger that holds the traffic of two.
func TestTracesOfSeveralSeeds(t *testing.T) {
	v := startHosted(t, "")
	ago := time.Minute
	report(t, v.otlp,
		reported{service: "basel", name: "GET /a", trace: 1, span: 1, ago: ago, seed: "11"}, // sent later than the other
		reported{service: "basel", name: "GET /b", trace: 2, span: 2, ago: ago},
	)
	const warning = "several seeds, 4711 and 11"
	for range 2 {
		_, stdout, _ := outcome(t, "traces", "-from", v.query, "-brief")
		workshoptest.Contains(t, stdout, "GET /a", "GET /b")
		workshoptest.Lacks(t, stdout, "seeds")
	}
	report(t, v.otlp, reported{service: "basel", name: "GET /c", trace: 3, span: 3, ago: 2 * ago, seed: "4711"})
	for _, flags := range []string{"-brief", "-list -limit 1", "-calls"} {
		_, stdout, _ := outcome(t, append([]string{"traces", "-from", v.query}, strings.Fields(flags)...)...)
		workshoptest.Contains(t, stdout, warning, "-attribute traffic.seed=11,")
	}
	_, stdout, _ := outcome(t, "traces", "-from", v.query, "-attribute", "traffic.seed=4711")
	workshoptest.Contains(t, stdout, "GET /c", "1 trace of")
	workshoptest.Lacks(t, stdout, "GET /a", "GET /b", "seeds")
}

// startGRPC starts a gRPC server that takes no spans.
func startGRPC(t *testing.T) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return "http://" + listener.Addr().String()
}

// TestTracesFromAnotherPort asks ports that are not the query API's.
func TestTracesFromAnotherPort(t *testing.T) {
	v := startHosted(t, "")
	receiver := startTraces(t)
	otlp := regexp.MustCompile(`OTLP over gRPC +(\S+)`).FindStringSubmatch(v.String())
	if otlp == nil {
		t.Fatalf("it does not say where spans come in:\n%s", v)
	}
	files := httptest.NewServer(http.NotFoundHandler())
	defer files.Close()
	for address, want := range map[string]string{
		v.otlp:            " is where spans come in (OTLP over HTTP): questions go to the query API, which is at http://127.0.0.1:16686 as a rule\n",
		otlp[1]:           " is where spans come in (OTLP over gRPC): questions go to",
		receiver.endpoint: " is where spans come in (OTLP over gRPC): questions go to",
		startGRPC(t):      " speaks gRPC: questions go to the query API over HTTP, which is at ",
		files.URL:         " answers, but not as Jaeger's query API does; that is at ",
	} {
		code, _, stderr := outcome(t, "traces", "-from", address)
		if code != exitFailed {
			t.Errorf("%s: exit code %d, want %d", address, code, exitFailed)
		}
		workshoptest.Contains(t, stderr, "workshop: "+address+want)
		workshoptest.Lacks(t, stderr, "to start one")
	}
}

// TestTracesWithoutStorage asks a query page whose storage does not run.
func TestTracesWithoutStorage(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	t.Setenv("STORAGE_ADDRESS", nobody.Addr().String())
	v := startHosted(t, solved("query.yaml"))
	workshoptest.Contains(t, v.String(), "It reads them from the storage at "+nobody.Addr().String()+".\n")
	for _, args := range [][]string{nil, {"-list"}, {strings.Repeat("1", 32)}} {
		code, stdout, stderr := outcome(t, append([]string{"traces", "-from", v.query}, args...)...)
		want := "workshop: the storage at " + nobody.Addr().String() + " does not answer Jaeger: does it run?\n"
		if code != exitFailed || stdout != "" || stderr != want {
			t.Errorf("%v: exit code %d, stdout %q, stderr %q; want %q", args, code, stdout, stderr, want)
		}
	}
}

func TestTracesMisused(t *testing.T) {
	for args, want := range map[string]string{
		"-service x":               "-service is a question to a Jaeger: add -from http://127.0.0.1:16686",
		"0af7":                     `"0af7" would be the id of a trace to ask a Jaeger for`,
		"-from :1 -listen :2":      "-listen and -from do not go together",
		"-from x a b":              `"b" is one argument too many`,
		"-from x -operation y":     "-operation needs -service",
		"-from x -limit 0":         "-limit 0 shows nothing",
		"-from x -since -1m":       "-since -1m0s is no time to look back",
		"-from= -service x":        "-from needs the address of a Jaeger",
		"-from x -longer eternity": "it is a number and a unit, as 500ms",
	} {
		code, stdout, stderr := outcome(t, append([]string{"traces"}, strings.Fields(args)...)...)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit code %d, stdout %q", args, code, stdout)
		}
		workshoptest.Contains(t, stderr, want)
	}
}

func TestJaegerSaysWhereItKeepsTraces(t *testing.T) {
	v := startHosted(t, "internal/jaeger/testdata/jaeger.yaml")
	workshoptest.Contains(t, v.String(), "runs with internal/jaeger/testdata/jaeger.yaml",
		"keeps traces in "+filepath.FromSlash("internal/jaeger/testdata/jaeger-data")+", also when it stops")
	if !realJaeger(t).UI {
		workshoptest.Contains(t, v.String(), "docker compose -f ", "compose.yaml up")
	}
}

// onPorts writes a configuration with these addresses in place of the usual ones.
func onPorts(t *testing.T, grpc, others string) string {
	t.Helper()
	text, err := os.ReadFile(inMemory)
	if err != nil {
		t.Fatal(err)
	}
	usual := regexp.MustCompile(`\$\{env:[^}]*\}:(\d+)`)
	text = usual.ReplaceAllFunc(text, func(address []byte) []byte {
		if bytes.HasSuffix(address, []byte(":4317")) {
			return []byte(grpc)
		}
		return []byte(others)
	})
	file := filepath.Join(t.TempDir(), "jaeger.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestJaegerThatDoesNotStart(t *testing.T) {
	realJaeger(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	broken := filepath.Join(t.TempDir(), "jaeger.yaml")
	if err := os.WriteFile(broken, []byte("service:\n  extensions: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for config, want := range map[string]string{
		onPorts(t, listener.Addr().String(), "127.0.0.1:0"): "another program listens on " + listener.Addr().String() + ", where Jaeger has to: end that program",
		broken:         "Jaeger does not start with jaeger.yaml: ",
		"no-such-file": "jaeger: there is no file no-such-file",
	} {
		code, stdout, stderr := outcome(t, "jaeger", "-config", config)
		if code != exitFailed || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("exit code %d, stdout %q, stderr %q; want %d and one line on stderr", code, stdout, stderr, exitFailed)
		}
		workshoptest.Contains(t, stderr, "workshop: "+want)
	}
}

func TestJaegerBuildOfOneThatIsThere(t *testing.T) {
	b := realJaeger(t)
	code, stdout, stderr := outcome(t, "jaeger", "-build")
	if want := b.String() + " is here: " + b.Path + "\n"; code != exitOK || stdout != want || stderr != "" {
		t.Errorf("exit code %d, stdout %q, stderr %q; want %q", code, stdout, stderr, want)
	}
}

func TestJaegerOutsideTheRepository(t *testing.T) {
	t.Chdir(t.TempDir())
	if code, _, stderr := outcome(t, "jaeger"); code != exitFailed || !strings.Contains(stderr, "is not in the tracing workshop") {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
}
