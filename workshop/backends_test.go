package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

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
		"a collector and two backends":  sendThroughCollector,
		"a collector that keeps errors": sendThroughTailSampling,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, services, b)
		})
	}
}

// TestBackendFiles lets a real Jaeger, which is a collector, check every file of
// the folder.
func TestBackendFiles(t *testing.T) {
	b := realJaeger(t)
	for _, file := range files(t, backends+"/*.yaml") {
		cmd := exec.CommandContext(t.Context(), b.Path, "validate", "--config="+file)
		cmd.Env = append(os.Environ(), "AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=secret", "HONEYCOMB_API_KEY=key", "DD_SITE=datadoghq.eu", "DD_API_KEY=key")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
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

func sendThroughCollector(t *testing.T, services string, b jaeger.Binary) {
	honeycomb := senders[0]
	ours, theirs := startBackend(t, b, "zipkin-to-jaeger.yaml"), startInternet(t, honeycomb.vendor)
	collector := startBackend(t, b, "collector.yaml", theirs.env(
		"JAEGER_ENDPOINT="+ours.listens["OTLP"],
		"HONEYCOMB_API_KEY="+honeycomb.right, "HONEYCOMB_CA="+theirs.authority)...)
	fetch(t, services, "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+collector.listens["OTLP"])
	if err := collector.Stop(); err != nil { // and it sends what it has
		t.Fatal(err)
	}
	arrived, _ := theirs.spans(t, honeycomb.host)
	for where, got := range map[string][]spans.Span{"Jaeger": ours.await(t, "user-service", 3), "the vendor": arrived} {
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

// configured is a Jaeger that a file of docs/backends makes a backend or a
// collector.
type configured struct {
	*jaeger.Process
	listens map[string]string // address by the name of its variable, without _LISTEN
	log     *workshoptest.Screen
}

// startBackend starts a Jaeger with a file. The file says with a variable
// where Jaeger listens; each of these gets a free port.
func startBackend(t *testing.T, b jaeger.Binary, file string, env ...string) configured {
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

func startOnPorts(t *testing.T, b jaeger.Binary, file, text string, env []string) (configured, error) {
	t.Helper()
	p := configured{listens: map[string]string{}, log: workshoptest.NewScreen()}
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
	p.Process, err = jaeger.Start(t.Context(), b, jaeger.Options{Config: file, Env: env, Log: p.log})
	return p, err
}

// await waits until Jaeger holds that many spans, of traces in which the
// service takes part.
func (p configured) await(t *testing.T, service string, atLeast int) []spans.Span {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
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
