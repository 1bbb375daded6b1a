package jaeger

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/hostport"
	"example.com/tracing-workshop/workshop/spans"
)

// Client asks a Jaeger for what it holds, through its query API /api/v3.
type Client struct {
	base string
	http *http.Client
}

// NewClient makes a client of the Jaeger at base, like
// http://127.0.0.1:16686.
func NewClient(base string) *Client {
	return &Client{
		base: hostport.URL(base),
		http: &http.Client{
			Timeout:   30 * time.Second,
			Transport: &http.Transport{DisableKeepAlives: true},
		},
	}
}

// ErrUnreachable means that nobody answers where Jaeger should be.
var ErrUnreachable = errors.New("no Jaeger answers")

// ErrNotFound means that Jaeger holds no trace of that id.
var ErrNotFound = errors.New("no such trace in Jaeger")

// Services gives the names of the services that have reported spans.
func (c *Client) Services(ctx context.Context) ([]string, error) {
	var answer struct{ Services []string }
	err := c.getJSON(ctx, "services", nil, &answer)
	return answer.Services, err
}

// Search says which traces to look for. The zero value finds every trace of
// the last day.
type Search struct {
	Service     string // one that has a span in the trace
	Operation   string // the name of one of that service's spans
	From, To    time.Time
	MinDuration time.Duration // of one of that service's spans
	Limit       int           // how many traces at most; by default 10000
}

func (s Search) values() url.Values {
	if s.To.IsZero() {
		s.To = time.Now().Add(time.Minute)
	}
	if s.From.IsZero() {
		s.From = s.To.Add(-24 * time.Hour)
	}
	if s.Limit == 0 {
		s.Limit = 10000
	}
	v := url.Values{
		"query.start_time_min": {s.From.UTC().Format(time.RFC3339Nano)},
		"query.start_time_max": {s.To.UTC().Format(time.RFC3339Nano)},
		"query.num_traces":     {strconv.Itoa(s.Limit)},
		"query.raw_traces":     {"true"}, // as reported: nothing sorted, shifted in time or left out
	}
	if s.MinDuration != 0 {
		v.Set("query.duration_min", s.MinDuration.String())
	}
	for key, value := range map[string]string{"query.service_name": s.Service, "query.operation_name": s.Operation} {
		if value != "" {
			v.Set(key, value)
		}
	}
	return v
}

// Find gives all spans of every trace that has a span which fits.
func (c *Client) Find(ctx context.Context, s Search) ([]spans.Span, error) {
	otlp, err := c.traces(ctx, "traces", s.values())
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return spans.ParseOTLPJSON(otlp)
}

// Trace gives the spans of one trace that Jaeger holds by now. It gives
// [ErrNotFound] when there are none.
func (c *Client) Trace(ctx context.Context, traceID string) ([]spans.Span, error) {
	otlp, err := c.TraceJSON(ctx, traceID)
	if err != nil {
		return nil, err
	}
	return spans.ParseOTLPJSON(otlp)
}

// TraceJSON gives what [Client.Trace] gives as Jaeger answers it: one OTLP
// JSON object.
func (c *Client) TraceJSON(ctx context.Context, traceID string) ([]byte, error) {
	return c.traces(ctx, "traces/"+url.PathEscape(traceID), url.Values{"raw_traces": {"true"}})
}

func (c *Client) traces(ctx context.Context, what string, v url.Values) ([]byte, error) {
	var answer struct{ Result json.RawMessage }
	err := c.getJSON(ctx, what, v, &answer)
	return answer.Result, err
}

func (c *Client) getJSON(ctx context.Context, what string, v url.Values, into any) error {
	path := "/api/v3/" + what
	if len(v) > 0 {
		path += "?" + v.Encode()
	}
	status, body, err := c.get(ctx, path)
	if err != nil {
		return err
	}
	if status == http.StatusOK && json.Unmarshal(body, into) == nil {
		return nil
	}
	var failure struct{ Error struct{ Message string } }
	if json.Unmarshal(body, &failure) != nil || failure.Error.Message == "" {
		return cmp.Or(c.notQuery(ctx), fmt.Errorf("%s answers, but not as Jaeger's query API does; that is at %s as a rule", c.base, usualQuery))
	}
	if status == http.StatusNotFound {
		return ErrNotFound
	}
	if storage := storageAway(failure.Error.Message); storage != "" {
		return fmt.Errorf("the storage at %s does not answer Jaeger: does it run?", storage)
	}
	return fmt.Errorf("the question is refused by Jaeger: %s", failure.Error.Message)
}

// noConnection is how Go's net words a connection that was not made: with the
// address, or with the name for which there is none.
var noConnection = regexp.MustCompile(`dial tcp(?:: lookup)? (\S+?):? `)

// storageAway gives the address of a storage to which the Jaeger that answers so
// has no connection, or "".
func storageAway(message string) string {
	if match := noConnection.FindStringSubmatch(message); match != nil {
		return match[1]
	}
	return ""
}

// mostBytes is how long an answer may be.
const mostBytes = 64 << 20

func (c *Client) get(ctx context.Context, path string) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return 0, nil, fmt.Errorf("%s is no address of a Jaeger: %w", c.base, err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, c.explain(ctx, err)
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, mostBytes+1))
	switch {
	case err != nil:
		return 0, nil, fmt.Errorf("the answer of Jaeger at %s broke off: %w", c.base, err)
	case len(body) > mostBytes:
		return 0, nil, fmt.Errorf("the answer of Jaeger at %s is longer than %d MB: ask for less, as with -since 10m or -service", c.base, mostBytes>>20)
	}
	return response.StatusCode, body, nil
}

// explain says why there is no answer.
func (c *Client) explain(ctx context.Context, err error) error {
	if strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
		return fmt.Errorf("%s answers without TLS: write http:// in place of https://", c.base)
	}
	var failure *net.OpError
	nobody := errors.As(err, &failure) && failure.Op == "dial"
	if !nobody && ctx.Err() == nil {
		// A server of HTTP/2 speaks first, and net/http has several errors for
		// that: it depends on whether the request was sent already.
		if other := c.notQuery(ctx); other != nil {
			return other
		}
	}
	return fmt.Errorf("%w at %s: %w", ErrUnreachable, c.base, errors.Unwrap(err))
}

// Reachable gives the address, as a URL, at which programs on this machine reach
// one that listens on an address, perhaps on all of the machine's.
func Reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip.IsUnspecified()) {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	return "http://" + address
}
