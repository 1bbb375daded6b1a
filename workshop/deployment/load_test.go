package deployment

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// loadSpans is how many spans BenchmarkLoad sends into each storage.
var loadSpans = flag.Int("load", 50_000, "how many `spans` BenchmarkLoad sends into each storage")

// loads are the rows of the table: a storage, and what its Jaeger is told of it.
var loads = []struct{ name, backend, storage string }{
	{"Badger", "", "{badger: {ephemeral: false, directories: {keys: data/keys, values: data/values}}}"},
	{"memory", "", "{memory: {max_traces: 1000000}}"},
	{"Cassandra", "cassandra", `{cassandra: {schema: {keyspace: load, create: true, replication_factor: 1, datacenter: datacenter1}, ` +
		`connection: {servers: ["127.0.0.1:9042"], auth: {basic: {username: cassandra, password: cassandra}}, tls: {insecure: true}}}}`},
	{"OpenSearch", "opensearch", `{opensearch: {server_urls: ["http://127.0.0.1:9200"], ` + indices + `}}`},
	{"Elasticsearch", "elasticsearch", `{elasticsearch: {server_urls: ["http://127.0.0.1:9200"], ` + indices + `}}`},
}

const indices = `indices: {index_prefix: load, spans: {date_layout: "2006-01-02", shards: 1, replicas: 0}, services: {date_layout: "2006-01-02", shards: 1, replicas: 0}}`

// BenchmarkLoad sends the traces of both services into each storage at full speed,
// and writes the table of step05-jaeger/production/README.md. With -benchtime 1x
// it does so once:
//
//	go test ./workshop/deployment -run '^$' -bench Load -benchtime 1x
func BenchmarkLoad(b *testing.B) {
	var table strings.Builder
	table.WriteString("| storage | spans taken a second | written a second (Badger = 1) | refused | dropped, reported | lost in silence | found | whole traces | all found after | memory: database | Jaeger |\n")
	table.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	var badger float64
	for _, row := range loads {
		b.Run(row.name, func(b *testing.B) {
			for b.Loop() {
				l := load(b, row.backend, row.storage)
				badger = cmp.Or(badger, l.written)
				b.ReportMetric(l.taken, "taken/s")
				b.ReportMetric(l.written, "written/s")
				b.ReportMetric(l.written/badger, "of-Badger")
				b.ReportMetric(float64(l.found)/float64(l.sent), "found")
				b.ReportMetric(l.searchable.Seconds(), "s-until-found")
				table.WriteString(l.row(row.name, badger))
			}
		})
	}
	fmt.Fprintf(os.Stdout, "\n%s\n", table.String())
}

// loaded is what came of it.
type loaded struct {
	sent, refused, found int
	traces, whole        int
	taken, written       float64       // spans a second: taken by the collector, and until all were found
	searchable           time.Duration // from the last span that was sent to the last that was found
	storage, jaeger      int64         // bytes of memory at the end; 0 if unknown
	reported             int           // that Jaeger said it had dropped
}

func (l loaded) row(name string, badger float64) string {
	memory := func(bytes int64) string {
		if bytes == 0 {
			return "in Jaeger"
		}
		return text.Megabytes(bytes)
	}
	silent := max(0, l.sent-l.refused-l.reported-l.found)
	return fmt.Sprintf("| %s | %s | %s (%.2f) | %s | %s | %s | %s of %s | %s of %s | %.0f s | %s | %s |\n", name, text.Grouped(int(l.taken)), text.Grouped(int(l.written)), l.written/badger,
		text.Grouped(l.refused), text.Grouped(l.reported), text.Grouped(silent), text.Grouped(l.found), text.Grouped(l.sent), text.Grouped(l.whole), text.Grouped(l.traces),
		l.searchable.Seconds(), memory(l.storage), memory(l.jaeger))
}

// bench is a stage of a benchmark.
type bench struct {
	facts  tracecheck.Deployment
	folder string
}

func (s *bench) Deployment() *tracecheck.Deployment { return &s.facts }
func (s *bench) Folder() string                     { return s.folder }

func load(b *testing.B, system, storage string) loaded {
	if system != "" {
		Need(b, system)
	}
	config, err := os.ReadFile("testdata/load.yaml")
	if err != nil {
		b.Fatal(err)
	}
	files := fstest.MapFS{"load.yaml": {Data: bytes.Replace(config, []byte("STORAGE"), []byte(storage), 1)}}
	stage := &bench{folder: b.TempDir()}
	d := newOn(stage, fs.FS(files))
	defer d.discard()
	var database *Backend
	if system != "" {
		database = d.Backend(system)
	}
	j := d.Jaeger("load.yaml")
	sending := overAnHour(*loadSpans)
	began := time.Now()
	d.Send(j, sending)
	d.conclude()
	if stage.facts.Err != nil {
		b.Fatal(stage.facts.Err)
	}
	sent := time.Now()
	l := loaded{sent: len(stage.facts.Sendings[0].Spans), refused: stage.facts.Sendings[0].Refused}
	l.traces = l.sent / 3
	held, last := findAll(b, d.ctx, j, stage.facts.Sendings[0].Spans, l.sent-l.refused)
	for _, t := range spans.Group(held) {
		if l.found += len(t.Spans); len(t.Spans) == 3 {
			l.whole++
		}
	}
	l.searchable = last.Sub(sent)
	l.taken = float64(l.sent-l.refused) / sent.Sub(began).Seconds()
	l.written = float64(l.found) / last.Sub(began).Seconds()
	for _, dropped := range droppedItems.FindAllStringSubmatch(j.part.Log.String(), -1) {
		n, _ := strconv.Atoi(dropped[1])
		l.reported += n
	}
	if database != nil {
		l.storage, _ = database.process.Memory()
	}
	l.jaeger, _ = j.part.Process.Memory()
	return l
}

// droppedItems is what the exporter helper logs of spans that it gives up.
var droppedItems = regexp.MustCompile(`"(?:dropped|rejected)_items": (\d+)`)

// overAnHour gives traces of so many spans that began in the last hour, each a
// moment after the one before, so that a search can ask for a part of them.
func overAnHour(n int) Traces {
	var all Traces
	traces := (n + 2) / 3
	for i := range traces {
		all = append(all, visit(time.Now().Add(-time.Hour+time.Duration(i)*time.Hour/time.Duration(traces)))...)
	}
	return all
}

// findAll looks for n spans of the last hour, until they are there or no more
// come, and tells when the last of them came. To read all of them takes longer
// than to write them, so it first waits for one trace in a hundred.
func findAll(b *testing.B, ctx context.Context, j *Jaeger, sent []spans.Span, n int) (held []spans.Span, last time.Time) {
	b.Helper()
	last = awaitSome(b, ctx, j, sent)
	more := time.Now() // when a look had more than the one before
	for before, pass := 0, 0; ; pass++ {
		held = readHour(ctx, j)
		if len(held) > before {
			if more = time.Now(); pass > 0 {
				last = more
			}
		}
		// One look at a busy database may take longer than the patience.
		if before = max(before, len(held)); before >= n || pass > 0 && time.Since(more) > loadPatience {
			return held, last
		}
		if err := pause(ctx, glance); err != nil {
			b.Fatal(err)
		}
	}
}

// loadPatience is how long no span may come until none will.
const loadPatience = 30 * time.Second

// awaitSome waits until one trace in a hundred is whole, or no more come.
func awaitSome(b *testing.B, ctx context.Context, j *Jaeger, sent []spans.Span) (last time.Time) {
	b.Helper()
	client := j.part.Process.Client()
	last = time.Now()
	for i := 0; i < len(sent); i += 300 {
		for {
			trace, err := client.Trace(ctx, sent[i].TraceID)
			if err == nil && len(trace) == 3 {
				last = time.Now()
				break
			}
			if time.Since(last) > loadPatience {
				return last
			}
			if err := pause(ctx, glance); err != nil {
				b.Fatal(err)
			}
		}
	}
	return last
}

// readHour reads what there is of the last hour, in parts.
func readHour(ctx context.Context, j *Jaeger) (held []spans.Span) {
	const parts, each = 60, 70 * time.Second
	seen := map[string]bool{}
	from := time.Now().Add(-parts * each)
	for range parts {
		until := from.Add(each)
		part, _ := j.part.Process.Client().Find(ctx, jaeger.Search{Service: "user-service", From: from, To: until, Limit: 5000})
		for _, s := range part {
			if id := s.TraceID + s.SpanID; !seen[id] {
				seen[id], held = true, append(held, s)
			}
		}
		from = until
	}
	return held
}
