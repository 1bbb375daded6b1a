package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/internal/page/traces"
	"example.com/tracing-workshop/workshop/internal/traceview"
	"example.com/tracing-workshop/workshop/spans"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// requestOf gives the three spans of a request through two services.
func requestOf(n int) []spans.Span {
	id := fmt.Sprintf("%032x", n+1)
	span := func(number int, parent, service, name string, kind spans.Kind) spans.Span {
		return spans.Span{
			TraceID: id, SpanID: fmt.Sprintf("%016x", n*16+number), ParentID: parent, Name: name, Kind: kind,
			Start:      noon.Add(time.Duration(n)*time.Second + time.Duration(number)*time.Millisecond),
			End:        noon.Add(time.Duration(n)*time.Second + time.Duration(20-number)*time.Millisecond),
			Attributes: spans.Attributes{{Key: "http.route", Value: "/fetch"}, {Key: "n", Value: int64(n)}},
			Resource:   spans.Attributes{{Key: "service.name", Value: service}},
			Status:     spans.Status{Code: spans.StatusUnset},
		}
	}
	server := span(1, "", "user", "GET /fetch", spans.KindServer)
	client := span(2, server.SpanID, "user", "GET", spans.KindClient)
	joke := span(3, client.SpanID, "joke", "GET /joke", spans.KindServer)
	if n%10 == 0 {
		joke.Status = spans.Status{Code: spans.StatusError, Description: "out of jokes"}
	}
	return []spans.Span{joke, client, server}
}

func storeOf(requests int) *Store {
	s := NewStore(Budget)
	for n := range requests {
		s.Add(requestOf(n))
	}
	return s
}

func TestList(t *testing.T) {
	s := storeOf(25)
	list, err := s.List(t.Context(), traces.Question{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := traces.Summaries{Of: 25, More: 23, Traces: []traces.Summary{
		summary(24, 0), summary(23, 0),
	}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func summary(n, errors int) traces.Summary {
	return traces.Summary{
		ID: fmt.Sprintf("%032x", n+1), Start: noon.Add(time.Duration(n)*time.Second + time.Millisecond), Duration: 18 * time.Millisecond,
		Spans: 3, Errors: errors, Service: "user", Operation: "GET /fetch", Services: []string{"user", "joke"}, Complete: true,
	}
}

func TestFilters(t *testing.T) {
	s := storeOf(25)
	for name, test := range map[string]struct {
		filter traceview.Filter
		want   int
	}{
		"all":                          {traceview.Filter{}, 25},
		"a service":                    {traceview.Filter{Service: "joke"}, 25},
		"no such service":              {traceview.Filter{Service: "jok"}, 0},
		"errors":                       {traceview.Filter{Failed: true}, 3},
		"errors of another service":    {traceview.Filter{Service: "user", Failed: true}, 0},
		"an operation":                 {traceview.Filter{Service: "user", Operation: "GET /fetch"}, 25},
		"longer":                       {traceview.Filter{Longer: 18 * time.Millisecond}, 25},
		"too long":                     {traceview.Filter{Longer: 19 * time.Millisecond}, 0},
		"shorter":                      {traceview.Filter{Service: "joke", Shorter: 15 * time.Millisecond}, 25},
		"not what is inside a service": {traceview.Filter{Service: "user", Shorter: 17 * time.Millisecond}, 0},
		"an attribute":                 {traceview.Filter{Attributes: []traceview.Attribute{{Key: "n", Value: "7"}}}, 1},
		"an attribute of the resource": {traceview.Filter{Attributes: []traceview.Attribute{{Key: "service.name", Value: "joke"}}}, 25},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := s.List(t.Context(), traces.Question{Filter: test.filter, Limit: 1000})
			if err != nil || list.Of != test.want || len(list.Traces) != test.want || list.More != 0 {
				t.Errorf("%d traces of %d, more %d, error %v; want %d", len(list.Traces), list.Of, list.More, err, test.want)
			}
		})
	}
	since, _ := s.List(t.Context(), traces.Question{Since: time.Since(noon.Add(20 * time.Second)), Limit: 1000})
	if since.Of != 5 {
		t.Errorf("since 20 s after noon there are %d traces, want 5", since.Of)
	}
}

func TestTrace(t *testing.T) {
	s := storeOf(20)
	trace, err := s.Trace(t.Context(), fmt.Sprintf("%032x", 7))
	if err != nil || trace.Spans != 3 || trace.Rows[0].Name != "GET /fetch" {
		t.Errorf("got %d spans, %v", trace.Spans, err)
	}
	var ambiguous *traces.Ambiguous
	if _, err := s.Trace(t.Context(), "0000"); !errors.As(err, &ambiguous) || !strings.Contains(err.Error(), "20 ids begin with 0000") {
		t.Errorf("got %v", err)
	}
	var missing *traces.NotFound
	if _, err := s.Trace(t.Context(), "beef"); !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
	one := requestOf(0)
	one[0].TraceID = "beef" + one[0].TraceID[4:]
	s.Add(one[:1])
	if trace, err := s.Trace(t.Context(), "beef"); err != nil || trace.Spans != 1 {
		t.Errorf("got %d spans, %v", trace.Spans, err)
	}
}

// TestSpanSentTwice draws it once: rows have ids of their own.
func TestSpanSentTwice(t *testing.T) {
	s := NewStore(Budget)
	s.Add(requestOf(0))
	s.Add(requestOf(0)[:1])
	trace, err := s.Trace(t.Context(), requestOf(0)[0].TraceID)
	if err != nil || len(trace.Rows) != 3 {
		t.Errorf("%d rows, want 3; %v", len(trace.Rows), err)
	}
}

func TestIncomplete(t *testing.T) {
	s := NewStore(Budget)
	s.Add(requestOf(0)[:2])
	list, _ := s.List(t.Context(), traces.Question{Limit: 5})
	if got := list.Traces[0]; got.Complete || got.Operation != "GET" || got.Service != "user" {
		t.Errorf("got %+v; want the earliest span in place of the root, and that it is not complete", got)
	}
}

func TestServicesAndCalls(t *testing.T) {
	s := storeOf(20)
	services, _ := s.Services(t.Context())
	want := []traces.Service{{Name: "joke", Operations: []string{"GET /joke"}}, {Name: "user", Operations: []string{"GET", "GET /fetch"}}}
	if diff := cmp.Diff(want, services); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	calls, _ := s.Calls(t.Context(), traces.Question{})
	wantCalls := []traces.Call{
		{Caller: "user", Service: "joke", Operation: "GET /joke", Calls: 20, Errors: 2, Began: 2, Traces: 20},
		{Caller: "", Service: "user", Operation: "GET /fetch", Calls: 20, Traces: 20},
	}
	if diff := cmp.Diff(wantCalls, calls); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestBudget has the oldest traces go first, with all that is counted of them.
func TestBudget(t *testing.T) {
	probe := storeOf(1)
	one := probe.Counts().Bytes
	s := NewStore(10 * one)
	for n := range 1000 {
		s.Add(requestOf(n))
		if got := s.Counts(); got.Bytes > got.Budget {
			t.Fatalf("%d bytes after %d traces, with a budget of %d", got.Bytes, n, got.Budget)
		}
	}
	left := NewStore(Budget)
	for n := 990; n < 1000; n++ {
		left.Add(requestOf(n))
	}
	c := s.Counts()
	if c.Traces != 10 || c.Spans != 30 || c.Forgotten != 990 || c.Arrived != 3000 || c.Bytes != left.Counts().Bytes {
		t.Errorf("got %+v", c)
	}
	list, _ := s.List(t.Context(), traces.Question{Limit: 100})
	if list.Of != 10 || list.Traces[9].ID != requestOf(990)[0].TraceID {
		t.Errorf("%d traces are left, the oldest is %s", list.Of, list.Traces[len(list.Traces)-1].ID)
	}
	if _, err := s.Trace(t.Context(), requestOf(5)[0].TraceID); err == nil || !strings.Contains(err.Error(), "990 old ones") {
		t.Errorf("got %v", err)
	}
	if len(s.order)-s.first != 10 || cap(s.order) > 100 || len(s.byID) != 10 {
		t.Errorf("the order has room for %d, the map has %d", cap(s.order), len(s.byID))
	}
	s.Add(hugeTrace(2000)) // more than all of the budget
	if c := s.Counts(); c.Bytes != 0 || c.Spans != 0 || c.Traces != 0 {
		t.Errorf("got %+v; want that a trace above the budget is not kept", c)
	}
	if services, _ := s.Services(t.Context()); len(services) != 0 {
		t.Errorf("services of nothing: %v", services)
	}
}

// hugeTrace gives one trace with many spans, six deep.
func hugeTrace(n int) []spans.Span {
	var all []spans.Span
	for i := range n {
		s := requestOf(0)[2]
		s.TraceID, s.SpanID, s.Name = "feed"+s.TraceID[4:], fmt.Sprintf("%016x", i+1), fmt.Sprintf("work %d", i%50)
		if i > 0 {
			s.ParentID = fmt.Sprintf("%016x", (i-1)/6+1)
		}
		all = append(all, s)
	}
	return all
}

// TestReadWhileMoreArrives is for the race detector.
func TestReadWhileMoreArrives(t *testing.T) {
	s := NewStore(1 << 20)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 2000 {
			for _, span := range requestOf(n / 2) {
				s.Add([]spans.Span{span})
			}
		}
	}()
	for reading := true; reading; {
		select {
		case <-done:
			reading = false
		default:
		}
		list, _ := s.List(t.Context(), traces.Question{Limit: 50, Filter: traceview.Filter{Service: "user", Longer: 1}})
		for _, summary := range list.Traces[:min(3, len(list.Traces))] {
			_, _ = s.Trace(t.Context(), summary.ID)
		}
		_, _ = s.Calls(t.Context(), traces.Question{})
		_, _ = s.Services(t.Context())
	}
}

// TestSizeIsHonest compares the estimate with what the heap grows by.
func TestSizeIsHonest(t *testing.T) {
	heap := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	s := NewStore(Budget)
	const many = 20_000
	for n := range many {
		batch := requestOf(n)
		for i := range batch { // as from the wire, where nothing is shared
			batch[i].TraceID = strings.Clone(batch[i].TraceID)
			batch[i].Name = strings.Clone(batch[i].Name)
			for _, list := range []spans.Attributes{batch[i].Attributes, batch[i].Resource} {
				for j := range list {
					list[j].Key = strings.Clone(list[j].Key)
				}
			}
		}
		s.Add(batch)
	}
	grown, told := heap()-before, s.Counts().Bytes
	if ratio := float64(told) / float64(grown); ratio < 0.7 || ratio > 1.4 {
		t.Errorf("the estimate is %d bytes, and the heap grew by %d", told, grown)
	}
	runtime.KeepAlive(s)
}

func BenchmarkAdd(b *testing.B) {
	s := NewStore(64 << 20)
	var batches [][]spans.Span
	for n := range 1000 {
		batches = append(batches, requestOf(n))
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		batch := slices.Clone(batches[n%1000])
		id := fmt.Sprintf("%032x", n)
		for i := range batch {
			batch[i].TraceID = id
		}
		s.Add(batch)
		n++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*3), "ns/span")
}

func BenchmarkListAmong100000Spans(b *testing.B) {
	s := storeOf(33_334)
	for name, q := range map[string]traces.Question{
		"newest":     {Limit: 20},
		"errors":     {Limit: 20, Filter: traceview.Filter{Failed: true}},
		"a service":  {Limit: 20, Filter: traceview.Filter{Service: "joke", Longer: 15 * time.Millisecond}},
		"attributes": {Limit: 20, Filter: traceview.Filter{Attributes: []traceview.Attribute{{Key: "n", Value: "500"}}}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.List(context.Background(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("calls", func(b *testing.B) {
		for b.Loop() {
			_, _ = s.Calls(context.Background(), traces.Question{})
		}
	})
}

func BenchmarkTraceOf10000SpansToJSON(b *testing.B) {
	s := NewStore(Budget)
	s.Add(hugeTrace(10_000))
	for b.Loop() {
		trace, err := s.Trace(context.Background(), "feed")
		if err != nil {
			b.Fatal(err)
		}
		content, err := json.Marshal(trace)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(content)))
	}
}
