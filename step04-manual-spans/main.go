// Two services that tell jokes: user-service asks joke-service for one. And
// user-service computes.
//
//	go run . user-service    listens on 127.0.0.1:8080
//	go run . joke-service    listens on 127.0.0.1:8081
//	go run .                 runs both, as two processes
//
// Ctrl-C stops them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	// The signals stay caught until the very end: a second Ctrl-C must not
	// cut off the sending of the last spans, which is bounded anyway.
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	if code := run(withParent(ctx), os.Args[1:]); code != 0 {
		os.Exit(code)
	}
}

// run gives the exit code: 0 after a normal stop, 1 when a service could not
// run, 2 when the command line makes no sense.
func run(ctx context.Context, args []string) int {
	slog.SetDefault(newLogger(os.Stderr))

	err := dispatch(ctx, args)
	var usage usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(os.Stderr, "%v; -h shows what there is\n", usage)
		return 2
	default:
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
}

func dispatch(ctx context.Context, args []string) error {
	cfg, err := parseArgs(args)
	if err != nil {
		return err
	}
	switch cfg.service {
	case userServiceName:
		return runService(ctx, cfg, func() http.Handler { return newUserService(cfg.jokeURL, cfg.chunkPause).handler() })
	case jokeServiceName:
		return runService(ctx, cfg, func() http.Handler { return newJokeService(cfg.delay).handler() })
	default:
		return runBoth(ctx, cfg)
	}
}

// runService runs one service until ctx ends. Tracing starts first and stops
// last, so that the spans of the last request are sent too.
func runService(ctx context.Context, cfg config, newHandler func() http.Handler) error {
	stopTracing, err := startTracing(ctx, cfg.service)
	if err != nil {
		return fmt.Errorf("%s cannot start tracing: %w", cfg.service, err)
	}
	defer flush(stopTracing, cfg.flushTimeout)

	return serve(ctx, cfg.addr, newHandler())
}

// flush sends the last spans. A collector that never answers cannot keep the
// service from stopping, and is no reason to fail: the service did its work.
func flush(stopTracing func(context.Context) error, timeout time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	if err := stopTracing(ctx); err != nil {
		slog.Error("the last spans were not sent, is the collector running?", "error", err)
	}
}
