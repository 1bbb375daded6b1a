package deployment

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// answerPatience is how long an answer may take.
	answerPatience = 30 * time.Second
	// mostBytes is how long an answer may be.
	mostBytes = 64 << 20
)

// get asks a system over HTTP, and gives its answer. It leaves no connection
// behind.
func get(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", url, response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, mostBytes))
}
