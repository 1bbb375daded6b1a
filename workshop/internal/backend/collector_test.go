package backend

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tracecollector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func TestCollectorListensWhereItsFileLeavesItOpen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "collector.yaml")
	for text, want := range map[string][]listener{
		"endpoint: 127.0.0.1:4317":                                       nil,
		"endpoint: ${env:OTLP_LISTEN:-127.0.0.1:4317}":                   {{what: "OTLP", usual: 4317}},
		"endpoint: ${env:OTLP_ENDPOINT:-127.0.0.1:4317}":                 nil,
		"a: ${env:B_C_LISTEN:-127.0.0.1:2} ${env:A_LISTEN:-127.0.0.1:1}": {{what: "B C", usual: 2}, {what: "A", usual: 1}},
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := collectorListens(Options{Config: file}); err != nil || !slices.Equal(got, want) {
			t.Errorf("with %q it listens on %+v (%v), want %+v", text, got, err, want)
		}
	}
	if got, err := collectorListens(Options{}); err != nil || len(got) != 2 || got[0] != (listener{what: "OTLP", usual: 4317}) {
		t.Errorf("by itself it listens on %+v (%v)", got, err)
	}
	if _, err := collectorListens(Options{Config: file + ".not"}); err == nil || !strings.Contains(err.Error(), "the collector has no configuration: ") {
		t.Errorf("without its file: %v", err)
	}
}

// TestCollectorSpeaksZipkin sends one span over gRPC, and another one after the
// collector has been started again.
func TestCollectorSpeaksZipkin(t *testing.T) {
	s := atHand(t, "collector")
	received := make(chan string, 10)
	zipkin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		received <- r.Method + " " + r.URL.Path + " " + string(body)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer zipkin.Close()
	p := started(t, s, Options{Env: []string{"ZIPKIN_ENDPOINT=" + zipkin.URL + "/api/v2/spans"}})
	for _, name := range []string{"first", "after a restart"} {
		export(t, p.Address(), name)
		if err := p.Stop(); err != nil { // and it sends what it has
			t.Fatal(err)
		}
		select {
		case got := <-received:
			if !strings.HasPrefix(got, "POST /api/v2/spans [") || !strings.Contains(got, `"name":"`+name+`"`) {
				t.Errorf("Zipkin gets %s", got)
			}
		default:
			t.Errorf("Zipkin gets nothing of the span %q", name)
		}
		address := p.Address()
		again, err := p.Restart(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(again.Kill)
		if p = again; p.Address() != address {
			t.Errorf("it listens on %s after a restart, and on %s before", p.Address(), address)
		}
	}
}

func export(t *testing.T, address, name string) {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	span := &tracepb.Span{Name: name, TraceId: []byte("0123456789abcdef"), SpanId: []byte("01234567"), StartTimeUnixNano: 1e18, EndTimeUnixNano: 1e18 + 1e6}
	_, err = tracecollector.NewTraceServiceClient(conn).Export(t.Context(), &tracecollector.ExportTraceServiceRequest{
		ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{span}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCollectorKnowsTheFiles lets the collector look at the files of the
// documentation that are for it.
func TestCollectorKnowsTheFiles(t *testing.T) {
	s := atHand(t, "collector")
	docs := filepath.Join("..", "..", "..", "docs", "backends")
	for _, file := range []string{"collector.yaml", filepath.Join(docs, "collector.yaml"), filepath.Join(docs, "tail-sampling.yaml")} {
		if out, err := validate(t, s, file); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
	wrong := filepath.Join(t.TempDir(), "wrong.yaml")
	text := strings.ReplaceAll(string(collectorConfig), "zipkin", "zipkim")
	if err := os.WriteFile(wrong, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := validate(t, s, wrong); err == nil {
		t.Errorf("an exporter that is not there is let through\n%s", out)
	}
	_, err := s.Start(t.Context(), Options{Config: wrong, Folder: t.TempDir(), Free: true})
	if err == nil || !strings.Contains(err.Error(), `unknown type: "zipkim"`) {
		t.Errorf("it starts with that file: %v", err)
	}
}

func validate(t *testing.T, s *System, file string) ([]byte, error) {
	t.Helper()
	home, err := s.home()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), collectorIn(home), "validate", "--config="+file)
	cmd.Env = append(os.Environ(), "HONEYCOMB_API_KEY=key")
	return cmd.CombinedOutput()
}

// allParts names every part that the lessons rely on.
const allParts = `
service:
  extensions: [health_check]
  pipelines:
    traces: {receivers: [otlp], processors: [memory_limiter, attributes, tail_sampling, batch], exporters: [otlp, otlphttp, zipkin, debug, spanmetrics]}
    metrics: {receivers: [spanmetrics], exporters: [prometheus]}
receivers: {otlp: {protocols: {grpc: {}, http: {}}}}
processors:
  memory_limiter: {check_interval: 1s, limit_mib: 400}
  attributes: {actions: [{key: client.address, action: delete}]}
  tail_sampling: {policies: [{name: all, type: always_sample}]}
  batch: {}
exporters:
  otlp: {endpoint: "127.0.0.1:4317"}
  otlphttp: {endpoint: "http://127.0.0.1:4318"}
  zipkin: {endpoint: "http://127.0.0.1:9411/api/v2/spans"}
  prometheus: {endpoint: "127.0.0.1:8889"}
  debug: {}
connectors: {spanmetrics: {}}
extensions: {health_check: {}}
`

func TestCollectorParts(t *testing.T) {
	s := atHand(t, "collector")
	file := filepath.Join(t.TempDir(), "all.yaml")
	if err := os.WriteFile(file, []byte(allParts), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := validate(t, s, file); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestCollectorBuildStops ends a build at its beginning: what it needed is gone.
func TestCollectorBuildStops(t *testing.T) {
	module := findSource("workshop", "internal", "backend", "collector")
	home := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := buildCollector(ctx, module, home, func(Progress) {}); err == nil {
		t.Error("a build that was stopped is done")
	}
	if left, _ := os.ReadDir(home); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
}
