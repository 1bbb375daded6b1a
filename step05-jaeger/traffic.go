package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

const (
	visitors       = 200
	visitorsAtOnce = 20
)

// visitor is one who asks user-service for something.
type visitor struct {
	number       int
	path, ticket string
	wish         wish
	complains    bool
}

// runTraffic sends visitors through the constellation, which reports to the
// collector that OTEL_EXPORTER_OTLP_ENDPOINT names.
func runTraffic(ctx context.Context, cfg config) error {
	collector := os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
	if collector == "" {
		return errors.New("OTEL_EXPORTER_OTLP_ENDPOINT is not set: nobody would see the traffic; services.env says where Jaeger is")
	}
	fmt.Printf("seed %d: the same seed gives the same trouble, -seed chooses another\n", cfg.seed)

	t := troubleOf(cfg.seed, visitors)
	c, err := startConstellation(ctx, t)
	if err != nil {
		return fmt.Errorf("the services do not start: %w", err)
	}
	failed := c.receive(ctx, draw(cfg.seed, t))

	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.flushTimeout)
	defer cancel()
	if err := c.stop(stopping); err != nil {
		return fmt.Errorf("not all spans reached %s, is Jaeger running there? %w", collector, err)
	}
	if ctx.Err() != nil {
		return errors.New("interrupted: the traffic is not complete")
	}
	fmt.Printf("%d visitors came, %d got an error; their traces went to %s\n", visitors, failed, collector)
	return nil
}

// draw gives the visitors of a seed.
func draw(seed uint64, t trouble) []visitor {
	random := rand.New(rand.NewPCG(seed, 7))
	all := make([]visitor, visitors)
	for i := range all {
		all[i] = visitor{
			number:    i,
			path:      pick(random, []string{"/plan-trip", "/book-seat", "/lost-bags"}),
			ticket:    fmt.Sprintf("T-%05d", random.IntN(100_000)),
			wish:      t.drawWish(random),
			complains: i == t.complains,
		}
	}
	return all
}

// receive lets the visitors come, several at a time, and gives how many got an
// error. It stops early when ctx ends.
func (c *constellation) receive(ctx context.Context, all []visitor) (failed int) {
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: visitorsAtOnce}}
	defer client.CloseIdleConnections()
	queue := make(chan visitor)
	var mu sync.Mutex
	var open sync.WaitGroup
	for range visitorsAtOnce {
		open.Go(func() {
			for v := range queue {
				if !v.visit(ctx, client, c.services[atUserService].url) {
					mu.Lock()
					failed++
					mu.Unlock()
				}
			}
		})
	}
	for _, v := range all {
		if ctx.Err() == nil {
			queue <- v
		}
	}
	close(queue)
	open.Wait()
	return failed
}

// visit tells whether the visitor got what they wanted.
func (v visitor) visit(ctx context.Context, client *http.Client, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+v.path+"?"+v.wish.query(), nil)
	if err != nil {
		return false
	}
	request.Header.Set(numberHeader, strconv.Itoa(v.number))
	request.Header.Set(ticketHeader, v.ticket)
	if v.complains {
		request.Header.Set(complaintHeader, "yes")
	}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err == nil && response.StatusCode == http.StatusOK
}
