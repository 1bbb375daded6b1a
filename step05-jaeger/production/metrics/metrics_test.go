package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/deployment"
)

// slowJoke is how long joke-service takes for a slow joke.
const slowJoke = 1200 * time.Millisecond

// TestMetricsAreThoseOfTheRequests asks user-service, and compares its page of
// metrics with what was asked, and what was answered.
func TestMetricsAreThoseOfTheRequests(t *testing.T) {
	var asked atomic.Int64
	jokes := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		switch asked.Add(1) {
		case 3, 6, 9: // of ten
			w.WriteHeader(http.StatusInternalServerError)
		case 5:
			time.Sleep(slowJoke)
			fallthrough
		default:
			fmt.Fprint(w, `{"value": "a joke"}`)
		}
	}))
	defer jokes.Close()
	page, stop, err := startMeasuring()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	service := httptest.NewServer(handler(jokes.URL, page))
	defer service.Close()

	answers := map[int]float64{}
	for range 10 {
		answers[get(t, service.URL+"/fetch-external")]++
	}
	jokes.Close()
	answers[get(t, service.URL+"/fetch-external")]++ // nobody is there to answer
	if answers[http.StatusOK] != 7 || answers[http.StatusBadGateway] != 4 {
		t.Fatalf("the answers are %v", answers)
	}

	shown, err := deployment.ReadMetrics(t.Context(), service.URL+"/metrics")
	if err != nil {
		t.Fatal(err)
	}
	const server, client = "http_server_request_duration_seconds", "http_client_request_duration_seconds"
	for _, c := range []struct {
		metric string
		labels []string
		want   float64
	}{
		{server + "_count", nil, 11}, // the page of metrics is not among them
		{server + "_count", []string{"http_request_method", "GET", "http_route", "/fetch-external", "http_response_status_code", "200"}, answers[200]},
		{server + "_count", []string{"http_request_method", "GET", "http_route", "/fetch-external", "http_response_status_code", "502"}, answers[502]},
		{client + "_count", nil, 11},
		{client + "_count", []string{"http_response_status_code", "200"}, 7},
		{client + "_count", []string{"http_response_status_code", "500"}, 3},
		{client + "_count", []string{"error_type", "net.OpError"}, 1},
		{client + "_bucket", []string{"http_response_status_code", "200", "le", "1"}, 6}, // the seventh was slow
		{server + "_bucket", []string{"http_response_status_code", "200", "le", "1"}, 6},
		{server + "_bucket", []string{"http_response_status_code", "200", "le", "+Inf"}, 7},
	} {
		if got := shown.Named(c.metric).With(c.labels...).Sum(); got != c.want {
			t.Errorf("%s %v is %v, want %v", c.metric, c.labels, got, c.want)
		}
	}
	if took := shown.Named(server + "_sum").Sum(); took < slowJoke.Seconds() {
		t.Errorf("all requests together took %v s, and one of them took %v", took, slowJoke)
	}
}

func get(t *testing.T, url string) (status int) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Error(err)
	}
	return response.StatusCode
}
