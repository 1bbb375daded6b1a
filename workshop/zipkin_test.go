package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/backend"
)

const zipkinFile = "zipkin.yaml"

// zipkinSpan is a span as a Zipkin server gives it, by its API v2.
type zipkinSpan struct {
	TraceID       string `json:"traceId"`
	ParentID      string `json:"parentId"`
	ID            string `json:"id"`
	Kind          string `json:"kind"`
	Name          string `json:"name"`
	Timestamp     int64  `json:"timestamp"` // in microseconds
	Duration      int64  `json:"duration"`
	LocalEndpoint struct {
		ServiceName string `json:"serviceName"`
	} `json:"localEndpoint"`
	Tags map[string]string `json:"tags"`
}

// TestZipkin sends the spans of the services through a collector to a real
// Zipkin server, and asks it for the trace.
func TestZipkin(t *testing.T) {
	server, collector := fetchedSystem(t, "zipkin"), fetchedSystem(t, "collector")
	services := buildServices(t)
	zipkin := startSystem(t, server, backend.Options{})
	between := startSystem(t, collector, backend.Options{
		Config: filepath.Join(backends, zipkinFile),
		Env:    []string{"ZIPKIN_ENDPOINT=" + zipkin.Address() + "/api/v2/spans"},
	})
	began := time.Now()
	fetch(t, services, "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+between.Address())
	if err := between.Stop(); err != nil { // and it sends what it has
		t.Fatal(err)
	}

	got := awaitZipkin(t, zipkin.Address(), 3)
	checkZipkin(t, got)
	for _, span := range got {
		at := time.UnixMicro(span.Timestamp)
		if at.Before(began) || at.Add(time.Duration(span.Duration)*time.Microsecond).After(time.Now()) {
			t.Errorf("%q is at %v and takes %d µs, and the request began at %v", span.Name, at, span.Duration, began)
		}
	}
	if page := askZipkin(t, zipkin.Address()+"/zipkin/"); !strings.Contains(page, "<title>Zipkin</title>") {
		t.Errorf("its page is\n%s", page)
	}
	if err := zipkin.Stop(); err != nil {
		t.Error(err)
	}
}

// awaitZipkin waits until the server holds a trace with that many spans.
func awaitZipkin(t *testing.T, server string, want int) []zipkinSpan {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var traces [][]zipkinSpan
	for {
		answer := askZipkin(t, server+"/api/v2/traces?serviceName=user-service")
		if err := json.Unmarshal([]byte(answer), &traces); err != nil {
			t.Fatalf("%v in %s", err, answer)
		}
		if len(traces) == 1 && len(traces[0]) == want {
			break
		}
		select {
		case <-ctx.Done():
			t.Fatalf("Zipkin holds %+v, want one trace with %d spans", traces, want)
		case <-time.After(50 * time.Millisecond):
		}
	}
	var trace []zipkinSpan
	answer := askZipkin(t, server+"/api/v2/trace/"+traces[0][0].TraceID)
	if err := json.Unmarshal([]byte(answer), &trace); err != nil || len(trace) != want {
		t.Fatalf("by its id the trace is %s (%v)", answer, err)
	}
	return trace
}

func askZipkin(t *testing.T, url string) string {
	t.Helper()
	response, err := oneRequest.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %s (%v): %s", url, response.Status, err, body)
	}
	return string(body)
}

// checkZipkin expects the three spans of a request, as Zipkin has them: in
// small letters, and with values that are text.
func checkZipkin(t *testing.T, got []zipkinSpan) {
	t.Helper()
	of := func(name string) zipkinSpan {
		i := slices.IndexFunc(got, func(s zipkinSpan) bool { return s.Name == name })
		if i < 0 {
			t.Fatalf("there is no span %q in\n%+v", name, got)
		}
		return got[i]
	}
	server, client, jokes := of("get /fetch-external"), of("http get"), of("get /jokes/random")
	if server.ParentID != "" || client.ParentID != server.ID || jokes.ParentID != client.ID || len(server.TraceID) != 32 {
		t.Errorf("the spans do not hang together:\n%+v", got)
	}
	for _, want := range []struct {
		span                     zipkinSpan
		kind, service, tag, text string
	}{
		{server, "SERVER", "user-service", "http.route", "/fetch-external"},
		{client, "CLIENT", "user-service", "http.response.status_code", "200"},
		{jokes, "SERVER", "joke-service", "http.route", "/jokes/random"},
	} {
		if s := want.span; s.Kind != want.kind || s.LocalEndpoint.ServiceName != want.service || s.Tags[want.tag] != want.text {
			t.Errorf("%q is %+v, want %+v", s.Name, s, want)
		}
		if s := want.span; s.Tags["service.version"] != "1.0.0" || s.Tags["deployment.environment.name"] != "development" {
			t.Errorf("the resource of %q became %v", s.Name, s.Tags)
		}
	}
}
