package deployment

import (
	"crypto/rand"
	"fmt"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// Traces are traces as services send them: each part is of one service and one
// trace.
type Traces []*tracepb.ResourceSpans

// Visits gives n traces of a request to GET /fetch-external as the services of
// step 4 leave it: three spans each, of two services.
func Visits(n int) Traces {
	var all Traces
	for range n {
		all = append(all, visit(time.Now())...)
	}
	return all
}

// Computations gives n traces of a request to GET /compute: ten spans each, of
// one service.
func Computations(n int) Traces {
	var all Traces
	for range n {
		all = append(all, computation(time.Now(), 20*time.Millisecond))
	}
	return all
}

func visit(end time.Time) Traces {
	trace, server, client, joke := id(16), id(8), id(8), id(8)
	began := end.Add(-9 * time.Millisecond)
	user := of("user-service",
		span(trace, server, nil, "GET /fetch-external", tracepb.Span_SPAN_KIND_SERVER, began, end, str("http.route", "/fetch-external"), status200()),
		span(trace, client, server, "GET", tracepb.Span_SPAN_KIND_CLIENT, began.Add(time.Millisecond), end.Add(-time.Millisecond), status200()))
	answer := span(trace, joke, client, "GET /jokes/random", tracepb.Span_SPAN_KIND_SERVER, began.Add(2*time.Millisecond), end.Add(-2*time.Millisecond), str("http.route", "/jokes/random"), status200())
	return Traces{user, of("joke-service", answer)}
}

func computation(end time.Time, took time.Duration) *tracepb.ResourceSpans {
	const chunks = 8
	trace, server, heavy := id(16), id(8), id(8)
	began := end.Add(-took)
	all := []*tracepb.Span{
		span(trace, server, nil, "GET /compute", tracepb.Span_SPAN_KIND_SERVER, began, end, str("http.route", "/compute"), status200()),
		span(trace, heavy, server, "heavy-computation", tracepb.Span_SPAN_KIND_INTERNAL, began.Add(time.Millisecond), end.Add(-time.Millisecond), num("input.size", 1000)),
	}
	all[1].Events = []*tracepb.Span_Event{{Name: "computed-sum", TimeUnixNano: nano(end.Add(-time.Millisecond)), Attributes: []*commonpb.KeyValue{num("value", 332833500)}}}
	for i := range chunks {
		all = append(all, span(trace, id(8), heavy, "compute-chunk", tracepb.Span_SPAN_KIND_INTERNAL,
			began.Add(2*time.Millisecond), end.Add(-2*time.Millisecond), num("chunk.index", int64(i))))
	}
	return of("user-service", all...)
}

func of(service string, all ...*tracepb.Span) *tracepb.ResourceSpans {
	return &tracepb.ResourceSpans{
		Resource:   &resourcepb.Resource{Attributes: []*commonpb.KeyValue{str("service.name", service)}},
		ScopeSpans: []*tracepb.ScopeSpans{{Scope: &commonpb.InstrumentationScope{Name: "workshop/deployment"}, Spans: all}},
	}
}

func span(trace, own, parent []byte, name string, kind tracepb.Span_SpanKind, start, end time.Time, attributes ...*commonpb.KeyValue) *tracepb.Span {
	return &tracepb.Span{TraceId: trace, SpanId: own, ParentSpanId: parent, Name: name, Kind: kind,
		StartTimeUnixNano: nano(start), EndTimeUnixNano: nano(end), Attributes: attributes}
}

func nano(t time.Time) uint64 { return uint64(t.UnixNano()) }

func id(bytes int) []byte {
	id := make([]byte, bytes)
	_, _ = rand.Read(id) // it never fails
	return id
}

func str(key, value string) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}}
}

func num(key string, value int64) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: value}}}
}

const statusCode = "http.response.status_code"

func status200() *commonpb.KeyValue { return num(statusCode, 200) }

// batches puts them into exports of up to size spans, each of one service, as
// SDKs do.
func (t Traces) batches(size int) [][]*tracepb.ResourceSpans {
	var all [][]*tracepb.ResourceSpans
	open := map[string]int{} // the batch of a service that has room
	for _, r := range t {
		service := fmt.Sprint(r.Resource)
		i, known := open[service]
		if !known || spanCount(all[i])+spanCount([]*tracepb.ResourceSpans{r}) > size {
			all = append(all, nil)
			i = len(all) - 1
			open[service] = i
		}
		all[i] = append(all[i], r)
	}
	return all
}
