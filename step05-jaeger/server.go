package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const (
	drainTimeout = 6 * time.Second // a little more than jokeTimeout
	endTimeout   = time.Second     // for requests that were told to stop
)

// statusClientGone is nginx's code for a caller who did not wait for the
// answer. Nobody reads it, but it is what the log and the span say.
const statusClientGone = 499

// errStopping is why a request was told to stop when it is not the caller who
// went away.
var errStopping = errors.New("the service is stopping")

// serve answers requests on addr until ctx ends, and then lets the requests
// that are under way finish.
func serve(ctx context.Context, addr string, handler http.Handler) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return listenError(addr, err)
	}
	requests, stopRequests := context.WithCancelCause(context.Background())
	defer stopRequests(nil)
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      15 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	slog.Info("listening", "addr", listener.Addr().String())

	select {
	case err := <-failed:
		return fmt.Errorf("cannot go on listening on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
		slog.Info("stopping", "addr", listener.Addr().String())
		drain(server, stopRequests)
		return nil
	}
}

// drain waits for the requests that are under way. Those that take too long
// are told to stop through their context, and get a moment to end their spans.
func drain(server *http.Server, stopRequests context.CancelCauseFunc) {
	if shutdown(server, drainTimeout) == nil {
		return
	}
	stopRequests(errStopping)
	if shutdown(server, endTimeout) != nil {
		slog.Warn("some requests did not finish in time")
		server.Close()
	}
}

func shutdown(server *http.Server, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return server.Shutdown(ctx)
}

// stoppedStatus is the status of a request whose context has ended.
func stoppedStatus(ctx context.Context) int {
	if errors.Is(context.Cause(ctx), errStopping) {
		return http.StatusServiceUnavailable
	}
	return statusClientGone
}

func listenError(addr string, err error) error {
	var operation *net.OpError
	if errors.As(err, &operation) {
		err = operation.Err
	}
	return fmt.Errorf("cannot listen on %s: %w; stop the program that has the port, or choose another address (-h shows how)", addr, err)
}

// healthz tells a load balancer that the service is up. It is asked every few
// seconds, so it is neither logged nor traced.
func healthz(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// jsonErrors answers what the mux has no handler for. The mux by itself
// would do that in plain text.
func jsonErrors(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		plain, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		logRequests(func(w http.ResponseWriter, r *http.Request) {
			answer := statusRecorder{ResponseWriter: discard{w.Header()}}
			plain.ServeHTTP(&answer, r) // sets the header Allow
			writeError(w, answer.status, fmt.Sprintf("%s %.100s: %s", r.Method, r.URL.Path, http.StatusText(answer.status)))
		}).ServeHTTP(w, r)
	})
}

// discard takes an answer that nobody gets to see.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

func writeError(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"error": message})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // errors quote what they got, for a reader at a terminal
	if err := encoder.Encode(body); err != nil {
		slog.Debug("the caller did not take the answer", "error", err)
	}
}
