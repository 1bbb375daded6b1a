package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// realJaeger gives the Jaeger of this machine. A test that needs one does not
// build it: that takes minutes, in which go test would give up.
func realJaeger(t *testing.T) jaeger.Binary {
	t.Helper()
	module, err := jaeger.FindModule(".")
	if err != nil {
		t.Fatal(err)
	}
	b, err := jaeger.Find(module)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// hosted is the command jaeger while it runs, on ports of its own.
type hosted struct {
	*workshoptest.Screen
	otlp, query string // URLs
	stop        context.CancelFunc
	err         chan error
}

func startHosted(t *testing.T, config string) *hosted {
	t.Helper()
	last := "JAEGER_BIN" // of the greeting
	if realJaeger(t).UI {
		last = "in a browser\n"
	}
	ctx, stop := context.WithCancel(t.Context())
	v := &hosted{Screen: workshoptest.NewScreen(), stop: stop, err: make(chan error, 1)}
	h := &host{Console: console.New(v), overlay: t.TempDir()}
	go func() { v.err <- h.host(ctx, config, false) }()
	t.Cleanup(func() { v.end(t) })
	v.Await(t, last)
	url := regexp.MustCompile(`(?m)^  (OTLP over HTTP|query API) +(http://127\.0\.0\.1:\d+)$`)
	for _, match := range url.FindAllStringSubmatch(v.String(), -1) {
		if match[1] == "query API" {
			v.query = match[2]
		} else {
			v.otlp = match[2]
		}
	}
	return v
}

// end is Ctrl-C.
func (v *hosted) end(t *testing.T) {
	t.Helper()
	v.stop()
	if err := <-v.err; err != nil {
		t.Errorf("it ends with %v", err)
	}
	v.err <- nil
}

// reported is a span as it is sent to Jaeger.
type reported struct {
	service, name string
	trace, span   int
	parent        int
	ago, took     time.Duration
	failed        bool
	seed          string // of the traffic that it belongs to
}

// report sends spans to an OTLP receiver.
func report(t *testing.T, otlp string, all ...reported) {
	t.Helper()
	type m = map[string]any
	var resources []m
	for _, r := range all {
		end := time.Now().Add(-r.ago)
		span := m{
			"traceId": fmt.Sprintf("%032x", r.trace), "spanId": fmt.Sprintf("%016x", r.span), "name": r.name, "kind": 2,
			"startTimeUnixNano": fmt.Sprint(end.Add(-r.took).UnixNano()), "endTimeUnixNano": fmt.Sprint(end.UnixNano()),
			"attributes": []m{{"key": "journey.stops", "value": m{"intValue": "5"}}},
		}
		if r.parent != 0 {
			span["parentSpanId"] = fmt.Sprintf("%016x", r.parent)
		}
		if r.failed {
			span["status"] = m{"code": 2}
		}
		resource := []m{{"key": "service.name", "value": m{"stringValue": r.service}}}
		if r.seed != "" {
			resource = append(resource, m{"key": "traffic.seed", "value": m{"stringValue": r.seed}})
		}
		resources = append(resources, m{
			"resource":   m{"attributes": resource},
			"scopeSpans": []m{{"spans": []m{span}}},
		})
	}
	body, err := json.Marshal(m{"resourceSpans": resources})
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(otlp+"/v1/traces", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the spans are taken with %s", response.Status)
	}
}

// outcome runs a command line.
func outcome(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, &out, &err)
	return code, out.String(), err.String()
}
