package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/trace"
)

const (
	jokeTimeout = 5 * time.Second // from the dial to the last byte
	maxAnswer   = 64 << 10        // bytes; a longer answer is no joke
)

// userService is what users talk to. It gets its jokes from joke-service, and
// computes by itself.
type userService struct {
	computer computer
	jokeURL  string
	client   *http.Client
}

func newUserService(jokeURL string, chunkPause time.Duration) *userService {
	return &userService{
		computer: newComputer(chunkPause),
		jokeURL:  jokeURL,
		client: &http.Client{
			Timeout: jokeTimeout,
			// The transport makes a client span for each request, and writes
			// the headers of the propagators into it.
			Transport: otelhttp.NewTransport(http.DefaultTransport),
		},
	}
}

func (u *userService) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthz)
	// otelhttp stands around the handler, not around the mux: the route is
	// known by then, so the span is named after it. And /healthz has no span.
	mux.Handle("GET /fetch-external", otelhttp.NewHandler(logRequests(u.fetchExternal), "fetch-external"))
	mux.Handle("GET /compute", otelhttp.NewHandler(logRequests(u.computer.compute), "compute"))
	return jsonErrors(mux)
}

func (u *userService) fetchExternal(w http.ResponseWriter, r *http.Request) {
	joke, err := u.fetchJoke(r.Context())
	if err != nil {
		// Not every failure is one of the call itself: an answer that is no
		// joke leaves the client span green. This event says what was wrong.
		trace.SpanFromContext(r.Context()).RecordError(err)
		writeError(w, jokeErrorStatus(r.Context(), err), "no joke today: "+err.Error())
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"joke": joke})
}

// fetchJoke asks joke-service. The request carries ctx, and with it the server
// span, which becomes the parent of the client span.
func (u *userService) fetchJoke(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.jokeURL, nil)
	if err != nil {
		return "", err
	}
	response, err := u.client.Do(request)
	if err != nil {
		return "", err
	}
	// The client span ends here too: it lasts until the body is read or closed.
	defer response.Body.Close()

	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return "", fmt.Errorf("read the answer of joke-service: %w", err)
	}
	return parseJoke(response, body)
}

func parseJoke(response *http.Response, body []byte) (string, error) {
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("joke-service answered %s", response.Status)
	}
	if len(body) > maxAnswer {
		return "", fmt.Errorf("joke-service answered more than %d bytes", maxAnswer)
	}
	var answer struct {
		Value string `json:"value"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", fmt.Errorf("joke-service did not answer the JSON of a joke: %w", err)
	}
	if strings.TrimSpace(answer.Value) == "" {
		return "", errors.New("joke-service answered without a joke")
	}
	return answer.Value, nil
}

// jokeErrorStatus says why there is no joke: the request was stopped,
// joke-service is too slow, or joke-service is down or talks nonsense.
func jokeErrorStatus(ctx context.Context, err error) int {
	var network net.Error
	switch {
	case ctx.Err() != nil:
		return stoppedStatus(ctx)
	case errors.As(err, &network) && network.Timeout():
		return http.StatusGatewayTimeout
	default:
		return http.StatusBadGateway
	}
}
