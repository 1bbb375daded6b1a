package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

const (
	jokeTimeout = 5 * time.Second
	maxAnswer   = 64 << 10
)

// handler serves user-service, and the page of metrics. That one has no
// otelhttp around it: who asks for it asks every few seconds.
func handler(jokeURL string, page http.Handler) http.Handler {
	client := &http.Client{Timeout: jokeTimeout, Transport: otelhttp.NewTransport(http.DefaultTransport)}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", page)
	mux.Handle("GET /fetch-external", otelhttp.NewHandler(fetchExternal(client, jokeURL), "fetch-external"))
	return mux
}

func fetchExternal(client *http.Client, jokeURL string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		joke, err := fetchJoke(client, r, jokeURL)
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			_ = json.NewEncoder(w).Encode(map[string]string{"error": "no joke today: " + err.Error()})
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"joke": joke})
	})
}

// fetchJoke asks joke-service, on behalf of a request.
func fetchJoke(client *http.Client, r *http.Request, jokeURL string) (string, error) {
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, jokeURL, nil)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("joke-service answered %s", response.Status)
	}
	var answer struct{ Value string }
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&answer); err != nil {
		return "", fmt.Errorf("joke-service did not answer the JSON of a joke: %w", err)
	}
	return answer.Value, nil
}
