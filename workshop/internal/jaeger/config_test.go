package jaeger

import (
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func configOf(t *testing.T, text string) Config {
	t.Helper()
	c, err := ParseConfig([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestReceivesOfSeveralReceivers(t *testing.T) {
	c := configOf(t, `{
		"receivers": {
			"otlp/grpc": {"protocols": {"grpc": {"endpoint": "127.0.0.1:4317"}, "http": null}},
			"otlp/http": {"protocols": {"http": {"endpoint": "127.0.0.1:4318"}}},
			"otlp/idle": {"protocols": {"grpc": {"endpoint": "127.0.0.1:1"}}}
		},
		"service": {"pipelines": {
			"metrics": {"receivers": ["otlp/idle"]},
			"traces": {"receivers": ["otlp/grpc", "otlp/http"]}
		}}}`)
	if e := c.Endpoints(); e.OTLPGRPC != "127.0.0.1:4317" || e.OTLPHTTP != "127.0.0.1:4318" {
		t.Errorf("endpoints are %+v", e)
	}
	if got := c.Receives("grpc"); len(got) != 1 {
		t.Errorf("spans come in at %v", got)
	}
}

func TestEndsFollowsConnectors(t *testing.T) {
	c := configOf(t, `{
		"connectors": {"forward": {}},
		"service": {"pipelines": {
			"traces/in": {"receivers": ["otlp"], "exporters": ["forward", "debug"]},
			"traces/out": {"receivers": ["forward"], "exporters": ["jaeger_storage_exporter"]},
			"traces/other": {"receivers": ["nop"], "exporters": ["otlp"]}
		}}}`)
	if got := c.Ends(); !slices.Equal(got, []string{"debug", "jaeger_storage_exporter"}) {
		t.Errorf("the ends are %v", got)
	}
}

func TestHoldsBack(t *testing.T) {
	c := configOf(t, `{
		"processors": {"batch": {"timeout": 2e9}, "tail_sampling": {"decision_wait": 3e9}, "batch/idle": {"timeout": 9e9}},
		"service": {"pipelines": {"traces": {"processors": ["tail_sampling", "batch"]}}}}`)
	if got := c.HoldsBack(); got != 5*time.Second {
		t.Errorf("spans are held back for %v", got)
	}
	if got := c.Decides(); got != 3*time.Second {
		t.Errorf("a trace is decided about after %v", got)
	}
}

// TestHoldsBackOverConnectors has a span wait in two pipelines, one after the other,
// and what is counted of it in a third one, and in a queue.
func TestHoldsBackOverConnectors(t *testing.T) {
	const config = `{
		"connectors": {"forward": {}, "spanmetrics": {}},
		"processors": {"batch": {"timeout": 2e9}, "batch/later": {"timeout": 4e9}},
		"exporters": {
			"jaeger_storage_exporter": {"queue": {"enabled": true, "batch": {"flush_timeout": 3e9}}},
			"debug": {"queue": {"enabled": false, "batch": {"flush_timeout": 60e9}}}},
		"service": {"pipelines": {
			"traces/in": {"receivers": ["otlp"], "processors": ["batch"], "exporters": ["forward", "debug"]},
			"traces/out": {"receivers": ["forward"], "processors": ["batch/later"], "exporters": ["jaeger_storage_exporter", "spanmetrics"]},
			"metrics": {"receivers": ["spanmetrics"], "processors": ["batch/later"], "exporters": ["prometheus"]}}}}`
	if got := configOf(t, config).HoldsBack(); got != 10*time.Second {
		t.Errorf("a span is held back for %v", got)
	}
	inACircle := strings.Replace(config, `"exporters": ["prometheus"]`, `"exporters": ["forward"]`, 1)
	if got := configOf(t, inACircle).HoldsBack(); got != 11*time.Second {
		t.Errorf("in a circle, a span is held back for %v", got)
	}
}

func TestTriesAgain(t *testing.T) {
	for config, want := range map[string]time.Duration{
		`"enabled": true, "initial_interval": 5e8, "max_interval": 5e9`:   6 * time.Second,
		`"enabled": true, "initial_interval": 1e10, "max_interval": 3e10`: 20250 * time.Millisecond,
		`"enabled": true, "initial_interval": 5e8, "max_interval": 1e9`:   1500 * time.Millisecond,
		`"enabled": false, "initial_interval": 5e8, "max_interval": 1e9`:  0,
	} {
		c := configOf(t, `{"exporters": {"jaeger_storage_exporter": {"retry_on_failure": {`+config+`}}}}`)
		if got := c.TriesAgain(3500 * time.Millisecond); got != want {
			t.Errorf("%s: it waits for %v, want %v", config, got, want)
		}
	}
}

func TestSession(t *testing.T) {
	c := configOf(t, `{"receivers": {"kafka/one": {"session_timeout": 3e10}, "kafka": {"session_timeout": 1e10}, "otlp": {"session_timeout": 9e10}}}`)
	if got := c.Session(); got != 30*time.Second {
		t.Errorf("a reader is taken for alive for %v", got)
	}
}

// TestImplied lets addresses lead elsewhere that the file does not spell out, and
// leaves others alone.
func TestImplied(t *testing.T) {
	c := configOf(t, `{
		"receivers": {"kafka": {"brokers": ["localhost:9092", "broker:9092"]}, "otlp": {"brokers": ["localhost:9092"]}},
		"exporters": {"kafka/out": {"brokers": ["127.0.0.1:9093"]}},
		"extensions": {"jaeger_storage": {"backends": {
			"near": {"cassandra": {"connection": {"servers": ["127.0.0.1", "10.0.0.1"], "port": 9042}}},
			"apart": {"cassandra": {"connection": {"servers": ["localhost"], "port": 9160}}},
			"other": {"memory": {}}}}}}`)
	c = c.with(c.implied(map[string]string{"9092": "127.0.0.1:1", "9042": "127.0.0.1:2"}))
	backends := []string{"extensions", "jaeger_storage", "backends"}
	for _, want := range []struct {
		path []string
		is   []string
	}{
		{[]string{"receivers", "kafka", "brokers"}, []string{"127.0.0.1:1", "broker:9092"}},
		{[]string{"receivers", "otlp", "brokers"}, []string{"localhost:9092"}},
		{[]string{"exporters", "kafka/out", "brokers"}, []string{"127.0.0.1:9093"}},
		{append(backends, "near", "cassandra", "connection", "servers"), []string{"127.0.0.1:2", "10.0.0.1"}},
		{append(backends, "apart", "cassandra", "connection", "servers"), []string{"localhost"}},
	} {
		if got := c.list(want.path...); !slices.Equal(got, want.is) {
			t.Errorf("%s are %v, want %v", strings.Join(want.path, "."), got, want.is)
		}
	}
}

func TestStoragesOfTwoKinds(t *testing.T) {
	c := configOf(t, `{"extensions": {"jaeger_storage": {"backends": {
		"both": {"badger": {"ephemeral": false}, "memory": {}, "grpc": null},
		"kept": {"badger": {"ephemeral": false}, "memory": null}}}}}`)
	want := []Storage{{Name: "both", Kind: "memory", Ephemeral: true, Ignores: "badger"}, {Name: "kept", Kind: "badger"}}
	if got := c.Storages(); !slices.Equal(got, want) {
		t.Errorf("storages are %+v", got)
	}
}

func TestOverlap(t *testing.T) {
	for pair, want := range map[string]bool{
		"127.0.0.1:1 localhost:1": true,
		"127.0.0.1:1 LOCALHOST:1": true,
		"127.0.0.1:1 0.0.0.0:1":   true,
		"[::1]:1 :1":              true,
		":1 0.0.0.0:1":            true,
		"127.0.0.1:1 127.0.0.1:2": false,
		"127.0.0.1:1 [::1]:1":     false,
		"0.0.0.0:1 [::1]:1":       false,
		"127.0.0.1:0 localhost:0": false,
	} {
		a, b, _ := strings.Cut(pair, " ")
		if overlap(a, b) != want || overlap(b, a) != want {
			t.Errorf("%s: want %v", pair, want)
		}
	}
}

// TestAsideKeepsConflicts gives one port to two spellings of one, so that
// Jaeger refuses what it would refuse at a learner's desk.
func TestAsideKeepsConflicts(t *testing.T) {
	c := configOf(t, `{
		"receivers": {"otlp": {"protocols": {"grpc": {"endpoint": "localhost:4317"}, "http": {"endpoint": "127.0.0.1:4317"}}}},
		"extensions": {"idle": {"endpoint": "127.0.0.1:4317"}, "healthcheckv2": {"http": {"endpoint": "127.0.0.1:13133"}}},
		"service": {"extensions": ["healthcheckv2"], "pipelines": {"traces": {"receivers": ["otlp"]}}}}`)
	a, err := newOverlay(c, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if a.ports["localhost:4317"] != a.ports["127.0.0.1:4317"] || a.ports["127.0.0.1:4317"] == a.ports["127.0.0.1:13133"] {
		t.Errorf("the ports are %v", a.ports)
	}
	if !c.Shares("127.0.0.1:4317") || c.Shares("127.0.0.1:13133") {
		t.Error("the shared address is not the one that two parts want")
	}
}

// TestAsideKeepsItsPorts keeps the ports while Jaeger does not listen on them, as
// between its end and its restart.
func TestAsideKeepsItsPorts(t *testing.T) {
	a, err := newOverlay(configOf(t, `{
		"receivers": {"otlp": {"protocols": {"grpc": {"endpoint": "127.0.0.1:4317"}, "http": {"endpoint": "127.0.0.1:4318"}}}},
		"service": {"pipelines": {"traces": {"receivers": ["otlp"]}}}}`), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ports := slices.Collect(maps.Values(a.ports))
	if len(ports) != 2 || len(a.held) != 2 {
		t.Fatalf("the ports are %v, and %d are held", ports, len(a.held))
	}
	for _, at := range a.held {
		if !slices.Contains(ports, at.Address) || at.Taken() {
			t.Errorf("%s is none of %v, or taken", at.Address, ports)
		}
	}
	free := func() (n int) { // who has the port below has a reservation
		for _, at := range a.held {
			host, number, _ := net.SplitHostPort(at.Address)
			odd, _ := strconv.Atoi(number)
			if l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(odd-1))); err == nil {
				l.Close()
				n++
			}
		}
		return n
	}
	if n := free(); n > 0 {
		t.Errorf("%d of the ports can be given to others", n)
	}
	a.release()
	if n := free(); n != 2 {
		t.Errorf("%d of the ports can be given to others after the release", n)
	}
}

// TestAsideHandsNothingOn keeps spans of a check out of a Jaeger that listens on
// the usual ports.
func TestAsideHandsNothingOn(t *testing.T) {
	c := configOf(t, `{
		"receivers": {"otlp": {"protocols": {"grpc": {"endpoint": "127.0.0.1:4317"}}}},
		"exporters": {"otlp": {"endpoint": "localhost:4317"}, "otlphttp": {"endpoint": "http://example.com:4318"}, "debug": {}}}`)
	a, err := newOverlay(c, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	over := Config{tree: a.over}
	if got := over.text("exporters", "otlp", "endpoint"); got != a.ports["127.0.0.1:4317"] {
		t.Errorf("otlp goes to %q", got)
	}
	if got := over.text("exporters", "otlphttp", "endpoint"); got != "http://"+nobody {
		t.Errorf("otlphttp goes to %q", got)
	}
	if over.At("exporters", "debug") != nil {
		t.Error("debug, which goes nowhere, is changed")
	}
}

// TestAsideServesMetrics gives the exporter a port that waits to be asked, and
// lets nobody wait for what is counted.
func TestAsideServesMetrics(t *testing.T) {
	c := configOf(t, `{
		"receivers": {"otlp": {"protocols": {"grpc": {"endpoint": "127.0.0.1:4317"}}}},
		"connectors": {"spanmetrics": {"metrics_flush_interval": 6e10}, "spanmetrics/soon": {"metrics_flush_interval": 1e8}, "forward": {}},
		"exporters": {"prometheus": {"endpoint": "127.0.0.1:8889"}, "prometheus/idle": {"endpoint": "127.0.0.1:4317"}},
		"service": {"pipelines": {
			"traces": {"receivers": ["otlp"], "exporters": ["spanmetrics"]},
			"metrics": {"receivers": ["spanmetrics"], "exporters": ["prometheus"]}}}}`)
	a, err := newOverlay(c, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	over := Config{tree: a.over}
	is := a.move(c.Endpoints()).Metrics
	if got := over.text("exporters", "prometheus", "endpoint"); is == "" || is == "127.0.0.1:8889" || got != is {
		t.Errorf("prometheus listens on %q, and is to be found at %q", got, is)
	}
	if c.Shares("127.0.0.1:4317") {
		t.Error("an exporter in no pipeline is said to listen")
	}
	if got := over.text("connectors", "spanmetrics", "metrics_flush_interval"); got != flushInterval.String() {
		t.Errorf("the counts come every %q", got)
	}
	if over.At("connectors", "spanmetrics/soon") != nil || over.At("connectors", "forward") != nil {
		t.Error("a connector is changed that keeps nobody waiting")
	}
}

func TestLocateMissingSpace(t *testing.T) {
	lines := []string{"protocols:", "  grpc:", "    endpoint:127.0.0.1:4317", "  url: http://127.0.0.1:1"}
	number, text := locate(`'receivers': "otlp": 'protocols.grpc' expected a map or struct, got "string"`, lines)
	if e := (StartError{Line: number, Text: text}); number != 3 || !e.SpaceMissing() {
		t.Errorf("line %d: %s", number, text)
	}
}

func TestRealJaegerThatLogsToAFile(t *testing.T) {
	b, folder := realJaeger(t), t.TempDir()
	log := filepath.Join(folder, "jaeger.log")
	config := strings.Replace(read(t, "testdata/jaeger.yaml"), "  telemetry:\n", "  telemetry:\n    logs:\n      output_paths: ['"+log+"']\n", 1)
	if err := os.WriteFile(filepath.Join(folder, "jaeger.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Start(t.Context(), b, Options{Config: "jaeger.yaml", Dir: folder, OverlayDir: filepath.Join(folder, "data")})
	if err != nil {
		t.Fatal(err)
	}
	p.Kill()
	if _, err := os.Stat(log); err == nil {
		t.Error("a Jaeger with an overlay leaves the log where the file wants it")
	}
}
