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
)

const (
	jokeTimeout = 5 * time.Second // from the dial to the last byte
	maxAnswer   = 64 << 10        // bytes; a longer answer is no joke
)

// userService is what users talk to. It gets its jokes from joke-service.
type userService struct {
	jokeURL string
	client  *http.Client
}

func newUserService(jokeURL string) *userService {
	return &userService{
		jokeURL: jokeURL,
		client: &http.Client{
			Timeout: jokeTimeout,
			// TODO(2): let each request to joke-service make a client span: set
			// Transport to an otelhttp.NewTransport around http.DefaultTransport.
		},
	}
}

func (u *userService) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthz)
	// TODO(1): let each request to /fetch-external make a server span: put
	// otelhttp.NewHandler around logRequests(...). Its operation can be
	// "fetch-external". Do the same in jokeservice.go.
	mux.Handle("GET /fetch-external", logRequests(u.fetchExternal))
	return jsonErrors(mux)
}

func (u *userService) fetchExternal(w http.ResponseWriter, r *http.Request) {
	joke, err := u.fetchJoke(r.Context())
	if err != nil {
		// TODO(5): say on the server span what was wrong: get it with
		// trace.SpanFromContext, and record err on it.
		writeError(w, jokeErrorStatus(r.Context(), err), "no joke today: "+err.Error())
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"joke": joke})
}

// fetchJoke asks joke-service.
func (u *userService) fetchJoke(ctx context.Context) (string, error) {
	// TODO(3): let the request carry ctx: the server span is in it, and becomes
	// the parent of the client span.
	request, err := http.NewRequest(http.MethodGet, u.jokeURL, nil)
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
