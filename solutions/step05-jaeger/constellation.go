package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// place is where a service stands in the constellation. The stations have the
// places 0 to 5; which station has which place depends on the seed.
type place int

const (
	atUserService place = 6
	atJokeService place = 7

	places = 8
)

// stations are more than there is room for: who is there depends on the seed,
// too.
var stations = []string{
	"amsterdam", "basel", "cologne", "dresden", "geneva",
	"lyon", "milan", "prague", "vienna", "zurich",
}

// operation is one of the things that a service does.
type operation struct {
	at   place
	path string
}

// calls says which operations there are, and which ones each of them asks in
// turn. Visitors begin at user-service.
var calls = []struct {
	from operation
	to   []operation
}{
	{operation{atUserService, "/plan-trip"}, []operation{{0, "/departures"}, {1, "/connections"}, {atJokeService, "/jokes/random"}}},
	{operation{atUserService, "/book-seat"}, []operation{{0, "/seats"}, {2, "/prices"}}},
	{operation{atUserService, "/lost-bags"}, []operation{{1, "/luggage"}, {2, "/refunds"}}},

	{operation{0, "/departures"}, []operation{{3, "/platforms"}, {4, "/delays"}}},
	{operation{0, "/seats"}, []operation{{5, "/coaches"}, {1, "/discounts"}}},
	{operation{1, "/connections"}, []operation{{3, "/platforms"}, {4, "/delays"}}},
	{operation{1, "/luggage"}, []operation{{3, "/lockers"}, {5, "/coaches"}}},
	{operation{2, "/prices"}, []operation{{5, "/coaches"}, {1, "/discounts"}}},
	{operation{2, "/refunds"}, []operation{{3, "/lockers"}, {4, "/delays"}}},

	{operation{1, "/discounts"}, nil},
	{operation{3, "/platforms"}, nil},
	{operation{3, "/lockers"}, nil},
	{operation{4, "/delays"}, nil},
	{operation{5, "/coaches"}, nil},
	{operation{atJokeService, "/jokes/random"}, nil},
}

// traits are what visitors tell about themselves.
var traits = [...]struct {
	key    string
	values []string
}{
	{"train.type", []string{"intercity", "night", "regional", "express"}},
	{"ticket.class", []string{"first", "second", "sleeper"}},
	{"luggage.kind", []string{"none", "bicycle", "skis", "cello"}},
}

// wish is what a visitor wants: a value for each trait. It goes along with
// every call, and every server's span tells it.
type wish [len(traits)]string

func (w wish) query() string {
	query := url.Values{}
	for i, trait := range traits {
		query.Set(trait.key, w[i])
	}
	return query.Encode()
}

func wishOf(r *http.Request) (w wish) {
	query := r.URL.Query()
	for i, trait := range traits {
		w[i] = query.Get(trait.key)
	}
	return w
}

func (w wish) attributes() []attribute.KeyValue {
	var all []attribute.KeyValue
	for i, trait := range traits {
		all = append(all, attribute.String(trait.key, w[i]))
	}
	return all
}

// The headers in which a visitor tells user-service more. The number goes along
// with every call, as the wish does.
const (
	numberHeader    = "Visitor"
	ticketHeader    = "Ticket"
	complaintHeader = "Complaint"
)

// seedAttribute tells the traffic of one seed from that of another in the same
// Jaeger. It is an attribute of the resource: all spans of a service have it.
const seedAttribute = "traffic.seed"

// constellation is user-service, joke-service and the stations while they run.
// They share a process, because that starts quickly; but each is an HTTP server
// of its own, with a tracer provider and a resource of its own. On the wire and
// in Jaeger they are eight services.
type constellation struct {
	trouble  trouble
	services [places]*service
}

type service struct {
	*constellation
	name     string
	at       place
	url      string
	server   *http.Server
	provider *sdktrace.TracerProvider
	client   *http.Client
}

// startConstellation starts the services on ports that the system picks.
func startConstellation(ctx context.Context, t trouble) (*constellation, error) {
	c := &constellation{trouble: t}
	for at := range place(places) {
		s := &service{constellation: c, at: at, name: t.nameOf(at)}
		if err := s.start(ctx); err != nil {
			return nil, errors.Join(err, c.stop(ctx))
		}
		c.services[at] = s
	}
	return c, nil
}

func (s *service) start(ctx context.Context) error {
	exporter, err := otlptracegrpc.New(ctx)
	if err != nil {
		return err
	}
	res, err := s.resource()
	if err != nil {
		return err
	}
	s.provider = sdktrace.NewTracerProvider(
		// Traffic comes in one burst: the queue is long enough for all of it.
		sdktrace.WithBatcher(exporter, sdktrace.WithMaxQueueSize(1<<15)),
		sdktrace.WithResource(res),
		// An investigation wants all traces, whatever OTEL_TRACES_SAMPLER says.
		sdktrace.WithSampler(sdktrace.AlwaysSample()),
	)
	s.client = &http.Client{
		Timeout:   30 * time.Second,
		Transport: otelhttp.NewTransport(&http.Transport{MaxIdleConnsPerHost: visitorsAtOnce}, s.options()...),
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, s.provider.Shutdown(ctx))
	}
	s.url = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second}
	go s.server.Serve(listener)
	return nil
}

func (s *service) resource() (*resource.Resource, error) {
	res, err := newResource(s.name)
	if err != nil {
		return nil, err
	}
	return resource.Merge(res, resource.NewSchemaless(attribute.String(seedAttribute, strconv.FormatUint(s.trouble.seed, 10))))
}

// options keep the instrumentation off the global provider.
func (s *service) options() []otelhttp.Option {
	return []otelhttp.Option{
		otelhttp.WithTracerProvider(s.provider),
		otelhttp.WithPropagators(propagation.TraceContext{}),
	}
}

func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	for _, call := range calls {
		if call.from.at != s.at {
			continue
		}
		do := func(w http.ResponseWriter, r *http.Request) { s.do(w, r, call.from, call.to) }
		mux.Handle("GET "+call.from.path, otelhttp.NewHandler(http.HandlerFunc(do), call.from.path, s.options()...))
	}
	return mux
}

// do is every operation: a little work, and then the calls.
func (s *service) do(w http.ResponseWriter, r *http.Request, o operation, next []operation) {
	ctx, visitor, number := r.Context(), wishOf(r), r.Header.Get(numberHeader)
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(visitor.attributes()...)
	if ticket := r.Header.Get(ticketHeader); ticket != "" {
		span.SetAttributes(attribute.String("ticket.number", ticket))
	}
	time.Sleep(s.trouble.work(o, visitor))
	span.AddEvent("timetable-read")

	failed := s.trouble.strike(span, o, r.UserAgent(), number)
	for _, to := range next {
		for range s.trouble.times(o, to) {
			if err := s.call(ctx, to, visitor, number); err != nil {
				failed = err
			}
		}
	}
	if r.Header.Get(complaintHeader) != "" {
		slog.WarnContext(ctx, "a visitor complains", "service", s.name)
	}
	if failed != nil {
		writeError(w, http.StatusInternalServerError, failed.Error())
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"from": s.name})
}

// call asks another service.
func (s *service) call(ctx context.Context, to operation, visitor wish, number string) error {
	address := s.services[to.at].url + to.path + "?" + visitor.query()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.Header.Set("User-Agent", s.name)
	request.Header.Set(numberHeader, number)
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", s.services[to.at].name, response.Status)
	}
	return nil
}

// stop stops the services and sends their last spans. The error says which
// services could not send them.
func (c *constellation) stop(ctx context.Context) error {
	var all []error
	for _, s := range c.services {
		if s == nil {
			continue
		}
		_ = s.server.Close()
		if err := s.provider.Shutdown(ctx); err != nil {
			all = append(all, fmt.Errorf("%s: %w", s.name, err))
		}
	}
	return errors.Join(all...)
}
