package backend

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/receiver"
)

// inPython asks what docs/from-python.md says of the language and its SDK.
const inPython = `
from concurrent.futures import ThreadPoolExecutor

import requests
from opentelemetry import propagate, trace
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

print("propagated:", *sorted(propagate.get_global_textmap().fields))
print("provider:", type(trace.get_tracer_provider()).__name__)

kept = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(kept))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("x")


def current():
    return trace.get_current_span().get_span_context().is_valid


with tracer.start_as_current_span("a") as span:
    span.set_attribute("unknown", object())
    with ThreadPoolExecutor() as pool:
        print("current:", current(), "in a pool:", pool.submit(current).result())
try:
    with tracer.start_as_current_span("b"):
        raise ValueError("no")
except ValueError:
    pass

a, b = kept.get_finished_spans()
print("unknown:", a.attributes["unknown"])
print("status:", b.status.status_code.name, b.events[0].name)

before = requests.Session.send
RequestsInstrumentor().instrument()
print("replaced:", requests.Session.send is not before)
`

func TestPythonIsAsTheDocumentSays(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), pythonOf(t, atHand(t, "python")), "-c", inPython)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"propagated: baggage traceparent tracestate\n",
		"provider: ProxyTracerProvider\n",
		"current: True in a pool: False\n",
		"Invalid type `<class 'object'>` for attribute value", "unknown: None\n",
		"status: ERROR exception\n",
		"replaced: True\n",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("Python does not say %q:\n%s", want, out)
		}
	}
}

// aSpan ends a span, and waits. The provider sends nothing before it is shut
// down.
const aSpan = `
import sys, time
sys.path.insert(0, sys.argv[1])
import server, tracing
from opentelemetry import trace
tracing.start("short")
trace.get_tracer("x").start_span("last").end()
if sys.argv[2] == "server":
    server.exit_on_signals()
if sys.argv[2] == "ends":
    sys.exit()
print("waits", flush=True)
for _ in range(600): # a signal that comes right before a sleep is heard after it
    time.sleep(0.1)
`

// TestPythonAtItsEnd shows what a program in Python loses to SIGTERM, and what
// server.py does about it.
func TestPythonAtItsEnd(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM on Windows")
	}
	path := pythonOf(t, atHand(t, "python"))
	services := findSource("step05-jaeger", "production", "python")
	for way, want := range map[string]int{"ends": 1, "by itself": 0, "server": 1} {
		otlp, err := receiver.Listen("127.0.0.1:0", receiver.Accept())
		if err != nil {
			t.Fatal(err)
		}
		log := &proc.Transcript{}
		cmd := exec.Command(path, "-B", "-c", aSpan, services.dir, way)
		cmd.Env = append(os.Environ(), "OTEL_EXPORTER_OTLP_ENDPOINT="+otlp.Endpoint(), "OTEL_BSP_SCHEDULE_DELAY=3600000")
		cmd.Stdout, cmd.Stderr = log, log
		proc.OwnGroup(cmd)
		ended, err := proc.Launch(cmd)
		if err != nil {
			t.Fatal(err)
		}
		defer proc.Kill(cmd.Process)
		if way != "ends" {
			awaitText(t, log, "waits")
			_ = proc.Terminate.Send(cmd.Process)
		}
		select {
		case <-ended:
		case <-time.After(time.Minute):
			t.Fatalf("%s: it does not end", way)
		}
		if got := len(otlp.Spans()); got != want {
			t.Errorf("%s: %d spans arrive, want %d\n%s", way, got, want, log)
		}
		otlp.Close()
	}
	if left, _ := filepath.Glob(services.path("__pycache__")); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
}

func awaitText(t *testing.T, log *proc.Transcript, text string) {
	t.Helper()
	limit := time.After(time.Minute)
	for {
		more := log.More()
		if strings.Contains(log.String(), text) {
			return
		}
		select {
		case <-more:
		case <-limit:
			t.Fatalf("%q does not come:\n%s", text, log)
		}
	}
}

func pythonOf(t *testing.T, s *System) string {
	t.Helper()
	home, err := s.home()
	if err != nil {
		t.Fatal(err)
	}
	return pythonIn(home)
}
