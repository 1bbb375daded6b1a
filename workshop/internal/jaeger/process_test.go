package jaeger

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fakeConfig is what the fake Jaeger takes for a configuration.
const fakeConfig = `{
  "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": "127.0.0.1:4317"}}}},
  "extensions": {
    "jaeger_query": {"http": {"endpoint": "0.0.0.0:16686"}},
    "healthcheckv2": {"use_v2": true, "endpoint": "localhost:13133", "http": {"endpoint": "localhost:13133"}},
    "jaeger_storage": {"backends": {"db": {"grpc": {"endpoint": "127.0.0.1:17271"}, "badger": null}}}
  },
  "service": {
    "extensions": ["jaeger_storage", "jaeger_query"],
    "pipelines": {"traces": {"receivers": ["otlp"]}},
    "telemetry": {"logs": {"level": "info"}}
  }
}`

func fakeOptions(t *testing.T, config string) Options {
	t.Helper()
	file := filepath.Join(t.TempDir(), "jaeger.yaml")
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	return Options{Config: file, OverlayDir: t.TempDir()}
}

func TestStartAndStop(t *testing.T) {
	self, _ := fake(t, "jaeger")
	p, err := Start(t.Context(), Binary{Path: self}, fakeOptions(t, fakeConfig))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	if p.Endpoints.OTLPGRPC == "127.0.0.1:4317" || p.Endpoints.OTLPHTTP != "" || p.Endpoints.Health != "" {
		t.Errorf("listens on %+v", p.Endpoints)
	}
	if file := p.Config.Endpoints(); file.OTLPGRPC != "127.0.0.1:4317" || file.Query != "0.0.0.0:16686" {
		t.Errorf("the file says %+v", file)
	}
	connection, err := net.Dial("tcp", p.Endpoints.OTLPGRPC)
	if err != nil {
		t.Fatal(err)
	}
	connection.Close()
	if err := p.Stop(); err != nil || p.Err() != nil {
		t.Errorf("Stop gives %v, Err %v", err, p.Err())
	}
	again, err := p.Restart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again.Kill()
	if again.Endpoints != p.Endpoints || again.Err() != nil {
		t.Errorf("restarted on %+v (%v), want %+v", again.Endpoints, again.Err(), p.Endpoints)
	}
}

func TestStartPicksOtherPortsWhenOneIsTaken(t *testing.T) {
	self, traces := fake(t, "unlucky")
	p, err := Start(t.Context(), Binary{Path: self}, fakeOptions(t, fakeConfig))
	if err != nil {
		t.Fatal(err)
	}
	p.Kill()
	if n := len(glob(traces, "run-*")); n != 3 {
		t.Errorf("%d runs, want 3", n)
	}
}

func TestStartDoesNotRepeatTheFilesOwnConflict(t *testing.T) {
	self, traces := fake(t, "shared")
	config := strings.Replace(fakeConfig, "0.0.0.0:16686", "127.0.0.1:4317", 1)
	_, err := Start(t.Context(), Binary{Path: self}, fakeOptions(t, config))
	var failure *StartError
	if !errors.As(err, &failure) || failure.TakenAddress() != "127.0.0.1:4317" {
		t.Errorf("the error is %v, want one that names the address in the file", err)
	}
	if n := len(glob(traces, "run-*")); n != 1 {
		t.Errorf("%d runs, want 1", n)
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	self, traces := fake(t, "never-ready")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for len(glob(traces, "run-*")) == 0 && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	if _, err := Start(ctx, Binary{Path: self}, fakeOptions(t, fakeConfig)); !errors.Is(err, context.Canceled) {
		t.Errorf("Start gives %v", err)
	}
}

func TestErrSaysWhyJaegerEnded(t *testing.T) {
	for role, want := range map[string]string{
		"dies":   "the disk is full",
		"panics": "panic: assignment to entry in nil map",
	} {
		self, _ := fake(t, role)
		p, err := Start(t.Context(), Binary{Path: self}, fakeOptions(t, fakeConfig))
		if err == nil {
			<-p.Done()
			err = p.Err()
		}
		if err == nil || !strings.HasSuffix(err.Error(), ": "+want) {
			t.Errorf("the error is %v, want %s", err, want)
		}
	}
}

func TestAFileThatJaegerRefuses(t *testing.T) {
	self, _ := fake(t, "jaeger")
	_, err := Start(t.Context(), Binary{Path: self}, fakeOptions(t, "good: line\nbad line\n"))
	const want = "Jaeger does not start with jaeger.yaml: it is broken (line 2: bad line)"
	if err == nil || err.Error() != want {
		t.Errorf("the error is\n%v, want\n%v", err, want)
	}
}

func TestEssence(t *testing.T) {
	for output, want := range map[string]string{
		"Error: invalid configuration: service::pipelines::traces: must have at least one receiver\n" +
			"2026/11/22 19:47:24 invalid configuration: service::pipelines::traces: must have at least one receiver\n": "service::pipelines::traces: must have at least one receiver",
		"Error: failed to get config: cannot unmarshal the configuration: decoding failed due to the following error(s):\n\n" +
			"'extensions' error reading configuration for \"jaeger_storage\": decoding failed due to the following error(s):\n\n" +
			"'backends[badger_storage]' decoding failed due to the following error(s):\n\n'badger' has invalid keys: ephemera\n" +
			"2026/11/22 19:47:30 failed to get config: cannot unmarshal\n\n'badger' has invalid keys: ephemera\n": `'extensions': "jaeger_storage": 'backends[badger_storage]': 'badger' has invalid keys: ephemera`,
		"Error: empty configuration file\nservice::pipelines: service must have at least one pipeline\n": "empty configuration file; service::pipelines: service must have at least one pipeline",
		"info\tall is well\n": "",
	} {
		if got := essence(output); got != want {
			t.Errorf("essence is\n%s, want\n%s", got, want)
		}
	}
}

func TestFailedPart(t *testing.T) {
	for log, want := range map[string]string{
		"2026-11-27T15:19:07.040Z\terror\tgraph/graph.go:439\tFailed to start component\t" +
			`{"resource": {"service.name": "jaeger"}, "error": "unrecognized traces encoding \"protobuf\"", "type": "Receiver", "id": "kafka"}` + "\n": `failed to start "kafka" receiver: unrecognized traces encoding "protobuf"`,
		"info\tall is well\n": "",
	} {
		if got := failedPart(log); got != want {
			t.Errorf("the part that failed is %s, want %s", got, want)
		}
	}
}

func TestLocate(t *testing.T) {
	lines := strings.Split("receivers:\n  otlp:\n# storage some_storage\nexporters:\n  trace_storage: some_storage\nephemera: false\nstorages: [a, b]\nsize: \"1\"\n- threshold: 1\ndimensions:\nmost: 5min", "\n")
	for message, want := range map[string]int{
		"yaml: line 1: did not find expected":                             2,
		"yaml: line 99: too far":                                          0,
		"'badger' has invalid keys: ephemera":                             6,
		"cannot find definition of storage 'some_storage' in":             5,
		"cannot find definition of storage 'b' in":                        7,
		"cannot find definition of storage 'c' in":                        0,
		"something else":                                                  0,
		`'q.size' expected type 'int64', got unconvertible type 'string'`: 8,
		`'policies[1].[threshold]' expected a map or struct, got "int"`:   9,
		`'a.dimensions[0]' expected a map or struct, got "string"`:        10,
		`'retry.most' time: unknown unit`:                                 11,
	} {
		if got, _ := locate(message, lines); got != want {
			t.Errorf("%s: line %d, want %d", message, got, want)
		}
	}
}
