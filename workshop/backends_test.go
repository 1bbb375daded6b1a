package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	tracecollector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
	"example.com/tracing-workshop/workshop/spans"
)

// backends holds the files that docs/backends.md quotes.
const backends = "../docs/backends"

// TestBackends lets the services of step 4, which nobody changes for it, send
// to other backends: each time they get other environment variables, and that
// is all.
func TestBackends(t *testing.T) {
	services := buildServices(t)
	b := realJaeger(t)
	for name, test := range map[string]func(*testing.T, string, jaeger.Binary){
		"Jaeger":                        sendToJaeger,
		"the clients of Zipkin":         sendFromZipkin,
		"a key and a certificate":       sendWithKey,
		"a wrong key":                   sendWithWrongKey,
		"no certificate":                sendWithoutCertificate,
		"a collector and two backends":  sendThroughCollector,
		"a collector that keeps errors": sendThroughTailSampling,
		"the stand-in for X-Ray":        sendToXRay,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, services, b)
		})
	}
}

// TestBackendFiles holds every file of the folder to what can be checked of it
// here: Jaeger is a collector without the exporters of Zipkin and Datadog.
func TestBackendFiles(t *testing.T) {
	b := realJaeger(t)
	for _, file := range files(t, backends+"/*.yaml") {
		cmd := exec.CommandContext(t.Context(), b.Path, "validate", "--config="+file)
		cmd.Env = append(os.Environ(), "AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=secret", "HONEYCOMB_API_KEY=key")
		out, err := cmd.CombinedOutput()
		missing := map[string]string{"zipkin.yaml": "zipkin", "datadog.yaml": "datadog"}[filepath.Base(file)]
		switch unknown := fmt.Sprintf("'exporters' unknown type: %q", missing); {
		case missing == "" && err != nil:
			t.Errorf("%s: %v\n%s", file, err, out)
		case missing != "" && (err == nil || !strings.Contains(string(out), unknown)):
			t.Errorf("%s: %v, and it does not say %s\n%s", file, err, unknown, out)
		}
	}
}

func sendToJaeger(t *testing.T, services string, b jaeger.Binary) {
	p := startBackend(t, b, "zipkin-to-jaeger.yaml")
	fetch(t, services, "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+p.listens["OTLP"])
	checkFetch(t, p.await(t, "user-service", 3))
}

// fromZipkin is what a client of Zipkin sends: the ids have no fixed length,
// times are microseconds, tags are text, and both sides of a call may share
// the id of a span.
const fromZipkin = `[
  {"traceId": "463ac35c9f6413ad48485a3953bb6124", "id": "a2fb4a1d1a96d312", "name": "get /checkout", "kind": "SERVER",
   "timestamp": %[1]d, "duration": 9000, "localEndpoint": {"serviceName": "shop"}, "tags": {"http.path": "/checkout"},
   "annotations": [{"timestamp": %[2]d, "value": "cart read"}]},
  {"traceId": "463ac35c9f6413ad48485a3953bb6124", "parentId": "a2fb4a1d1a96d312", "id": "b3fb4a1d1a96d312", "name": "get", "kind": "CLIENT",
   "timestamp": %[2]d, "duration": 7000, "localEndpoint": {"serviceName": "shop"}, "remoteEndpoint": {"serviceName": "bank"}, "tags": {"error": "card refused"}}
]`

func sendFromZipkin(t *testing.T, _ string, b jaeger.Binary) {
	p := startBackend(t, b, "zipkin-to-jaeger.yaml")
	start := time.Now().Add(-time.Second).Truncate(time.Microsecond)
	body := fmt.Sprintf(fromZipkin, start.UnixMicro(), start.Add(time.Millisecond).UnixMicro())
	response, err := oneRequest.Post("http://"+p.listens["ZIPKIN"]+"/api/v2/spans", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		t.Fatalf("the receiver answers %s, want 202", response.Status)
	}

	got := p.await(t, "shop", 2)
	server, client := named(t, got, "get /checkout"), named(t, got, "get")
	if server.TraceID != "463ac35c9f6413ad48485a3953bb6124" || server.Kind != spans.KindServer || client.Kind != spans.KindClient || client.ParentID != server.SpanID {
		t.Errorf("the two spans do not make one trace:\n%+v", got)
	}
	if !server.Start.Equal(start) || server.Duration() != 9*time.Millisecond {
		t.Errorf("the server span starts at %v and takes %v, want %v and 9ms", server.Start, server.Duration(), start)
	}
	if server.Attributes.Get("http.path") != "/checkout" {
		t.Errorf("the tag became %v", server.Attributes)
	}
	if server.Event("cart read") == nil {
		t.Errorf("the annotation became %v", server.Events)
	}
	if client.Status.Code != spans.StatusError {
		t.Errorf("the tag error became %v", client.Status)
	}
}

func sendWithKey(t *testing.T, services string, _ jaeger.Binary) {
	v := startVendor(t)
	log := fetch(t, services,
		"OTEL_EXPORTER_OTLP_ENDPOINT=https://"+v.address,
		"OTEL_EXPORTER_OTLP_HEADERS=x-honeycomb-team="+vendorKey,
		"OTEL_EXPORTER_OTLP_CERTIFICATE="+v.authority)
	checkFetch(t, v.spans())
	workshoptest.Lacks(t, log, "ERROR")
}

func sendWithWrongKey(t *testing.T, services string, _ jaeger.Binary) {
	v := startVendor(t)
	log := fetch(t, services,
		"OTEL_EXPORTER_OTLP_ENDPOINT=https://"+v.address,
		"OTEL_EXPORTER_OTLP_HEADERS=x-honeycomb-team=guessed",
		"OTEL_EXPORTER_OTLP_CERTIFICATE="+v.authority)
	if got := v.spans(); len(got) > 0 {
		t.Errorf("%d spans arrived with a wrong key", len(got))
	}
	workshoptest.Contains(t, log, "level=ERROR", "rpc error: code = Unauthenticated desc = unknown API key")
}

// sendWithoutCertificate gives the exporter more time if it has given up
// before it knew why: an export that is under way for too long ends without a
// reason.
func sendWithoutCertificate(t *testing.T, services string, _ jaeger.Binary) {
	v := startVendor(t)
	var log string
	for _, timeout := range []string{"1000", "4000", "16000"} {
		log = fetch(t, services,
			"OTEL_EXPORTER_OTLP_ENDPOINT=https://"+v.address,
			"OTEL_EXPORTER_OTLP_HEADERS=x-honeycomb-team="+vendorKey,
			"OTEL_EXPORTER_OTLP_TIMEOUT="+timeout)
		if got := v.spans(); len(got) > 0 {
			t.Errorf("%d spans arrived although nobody vouches for the receiver", len(got))
		}
		if strings.Contains(log, "x509: ") {
			break
		}
	}
	workshoptest.Contains(t, log, "level=ERROR msg=tracing", "authentication handshake failed: tls: failed to verify certificate: x509: ")
}

func sendThroughCollector(t *testing.T, services string, b jaeger.Binary) {
	ours, theirs := startBackend(t, b, "zipkin-to-jaeger.yaml"), startVendor(t)
	collector := startBackend(t, b, "collector.yaml",
		"JAEGER_ENDPOINT="+ours.listens["OTLP"],
		"HONEYCOMB_ENDPOINT="+theirs.address, "HONEYCOMB_API_KEY="+vendorKey, "HONEYCOMB_CA="+theirs.authority)
	fetch(t, services, "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+collector.listens["OTLP"])
	if err := collector.Stop(); err != nil { // and it sends what it has
		t.Fatal(err)
	}
	for where, got := range map[string][]spans.Span{"Jaeger": ours.await(t, "user-service", 3), "the vendor": theirs.spans()} {
		checkFetch(t, got)
		for _, span := range got {
			for _, key := range []string{"client.address", "user_agent.original"} {
				if value := span.Attributes.Get(key); value != nil {
					t.Errorf("%s got %s=%v on %s", where, key, value, span.Name)
				}
			}
		}
	}
}

// sendThroughTailSampling makes a trace with an error and one without, and
// sets the share of those that are kept by chance to none.
func sendThroughTailSampling(t *testing.T, services string, b jaeger.Binary) {
	backend := startBackend(t, b, "zipkin-to-jaeger.yaml")
	collector := startBackend(t, b, "tail-sampling.yaml",
		"JAEGER_ENDPOINT="+backend.listens["OTLP"], "PERCENTAGE=0", "DECISION_WAIT=1s")
	s := startService(t, services, "user-service", []string{"-chunk-pause=0"}, "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+collector.listens["OTLP"])
	for n, want := range map[string]int{"1000": http.StatusOK, "4000000": http.StatusUnprocessableEntity} {
		if got := get(t, s.url+"/compute?workers=2&n="+n); got != want {
			t.Errorf("n=%s: %d, want %d", n, got, want)
		}
	}
	s.stop(t)
	backend.await(t, "user-service", 1)
	if err := collector.Stop(); err != nil {
		t.Fatal(err)
	}
	got, err := backend.Client().Find(t.Context(), jaeger.Search{Service: "user-service"})
	if err != nil || len(spans.Group(got)) != 1 || named(t, got, "heavy-computation").Status.Code != spans.StatusError {
		t.Errorf("%d traces (%v), want the one with the error", len(spans.Group(got)), err)
	}
}

// sendToXRay puts a stand-in in the place of AWS, and changes nothing else in
// the file. That the signature is the right one, only AWS can tell.
func sendToXRay(t *testing.T, services string, b jaeger.Binary) {
	received := make(chan []spans.Span, 100)
	signature := regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=the-id/\d{8}/eu-central-1/xray/aws4_request, SignedHeaders=[\w;-]*host[\w;-]*, Signature=[0-9a-f]{64}$`)
	aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := readExport(r)
		if err != nil || r.URL.Path != "/v1/traces" || !signature.MatchString(r.Header.Get("Authorization")) {
			t.Errorf("%s %s with the header %q: %v", r.Method, r.URL, r.Header.Get("Authorization"), err)
			w.WriteHeader(http.StatusForbidden)
			return
		}
		received <- spans.FromOTLP(request.GetResourceSpans())
	}))
	defer aws.Close()

	const host = "https://xray.${env:AWS_REGION}.amazonaws.com"
	text := read(t, backends+"/xray.yaml")
	if strings.Count(text, host) != 1 {
		t.Fatalf("%s does not stand once in xray.yaml", host)
	}
	file := filepath.Join(t.TempDir(), "xray.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(text, host, aws.URL, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	collector := startBackend(t, b, file, "AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=the-id", "AWS_SECRET_ACCESS_KEY=the-secret")
	fetch(t, services, "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+collector.listens["OTLP"])
	if err := collector.Stop(); err != nil {
		t.Fatal(err)
	}
	checkFetch(t, drained(received))
}

// readExport reads an export over HTTP (OTLP specification 1.x, section
// OTLP/HTTP, Binary Protobuf Encoding).
func readExport(r *http.Request) (*tracecollector.ExportTraceServiceRequest, error) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, err
		}
		body = unzipped
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	var request tracecollector.ExportTraceServiceRequest
	return &request, proto.Unmarshal(text, &request)
}

// drained gives what waits in a channel to which nobody sends any more.
func drained(received chan []spans.Span) []spans.Span {
	var all []spans.Span
	for {
		select {
		case batch := <-received:
			all = append(all, batch...)
		default:
			return all
		}
	}
}

// backend is a Jaeger that a file of docs/backends makes a backend or a
// collector.
type backend struct {
	*jaeger.Process
	listens map[string]string // address by the name of its variable, without _LISTEN
}

// startBackend starts a Jaeger with a file. The file says with a variable
// where Jaeger listens; each of these gets a free port.
func startBackend(t *testing.T, b jaeger.Binary, file string, env ...string) backend {
	t.Helper()
	if !filepath.IsAbs(file) {
		file = filepath.Join(backends, file)
	}
	text := read(t, file)
	for attempt := 1; ; attempt++ {
		p, err := startOnPorts(t, b, file, text, env)
		var failure *jaeger.StartError
		if errors.As(err, &failure) && failure.TakenAddress() != "" && attempt < 5 {
			continue // another program was given the port meanwhile
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Kill)
		return p
	}
}

var listenVariable = regexp.MustCompile(`\$\{env:(\w+)_LISTEN:-`)

func startOnPorts(t *testing.T, b jaeger.Binary, file, text string, env []string) (backend, error) {
	t.Helper()
	p := backend{listens: map[string]string{}}
	env = slices.Clone(env)
	var held []net.Listener // all at once, so that they differ
	for _, match := range listenVariable.FindAllStringSubmatch(text, -1) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, l)
		p.listens[match[1]] = l.Addr().String()
		env = append(env, match[1]+"_LISTEN="+l.Addr().String())
	}
	for _, l := range held {
		l.Close()
	}
	var err error
	p.Process, err = jaeger.Start(t.Context(), b, jaeger.Options{Config: file, Env: env})
	return p, err
}

// await waits until Jaeger holds that many spans, of traces in which the
// service takes part.
func (p backend) await(t *testing.T, service string, atLeast int) []spans.Span {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		found, err := p.Client().Find(ctx, jaeger.Search{Service: service})
		if err == nil && len(found) >= atLeast {
			return found
		}
		select {
		case <-ctx.Done():
			t.Fatalf("Jaeger holds %d spans of %s (%v), want %d", len(found), service, err, atLeast)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
