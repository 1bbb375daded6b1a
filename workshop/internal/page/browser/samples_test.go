package browser

import (
	"fmt"
	"math/rand/v2"
	"time"

	"example.com/tracing-workshop/workshop/internal/timeline"
	"example.com/tracing-workshop/workshop/internal/verdict"
	"example.com/tracing-workshop/workshop/spans"
)

var begin = time.Date(2026, 11, 25, 9, 21, 4, 716e6, time.UTC)

// sample makes a trace of spans that are given by what differs.
type sample struct {
	trace spans.Trace
}

func newSample(n int) *sample {
	return &sample{spans.Trace{ID: fmt.Sprintf("%08x%024x", 0x650d9060+n, n+1)}}
}

// add adds a span from and until so many microseconds after the begin, and gives its id.
func (s *sample) add(parent, service, name string, kind spans.Kind, from, until int, attributes ...spans.Attribute) string {
	id := fmt.Sprintf("%016x", len(s.trace.Spans)+1)
	s.trace.Spans = append(s.trace.Spans, spans.Span{
		TraceID: s.trace.ID, SpanID: id, ParentID: parent, Name: name, Kind: kind,
		Start: begin.Add(time.Duration(from) * time.Microsecond), End: begin.Add(time.Duration(until) * time.Microsecond),
		Attributes: attributes, Status: spans.Status{Code: spans.StatusUnset}, Scope: "example.com/tracing-workshop/" + service,
		Resource: spans.Attributes{
			{Key: "service.name", Value: service}, {Key: "service.version", Value: "1.0.0"}, {Key: "deployment.environment.name", Value: "development"},
		},
	})
	return id
}

func (s *sample) last() *spans.Span { return &s.trace.Spans[len(s.trace.Spans)-1] }

func (s *sample) event(name string, at int, attributes ...spans.Attribute) {
	s.last().Events = append(s.last().Events, spans.Event{Name: name, Time: begin.Add(time.Duration(at) * time.Microsecond), Attributes: attributes})
}

func (s *sample) fail(reason string) {
	s.last().Status = spans.Status{Code: spans.StatusError, Description: reason}
}

// compute is a trace of overlapping chunks, with an event and all types of attributes.
func compute(n int) timeline.Trace {
	s := newSample(n)
	root := s.add("", "user-service", "GET /compute", spans.KindServer, 0, 120380,
		spans.Attribute{Key: "http.request.method", Value: "GET"}, spans.Attribute{Key: "http.response.status_code", Value: int64(200)},
		spans.Attribute{Key: "http.route", Value: "/compute"}, spans.Attribute{Key: "server.load", Value: 0.75},
		spans.Attribute{Key: "cached", Value: false}, spans.Attribute{Key: "tags", Value: []any{"a", "b"}})
	s.last().TraceState = "vendor=1"
	s.last().Links = []spans.Link{{TraceID: newSample(n + 1).trace.ID, SpanID: "0000000000000001"}}
	heavy := s.add(root, "user-service", "heavy-computation", spans.KindInternal, 47, 120217, spans.Attribute{Key: "input.size", Value: int64(1000)})
	s.event("computed-sum", 120180, spans.Attribute{Key: "value", Value: int64(332833500)})
	for i := range 6 {
		s.add(heavy, "user-service", "compute-chunk", spans.KindInternal, 80+i, 20300*(6-i), spans.Attribute{Key: "chunk", Value: int64(i)})
	}
	return timeline.Of(s.trace)
}

// failed has two services, an error with an exception, a skewed clock, and a parent that never came.
func failed(n int) timeline.Trace {
	s := newSample(n)
	root := s.add("", "user-service", "GET /fetch-external", spans.KindServer, 300, 12800)
	s.fail("")
	s.event("exception", 12100, spans.Attribute{Key: "exception.message", Value: "joke-service answered without a joke"})
	client := s.add(root, "user-service", "HTTP GET", spans.KindClient, 620, 12400)
	s.add(client, "joke-service", "GET /jokes/random", spans.KindServer, 0, 3210)
	s.fail("the jokes are out")
	s.add("00000000000000aa", "cache", "lookup", spans.KindInternal, 4000, 7000)
	return timeline.Of(s.trace)
}

// broken is what arrives in step 3 before the last gap: a span is expected that did not come, and one lacks an attribute.
func broken() timeline.Trace {
	s := newSample(40)
	root := s.add("", "user-service", "GET /fetch-external", spans.KindServer, 0, 1140)
	client := s.add(root, "user-service", "HTTP GET", spans.KindClient, 90, 1075)
	t := timeline.Of(s.trace, timeline.Expected{
		Name: "GET /jokes/random", Service: "joke-service", Kind: spans.KindServer, Parent: client,
		Says: "The server span of joke-service belongs here: it is in another trace.",
	})
	t.Rows[1].Lacks = []timeline.Lack{{What: "attribute", Name: "http.route"}, {What: "event", Name: "computed-sum"}}
	return t
}

const hostileText = `<img src=x onerror=alert(1)>"'><script>alert(2)</script>`

// hostile has markup wherever a program can put text.
func hostile() timeline.Trace {
	s := newSample(50)
	attribute := spans.Attribute{Key: hostileText, Value: hostileText}
	root := s.add("", hostileText, hostileText, spans.KindServer, 0, 9000, attribute)
	s.fail(hostileText)
	s.event(hostileText, 100, attribute)
	s.last().TraceState, s.last().Scope = hostileText, hostileText
	s.last().Links = []spans.Link{{TraceID: hostileText, SpanID: hostileText, Attributes: spans.Attributes{attribute}}}
	t := timeline.Of(s.trace, timeline.Expected{Name: hostileText, Service: hostileText, Says: hostileText, Parent: root})
	t.Rows[0].Lacks = []timeline.Lack{{What: hostileText, Name: hostileText}}
	return t
}

// big has ten thousand spans of ten services.
func big() timeline.Trace {
	s := newSample(60)
	random := rand.New(rand.NewPCG(1, 2))
	parents := []string{s.add("", "service-0", "GET /everything", spans.KindServer, 0, 10_000_000)}
	for i := range 9999 {
		from := random.IntN(9_900_000)
		id := s.add(parents[random.IntN(min(len(parents), 400))], fmt.Sprintf("service-%d", i%10), fmt.Sprintf("operation %d", i%97), spans.KindInternal, from, from+random.IntN(80_000))
		parents = append(parents, id)
	}
	return timeline.Of(s.trace)
}

// cities is a trace of the cities of step 5, for the graph and more colours.
func cities(n int) timeline.Trace {
	s := newSample(n)
	root := s.add("", "user-service", "GET /plan-trip", spans.KindServer, 0, 90000)
	zurich := s.add(root, "zurich", "GET /connections", spans.KindServer, 3000, 84000)
	for i := range 6 {
		s.add(zurich, "basel", "GET /delays", spans.KindServer, 5000+i*9000, 13000+i*9000)
	}
	cologne := s.add(zurich, "cologne", "GET /seats", spans.KindServer, 60000, 82000)
	s.add(cologne, "amsterdam", "GET /platforms", spans.KindServer, 62000, 70000)
	s.fail("lock timeout")
	s.event("lock-timeout", 69000)
	s.add(cologne, "frankfurt", "GET /platforms", spans.KindServer, 70500, 74000)
	s.add(cologne, "bern", "GET /platforms", spans.KindServer, 74500, 77000)
	s.add(cologne, "milan", "GET /platforms", spans.KindServer, 77500, 81000)
	return timeline.Of(s.trace)
}

func record(passed int) verdict.Record {
	r := verdict.Record{Step: step, Begun: begin, Ended: begin.Add(2500 * time.Millisecond), Commands: []string{"step03-autoinstrument user-service", "step03-autoinstrument joke-service"}}
	r.Requests, r.Stderr = []string{"GET /fetch-external"}, []string{"joke-service | level=INFO msg=request path=/jokes/random status=200"}
	musts := []string{
		"Each service leaves a server span for each request, called after the method and the route.",
		"The call of joke-service leaves a client span in user-service.",
		"The client span is below the server span of the request that it belongs to.",
		"A request through both services is one trace, and their log lines about it name that trace.",
		"When joke-service answers nonsense, the answer is 502, and the trace tells why.",
	}
	for i, must := range musts {
		outcome := "pending"
		if i < passed {
			outcome = "pass"
		} else if i == passed {
			outcome = "fail"
		}
		r.Checks = append(r.Checks, verdict.Check{Name: fmt.Sprint("check", i), Section: i + 1, Must: must, Outcome: outcome})
	}
	if r.Passed = passed == len(musts); r.Passed {
		r.Traces = []timeline.Trace{compute(41)}
		return r
	}
	r.Traces = []timeline.Trace{broken()}
	r.Failure = &verdict.Failure{
		Check: r.Checks[passed].Name, Must: musts[passed], Section: passed + 1,
		Says:  `The trace breaks before the server span "GET /jokes/random" of joke-service: it is in another trace than the client span of user-service.`,
		Cause: "no-propagator", Why: "joke-service started a trace of its own: no traceparent reached it, because no propagator is set.",
		Next: "Set the global propagator with otel.SetTextMapPropagator. TODO(4) in tracing.go:31 is the place.", Gap: "tracing.go:31", Span: broken().Rows[1].ID,
	}
	return r
}

const lessonHTML = `<p>At the border the train changes hands. The next railway has its own <em>conductors</em>, and a context is a thing in the memory of one process: it <strong>cannot cross</strong>. Over HTTP the label is a header, <code>traceparent</code>. W3C has standardised it.</p>
<pre class="code language-text">traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
</pre>
<table><thead><tr><th>field</th><th>what it says</th></tr></thead><tbody>
<tr><td><code>00</code></td><td>the version of the format</td></tr>
<tr><td><code>4bf92f35…</code></td><td>the <strong>trace ID</strong>: the number on the folder</td></tr></tbody></table>
<p><strong>Write</strong>, at <code>TODO(4)</code>: set the global propagator with <a href="https://pkg.go.dev/go.opentelemetry.io/otel#SetTextMapPropagator" target="_blank" rel="noopener noreferrer">otel.SetTextMapPropagator</a>. More in <a href="#/learn/step03-autoinstrument/2">section 2</a>.</p>
<details><summary>One way to write it</summary>
<pre class="code language-go"><span class="tok-c1">// The propagators write the active span into the headers.</span>
<span class="tok-nx">otel</span>.<span class="tok-nf">SetTextMapPropagator</span>(<span class="tok-nx">propagation</span>.<span class="tok-nf">NewCompositeTextMapPropagator</span>(
	<span class="tok-nx">propagation</span>.<span class="tok-nx">TraceContext</span>{},
))
<span class="tok-k">return</span> <span class="tok-nx">provider</span>.<span class="tok-nx">Shutdown</span>, <span class="tok-kc">nil</span>
</pre></details>
<p><strong>Run</strong> the services again, and send the same label:</p>
<pre class="code language-console"><span class="tok-gp">$ </span>curl -s http://127.0.0.1:8080/fetch-external
<span class="tok-go">{"joke":"…"}</span>
</pre>
<h3>And now the real thing</h3>
<p>Two processes, one folder. Read the bars from the outside in. The client span is longer than the server span in it: the difference is the way there and back.</p>`
