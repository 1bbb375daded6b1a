package jaeger

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// realJaeger gives the Jaeger of this machine. A test that needs one does not
// build it: that takes minutes, in which go test would give up.
func realJaeger(t *testing.T) Binary {
	t.Helper()
	m, err := FindModule(".")
	if err != nil {
		t.Fatal(err)
	}
	b, err := Find(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func startReal(t *testing.T, b Binary, config string) *Process {
	t.Helper()
	p, err := Start(t.Context(), b, Options{Config: config, OverlayDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestRealJaegerKeepsTracesOverARestart(t *testing.T) {
	b := realJaeger(t)
	p := startReal(t, b, "testdata/jaeger.yaml")
	post(t, p, 3)
	awaitTraces(t, p.Client(), 3)

	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	p, err := p.Restart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	checkHoldings(t, p.Client())

	p.Kill()
	p, err = p.Restart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	checkHoldings(t, p.Client())
	status, page, err := p.Client().get(t.Context(), "/")
	if ui := status == http.StatusOK && !bytes.Contains(page, []byte("not the Jaeger UI")); err != nil || ui != b.UI {
		t.Errorf("its UI is there: %v, %v; the program says %v", ui, err, b.UI)
	}
}

// checkHoldings expects the three traces of [post] and nothing else.
func checkHoldings(t *testing.T, c *Client) {
	t.Helper()
	if got, err := c.Services(t.Context()); err != nil || !slices.Equal(got, []string{"svc"}) {
		t.Errorf("services are %v, %v", got, err)
	}
	awaitTraces(t, c, 3)
	if got, err := c.Trace(t.Context(), traceID(2)); err != nil || len(got) != 1 || got[0].Name != "op" || got[0].Kind != spans.KindServer {
		t.Errorf("trace 2 is %+v, %v", got, err)
	}
	if _, err := c.Trace(t.Context(), traceID(9)); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown trace gives %v", err)
	}
	if got, err := c.Find(t.Context(), Search{Service: "other"}); err != nil || len(got) != 0 {
		t.Errorf("traces of an unknown service are %+v, %v", got, err)
	}
	if got, err := c.Find(t.Context(), Search{Service: "svc", Limit: 1}); err != nil || len(got) != 1 {
		t.Errorf("one trace is %+v, %v", got, err)
	}
}

func TestRealJaegersSideBySide(t *testing.T) {
	b := realJaeger(t)
	first := startReal(t, b, "testdata/jaeger.yaml")
	second := startReal(t, b, "testdata/jaeger.yaml")
	post(t, first, 2)
	awaitTraces(t, first.Client(), 2)
	if services, err := second.Client().Services(t.Context()); err != nil || len(services) != 0 {
		t.Errorf("the second holds %v, %v", services, err)
	}
}

func TestRealJaegerReadsTheFile(t *testing.T) {
	c, err := ReadConfig(t.Context(), realJaeger(t), Options{Config: "testdata/jaeger.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	want := Endpoints{
		OTLPGRPC: "127.0.0.1:4317", OTLPHTTP: "127.0.0.1:4318",
		Query: "127.0.0.1:16686", QueryGRPC: "127.0.0.1:16685", Health: "127.0.0.1:13133",
	}
	if got := c.Endpoints(); got != want {
		t.Errorf("endpoints are %+v", got)
	}
	if got := c.Storages(); !slices.Equal(got, []Storage{{Name: "trace_store", Kind: "badger"}}) {
		t.Errorf("storages are %+v", got)
	}
	if got := c.WritesTo(); !slices.Equal(got, []string{"trace_store"}) || c.ReadsFrom() != "trace_store" {
		t.Errorf("writes to %v, reads from %v", got, c.ReadsFrom())
	}
}

func TestRealJaegerSaysWhatIsWrong(t *testing.T) {
	b := realJaeger(t)
	for mistake, want := range map[[2]string]string{
		{"receivers: [otlp]", "receivers: [otlp"}:              "did not find expected ',' or ']' (line 14: receivers: [otlp)",
		{"receivers: [otlp]", "receivers: []"}:                 "must have at least one receiver",
		{"trace_storage: trace_store", "trace_storage: other"}: "cannot find definition of storage 'other' in the configuration for extension 'jaeger_storage' (line 41: trace_storage: other)",
		{"ephemeral:", "ephemera:"}:                            "'badger' has invalid keys: ephemera (line 51: ephemera: false)",
		{"127.0.0.1:4318", "127.0.0.1:4317"}:                   "listen tcp 127.0.0.1:4317: bind: ",
		{"[jaeger_storage, ", "["}:                             "unable to find extension jaeger_storage on which extension jaeger_query depends",
		{"\nprocessors:", "\nexporters:\nprocessors:"}:         `mapping key "exporters" already defined at line`,
		{"ephemeral: false", `ephemeral: "no"`}:                `'badger.ephemeral' expected type 'bool', got unconvertible type 'string' (line 51: ephemeral: "no")`,
		{"batch:\n    timeout: 200ms", "batch: on"}:            "'[batch]' expected type 'map[string]interface {}', got unconvertible type 'string' (line 35: batch: on)",
		{"timeout: 200ms", "timeout: 200 ms"}:                  "'timeout' time: unknown unit (line 36: timeout: 200 ms)",
		{"exporters:\n", "exporters:\n  queue:\n"}:             `'exporters' unknown type: "queue"`,
		{"exporters: [", "exporters: [prometheus, "}:           "references exporter \"prometheus\" which is not configured",
	} {
		o := fakeOptions(t, strings.Replace(read(t, "testdata/jaeger.yaml"), mistake[0], mistake[1], 1))
		p, err := Start(t.Context(), b, o)
		if err == nil {
			p.Kill()
		}
		var failure *StartError
		if !errors.As(err, &failure) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: the error is\n%v, want\n%s", mistake[1], err, want)
		}
	}
}

func TestClientOfNoJaeger(t *testing.T) {
	b := realJaeger(t)
	p := startReal(t, b, "testdata/jaeger.yaml")
	for address, want := range map[string]string{
		p.Endpoints.OTLPHTTP:  "is where spans come in (OTLP over HTTP)",
		p.Endpoints.OTLPGRPC:  "is where spans come in (OTLP over gRPC)",
		p.Endpoints.QueryGRPC: "speaks gRPC",
		p.Endpoints.Health:    "not as Jaeger's query API does",
	} {
		_, err := NewClient(address).Services(t.Context())
		if err == nil || errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), want) {
			t.Errorf("at %s, which %s: %v", address, want, err)
		}
	}
	client := p.Client()
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Services(t.Context()); err == nil || !strings.Contains(err.Error(), "no Jaeger answers at http://127.0.0.1:") {
		t.Errorf("after the stop: %v", err)
	}
}

func traceID(i int) string { return fmt.Sprintf("%032x", i+1) }

// post reports n traces of one span each.
func post(t *testing.T, p *Process, n int) {
	t.Helper()
	var all []string
	for i := range n {
		end := time.Now().UnixNano()
		all = append(all, fmt.Sprintf(`{"traceId":%q,"spanId":"%016x","name":"op","kind":2,"startTimeUnixNano":"%d","endTimeUnixNano":"%d"}`,
			traceID(i), i+1, end-1000000, end))
	}
	body := `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"svc"}}]},"scopeSpans":[{"spans":[` + strings.Join(all, ",") + `]}]}]}`
	response, err := http.Post("http://"+p.Endpoints.OTLPHTTP+"/v1/traces", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("Jaeger takes the spans with %s", response.Status)
	}
}

// awaitTraces waits until Jaeger holds n traces.
func awaitTraces(t *testing.T, c *Client, n int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		got, err := c.Find(t.Context(), Search{Service: "svc"})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == n {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("Jaeger holds %+v, want %d spans", got, n)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
