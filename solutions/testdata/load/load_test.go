package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// TestLoad sends requests through both services as fast as they go, and counts:
// what the services say that they exported is in Jaeger, and what they made and
// did not export they say they dropped.
func TestLoad(t *testing.T) {
	const spansPerRequest = 3 // two of user-service, one of joke-service
	for _, c := range []struct {
		name     string
		requests int
		queue    string // length of the queue of each service; the default is 2048
		drops    bool   // whether the queue must be too short
	}{
		{name: "default-queue", requests: 20_000/spansPerRequest + 1},
		{name: "long-queue", requests: 20_000/spansPerRequest + 1, queue: "30000"},
		{name: "short-queue", requests: 1000, queue: "16", drops: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			load := tracecheck.NewPlay(func(s *tracecheck.Stage) {
				jaeger, runs := s.Jaeger(step, "jaeger.yaml")
				if !runs {
					return
				}
				s.Wire(step, "services.env")
				s.Setenv("OTEL_TRACES_SAMPLER", "parentbased_always_on")
				s.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", c.queue)
				s.Limit(3 * time.Minute)
				joke := s.Service("joke-service", "-flush-timeout", "30s")
				user := s.Service("user-service", "-flush-timeout", "30s", "-joke-url", joke+"/jokes/random")
				if err := storm(user+"/fetch-external", c.requests); err != nil {
					t.Error(err)
				}
				s.Quit()
				jaeger.Restart() // writes what is still on its way
				jaeger.Look(0)
			})
			tracecheck.Run(t, step, []tracecheck.Check{{
				Name:   "load",
				Must:   "What was exported is found, and what was not was reported.",
				Play:   load,
				Expect: func(e *tracecheck.Evidence) *tracecheck.Miss { return account(t, e, c.requests, c.drops) },
			}})
		})
	}
}

// storm sends n requests, 16 at a time.
func storm(url string, n int) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	tickets := make(chan int, n)
	for i := range n {
		tickets <- i
	}
	close(tickets)
	ctx, fail := context.WithCancelCause(context.Background())
	defer fail(nil)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range tickets {
				if ctx.Err() != nil {
					return
				}
				if err := ask(client, url); err != nil {
					fail(err)
				}
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

func ask(client *http.Client, url string) error {
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("a request was answered %s", response.Status)
	}
	return nil
}

func account(t *testing.T, e *tracecheck.Evidence, requests int, mustDrop bool) *tracecheck.Miss {
	held := map[string]int{}
	for _, s := range e.Held {
		held[s.Service()]++
	}
	dropped := 0
	for _, p := range e.Processes {
		service, made := p.Args[0], requests
		if service == "user-service" {
			made = 2 * requests
		}
		exported, lost := p.Exports()
		t.Logf("%s made %d spans, exported %d, dropped %d; Jaeger holds %d", service, made, exported, lost, held[service])
		dropped += lost
		switch {
		case strings.Contains(p.Stderr.String(), "msg=tracing"):
			return wrong("%s could not export:\n%s", service, p.Stderr.Lines()[len(p.Stderr.Lines())-1])
		case exported+lost != made:
			return wrong("%s lost %d spans without a word", service, made-exported-lost)
		case held[service] != exported:
			return wrong("%s exported %d spans, and Jaeger holds %d", service, exported, held[service])
		}
	}
	if mustDrop && dropped == 0 {
		return wrong("the short queue dropped nothing: this test tests nothing")
	}
	return complete(e, requests, dropped)
}

// complete expects that no trace lacks a span without a drop for it.
func complete(e *tracecheck.Evidence, requests, dropped int) *tracecheck.Miss {
	whole := 0
	for _, trace := range spans.Group(e.Held) {
		if len(trace.Spans) == 3 && len(trace.Roots()) == 1 {
			whole++
		}
	}
	if broken := requests - whole; broken > dropped {
		return wrong("%d of %d traces are not complete, and only %d spans were dropped", broken, requests, dropped)
	}
	return nil
}

func wrong(format string, args ...any) *tracecheck.Miss {
	return &tracecheck.Miss{What: "wrong-share", Says: fmt.Sprintf(format, args...)}
}
