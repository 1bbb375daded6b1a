package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/spans"
)

// storage is a place where Jaeger keeps spans, and what of the promises it
// does not keep, or keeps in its own way.
type storage struct {
	name    string
	system  string   // that stands beside Jaeger and is killed; "" is a Jaeger that owns the files
	address string   // variable that tells Jaeger where the system is
	files   []string // of the Jaegers, in the order in which they start
	forgets bool     // all that it has, when Jaeger stops
	kinds   bool     // it knows the kinds of operations
	exact   bool     // it keeps lists as lists, and the attributes of links
	away    fate     // of spans that are sent while it is dead, without a queue

	// A span may be lost that was taken so shortly before it was killed. Cassandra
	// answers a write before its log has it for good, which is each tenth of a
	// second (CASSANDRA-13987); a collector has had the span for a fifth, in its
	// batch processor; and the machine is busy.
	last time.Duration
}

// fate is what becomes of spans for which there is no database. A queue saves
// them, so only ways without one have another.
type fate int

const (
	waits   fate = iota // every way in has a queue
	lost                // they are accepted, and lost; the log of Jaeger says so
	refused             // the sender is kept waiting, and gives up; what was accepted is not lost
)

var storages = []storage{
	{name: "memory", files: []string{backends + "/zipkin-to-jaeger.yaml"}, forgets: true, kinds: true, exact: true},
	{name: "badger", files: parts("storage", "collector", "query"), away: waits},
	{name: "cassandra", system: "cassandra", address: "CASSANDRA_ADDRESS", files: parts("cassandra"), kinds: true, away: lost, last: time.Second},
	{name: "opensearch", system: "opensearch", address: "SEARCH_URL", files: parts("opensearch"), away: refused},
	{name: "elasticsearch", system: "elasticsearch", address: "SEARCH_URL", files: parts("elasticsearch"), away: refused},
	{name: "kafka in front of badger", system: "kafka", address: "KAFKA_BROKER", files: parts("storage", "kafka-ingester", "kafka-collector", "query"), away: waits},
}

// parts are files of production.
func parts(names ...string) []string {
	var all []string
	for _, name := range names {
		all = append(all, solved(name+".yaml"))
	}
	return all
}

// TestStorages holds every storage to the same promises, one after the other:
// they are heavy.
func TestStorages(t *testing.T) {
	services, b := buildServices(t), realJaeger(t)
	for _, s := range storages {
		t.Run(s.name, func(t *testing.T) {
			h := s.start(t, b)
			h.spans = newSpecimen()
			for _, promise := range []struct {
				name string
				hold func(*held, *testing.T)
			}{
				{"finds what was written", (*held).finds},
				{"has the services' traces", func(h *held, t *testing.T) { h.hasServices(t, services) }},
				{"keeps it over a restart of Jaeger", (*held).outlivesJaeger},
				{"comes back after it was killed", (*held).comesBack},
				{"ends when it is told to", (*held).ends},
			} {
				if !t.Run(promise.name, func(t *testing.T) { promise.hold(h, t) }) {
					return
				}
			}
		})
	}
}

// held is a storage that runs, and is held to its promises.
type held struct {
	storage
	spans    specimen
	database database
	ways     []*deployed // the file as it is, and with a queue
}

// finds asks for what was written in each way that there is.
func (h *held) finds(t *testing.T) {
	if err := export(t.Context(), h.ways[0].in.Endpoints.OTLPGRPC, h.spans.otlp()); err != nil {
		t.Fatal(err)
	}
	h.awaitSpecimen(t)
}

// awaitSpecimen waits: Elasticsearch shows a write after up to twelve seconds.
func (h *held) awaitSpecimen(t *testing.T) {
	t.Helper()
	awaitNil(t, time.Minute, func(ctx context.Context) error { return h.found(ctx, h.ways[0].out) })
}

// hasServices sends a request through both services, a computation, and one
// that fails.
func (h *held) hasServices(t *testing.T, services string) {
	to := "OTEL_EXPORTER_OTLP_ENDPOINT=http://" + h.ways[0].in.Endpoints.OTLPGRPC
	fetch(t, services, to)
	users := startService(t, services, "user-service", []string{"-chunk-pause=0"}, to)
	for n, want := range map[string]int{"1000": http.StatusOK, "4000000": http.StatusUnprocessableEntity} {
		if got := get(t, users.url+"/compute?workers=4&n="+n); got != want {
			t.Errorf("n=%s: %d, want %d", n, got, want)
		}
	}
	users.stop(t)

	var got []spans.Span
	const each = 6 // a server span, the computation, and four chunks
	awaitNil(t, time.Minute, func(ctx context.Context) (err error) {
		got, err = h.ways[0].out.Client().Find(ctx, jaeger.Search{Service: "user-service"})
		if err == nil && len(got) != 3+2*each {
			err = fmt.Errorf("%d spans of the services are found, want %d", len(got), 3+2*each)
		}
		return err
	})
	for _, trace := range spans.Group(got) {
		if slices.ContainsFunc(trace.Spans, func(s spans.Span) bool { return s.Service() == "joke-service" }) {
			checkFetch(t, trace.Spans)
			continue
		}
		checkComputation(t, trace.Spans)
	}
}

func checkComputation(t *testing.T, trace []spans.Span) {
	t.Helper()
	server, computation := named(t, trace, "GET /compute"), named(t, trace, "heavy-computation")
	if len(trace) != 6 || computation.ParentID != server.SpanID || computation.Resource.Get("deployment.environment.name") != "development" {
		t.Errorf("the spans do not hang together:\n%+v", trace)
	}
	switch computation.Attributes.Get("input.size") {
	case int64(1000):
		if event := computation.Event("computed-sum"); event == nil || event.Attributes.Get("value") != int64(332833500) {
			t.Errorf("the events became %v", computation.Events)
		}
	case int64(4000000):
		if computation.Status.Code != spans.StatusError || computation.Event("exception") == nil {
			t.Errorf("the error became %v and %v", computation.Status, computation.Events)
		}
	default:
		t.Errorf("the attributes became %v", computation.Attributes)
	}
}

func (h *held) outlivesJaeger(t *testing.T) {
	h.ways[0].restart(t)
	if !h.forgets {
		h.awaitSpecimen(t)
		return
	}
	if got, err := h.ways[0].out.Client().Services(t.Context()); err != nil || len(got) > 0 {
		t.Errorf("it is said to forget, and knows %v (%v)", got, err)
	}
}

// comesBack kills the database while spans come in, and starts it again. No
// Jaeger may end for that, what was there is there, and new spans arrive.
func (h *held) comesBack(t *testing.T) {
	if h.forgets {
		return // there is nothing to kill but Jaeger, with all that it has
	}
	queued := startTraffic(t, h.ways[len(h.ways)-1], patienceOfSDK)
	all := []*traffic{queued}
	if h.away != waits {
		all = append(all, startTraffic(t, h.ways[0], 2*time.Second)) // shorter than any start of a database
	}
	queued.await(t, 10)
	h.database.kill()
	killed := time.Now() // it has ended: also what was taken on the way there may be lost
	queued.await(t, 50)
	h.database.restart(t)
	back := time.Now()
	for _, tr := range all {
		awaitNil(t, time.Minute, func(ctx context.Context) error { return tr.arrivesSince(ctx, back) })
		tr.stop()
	}
	for _, tr := range all {
		fate := waits
		if tr != queued {
			fate = h.away
		}
		tr.check(t, fate, func(taken time.Time) bool { return taken.Before(killed) && killed.Sub(taken) < h.last })
	}
	h.awaitSpecimen(t)
}

func (h *held) ends(t *testing.T) {
	for _, way := range h.ways {
		way.stop(t)
	}
	h.database.stop(t)
}

// check looks at what became of spans that were sent while there was no
// database. What it may lose in any case does not count.
func (tr *traffic) check(t *testing.T, want fate, mayLose func(accepted time.Time) bool) {
	t.Helper()
	if want == lost {
		missing, err := tr.missing(t.Context(), mayLose)
		if err != nil || missing == 0 {
			t.Errorf("%s: of %d traces that were accepted, %d are lost (%v): this storage is said to lose some", tr.service, len(tr.accepted), missing, err)
		}
		if log := tr.way.log.String(); !strings.Contains(log, "Exporting failed. Rejecting data.") {
			t.Errorf("the log does not say that spans were lost:\n%s", log)
		}
		return
	}
	awaitNil(t, time.Minute, func(ctx context.Context) error {
		missing, err := tr.missing(ctx, mayLose)
		if err == nil && missing > 0 {
			err = fmt.Errorf("%s: of %d traces that were accepted, %d are lost", tr.service, len(tr.accepted), missing)
		}
		return err
	})
	if (len(tr.refused) > 0) != (want == refused) {
		t.Errorf("%s: %d traces were refused (%v)", tr.service, len(tr.refused), tr.err)
	}
}
