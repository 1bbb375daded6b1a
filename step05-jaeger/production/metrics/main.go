// A user-service that measures itself. otelhttp counts each request that comes in
// and each one that goes out, and how long it took; Prometheus gets that at
// /metrics.
//
//	go run ./step05-jaeger/production/metrics              listens on 127.0.0.1:8080
//	curl http://127.0.0.1:8080/fetch-external              asks joke-service for a joke
//	curl http://127.0.0.1:8080/metrics                     shows what was measured
//
// Ctrl-C stops it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "host:port to listen on")
	jokeURL := flag.String("joke-url", "http://127.0.0.1:8081/jokes/random", "where jokes come from")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *jokeURL); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, addr, jokeURL string) error {
	page, stopMeasuring, err := startMeasuring()
	if err != nil {
		return fmt.Errorf("user-service cannot measure itself: %w", err)
	}
	defer stopMeasuring(context.WithoutCancel(ctx))

	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; stop the program that has the port, or choose another address with -addr", addr, err)
	}
	fmt.Fprintf(os.Stderr, "listening on http://%s, with a page of metrics at /metrics\n", listener.Addr())
	server := &http.Server{Handler: handler(jokeURL, page), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("cannot go on listening on %s: %w", addr, err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(ending); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
