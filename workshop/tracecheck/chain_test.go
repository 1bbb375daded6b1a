package tracecheck

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// span is one of user-service, in the trace t; spans begin one after the other.
func span(kind spans.Kind, id, parent string, more ...func(*spans.Span)) spans.Span {
	start := time.Date(2026, 1, 2, 3, 4, 5, int(id[0])*1000, time.UTC)
	s := spans.Span{
		TraceID: "t", SpanID: id, ParentID: parent, Name: "HTTP GET", Kind: kind, Start: start, End: start.Add(time.Second),
		Resource: spans.Attributes{{Key: "service.name", Value: "user-service"}},
	}
	for _, change := range more {
		change(&s)
	}
	return s
}

func aCall(s *spans.Span) {
	s.Attributes = append(s.Attributes, spans.Attribute{Key: "http.request.method", Value: "GET"})
}

func failed(s *spans.Span) { s.Status.Code = spans.StatusError }

func answered500(s *spans.Span) {
	s.Attributes = append(s.Attributes, spans.Attribute{Key: "http.response.status_code", Value: int64(500)})
}

func ofJokeService(s *spans.Span) {
	s.Resource = spans.Attributes{{Key: "service.name", Value: "joke-service"}}
}

// TestCallsOfATrace tells a call that was made again, and the parts of a call, from
// calls that have two client spans each.
func TestCallsOfATrace(t *testing.T) {
	const server, client, internal = spans.KindServer, spans.KindClient, spans.KindInternal
	for name, c := range map[string]struct {
		below []spans.Span // the server span s
		calls int
	}{
		"one call":                        {[]spans.Span{span(client, "a", "s", aCall)}, 1},
		"the third try goes well":         {[]spans.Span{span(client, "a", "s", aCall, failed), span(client, "b", "s", aCall, failed), span(client, "c", "s", aCall)}, 1},
		"no try goes well":                {[]spans.Span{span(client, "a", "s", aCall, failed), span(client, "b", "s", aCall, failed)}, 1},
		"a try is answered with 500":      {[]spans.Span{span(client, "a", "s", aCall, answered500), span(client, "b", "s", aCall)}, 1},
		"each try below its own span":     {[]spans.Span{span(internal, "a", "s"), span(client, "b", "a", aCall, failed), span(internal, "c", "s"), span(client, "d", "c", aCall)}, 1},
		"two calls that go well":          {[]spans.Span{span(client, "a", "s", aCall), span(client, "b", "s", aCall)}, 2},
		"a call after one that went well": {[]spans.Span{span(client, "a", "s", aCall), span(client, "b", "s", aCall, failed)}, 2},
		"a transport around another":      {[]spans.Span{span(client, "a", "s", aCall), span(client, "b", "a", aCall)}, 2},
		"the same, and the call fails":    {[]spans.Span{span(client, "a", "s", aCall, failed), span(client, "b", "a", aCall, failed)}, 2},
		"a span by hand around a call":    {[]spans.Span{span(client, "a", "s"), span(client, "b", "a", aCall)}, 2},
		"a connection below a call":       {[]spans.Span{span(client, "a", "s", aCall), span(client, "b", "a")}, 1},
		"a lookup below a connection":     {[]spans.Span{span(client, "a", "s", aCall), span(client, "b", "a"), span(client, "c", "b")}, 1},
		"a span by hand below a call, which is answered": {[]spans.Span{
			span(client, "a", "s", aCall), span(client, "b", "a"), span(server, "c", "b", ofJokeService)}, 2},
		"spans by hand side by side": {[]spans.Span{span(client, "a", "s"), span(client, "b", "s")}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			trace := spans.Trace{ID: "t", Spans: append([]spans.Span{span(server, "s", "")}, c.below...)}
			if got := len(Client("user-service").calls(trace)); got != c.calls {
				t.Errorf("%d calls are seen, want %d", got, c.calls)
			}
		})
	}
}

// TestEveryRequest looks for the client span of a request that was made again.
func TestEveryRequest(t *testing.T) {
	from := func(id string) http.Header {
		return http.Header{"Traceparent": {"00-" + strings.Repeat("t", 32) + "-" + strings.Repeat(id, 16) + "-01"}}
	}
	last := span(spans.KindClient, strings.Repeat("b", 16), "s", aCall)
	first := span(spans.KindClient, strings.Repeat("a", 16), "s", aCall, failed)
	server := span(spans.KindServer, "s", "")
	client := Client("user-service")
	for name, c := range map[string]struct {
		upstream []http.Header
		arrived  []spans.Span
		says     string // of the miss, or ""
	}{
		"a span for each":         {[]http.Header{from("a"), from("b")}, []spans.Span{server, first, last}, ""},
		"one span for both":       {[]http.Header{from("b"), from("b")}, []spans.Span{server, last}, ""},
		"the first span is lost":  {[]http.Header{from("a"), from("b")}, []spans.Span{server, last}, "user-service sent requests from 2 spans, and 1 of them did not arrive."},
		"nothing tells the spans": {[]http.Header{{}, {}}, []spans.Span{server, last}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := &Evidence{Printed: c.arrived, Upstream: c.upstream}
			var got string
			if miss := EveryRequest(client)(e); miss != nil {
				got = miss.Says
			}
			if got != c.says {
				t.Errorf("EveryRequest misses %q, want %q", got, c.says)
			}
			for name, expect := range map[string]Expectation{"HasEach": HasEach(1, client), "Once": Once(client)} {
				if miss := expect(e); miss != nil {
					t.Errorf("%s misses %+v", name, miss)
				}
			}
		})
	}
}

// TestHasEach counts the calls of one request.
func TestHasEach(t *testing.T) {
	const server, client = spans.KindServer, spans.KindClient
	later := func(s *spans.Span) { s.Start, s.End = s.Start.Add(time.Minute), s.End.Add(time.Minute) }
	for name, c := range map[string]struct {
		below []spans.Span // the server span s
		says  string       // of the miss, or ""
	}{
		"one call":                   {[]spans.Span{span(client, "a", "s", aCall)}, ""},
		"a call that is made again":  {[]spans.Span{span(client, "a", "s", aCall), span(client, "b", "s", aCall, later)}, ""},
		"calls at the same time":     {[]spans.Span{span(client, "a", "s", aCall), span(client, "b", "s", aCall)}, "The client span of user-service is there 2 times for 1 request."},
		"a transport around another": {[]spans.Span{span(client, "a", "s", aCall), span(client, "b", "a", aCall)}, "The client span of user-service is there 2 times for 1 request."},
		"no call":                    {nil, "Only 0 of 1 request left the client span of user-service."},
	} {
		t.Run(name, func(t *testing.T) {
			var got string
			if miss := HasEach(1, Client("user-service"))(&Evidence{Printed: append([]spans.Span{span(server, "s", "")}, c.below...)}); miss != nil {
				got = miss.Says
			}
			if got != c.says {
				t.Errorf("HasEach misses %q, want %q", got, c.says)
			}
		})
	}
}

// TestNearMisses tells a span under another name from one of another request.
func TestNearMisses(t *testing.T) {
	called := func(name string) func(*spans.Span) { return func(s *spans.Span) { s.Name = name } }
	for name, c := range map[string]struct{ span, says string }{
		"another name":    {"GET", `The server span of user-service is called "GET"; "GET /joke" is wanted.`},
		"another request": {"GET /healthz", `The server span "GET /joke" of user-service is missing.`},
	} {
		e := &Evidence{Printed: []spans.Span{span(spans.KindServer, "s", "", called(c.span))},
			Exchanges: []*Exchange{{URL: "http://127.0.0.1:8080/joke"}, {URL: "http://127.0.0.1:8080/healthz"}}}
		if miss := Has(Server("user-service", "GET /joke"))(e); miss == nil || miss.Says != c.says {
			t.Errorf("%s: %+v, want %s", name, miss, c.says)
		}
	}
}
