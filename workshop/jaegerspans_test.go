package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// greeting gives what is said of a Jaeger with a configuration, in lines.
func greeting(t *testing.T, c jaeger.Config, file string) []string {
	t.Helper()
	var out bytes.Buffer
	h := &host{Console: console.New(&out), Repository: workshoptest.Here(t)}
	h.greet(jaeger.Binary{UI: true}, &jaeger.Process{Config: c, Endpoints: c.Endpoints()}, file)
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

// facts are the lines that begin as those sentences do.
func facts(said []string) []string {
	return slices.DeleteFunc(slices.Clone(said), func(line string) bool {
		line = strings.TrimSpace(line)
		return !strings.HasPrefix(line, "It ") && !strings.HasPrefix(line, "Other Jaegers ")
	})
}

const (
	noneItself  = "It keeps no traces itself."
	inMemoryNow = "It keeps traces in memory: they are gone when it stops."
	noOTLP      = "  It takes no spans: no pipeline of the file has a receiver for OTLP."
	noQuestions = "  It answers no questions: service.extensions of the file lacks jaeger_query."
	toStorage   = "It writes them to the storage at 127.0.0.1:17271."
	grpcRow     = "  OTLP over gRPC  http://127.0.0.1:4317"
	queryRow    = "  query API       http://127.0.0.1:16686"
)

// TestJaegerSaysOfItsFile lets a real Jaeger read the files of the lesson, and looks
// at what is said of each. Whoever runs this test may have another machine's addresses
// in the environment: the usual ones are set.
func TestJaegerSaysOfItsFile(t *testing.T) {
	b := realJaeger(t)
	usual := []string{
		"STORAGE_LISTEN=127.0.0.1:17271", "STORAGE_ADDRESS=127.0.0.1:17271", "KAFKA_BROKER=127.0.0.1:9092", "KAFKA_TOPIC=jaeger-spans",
		"OTLP_GRPC_LISTEN=127.0.0.1:4317", "QUERY_LISTEN=127.0.0.1:16686", "METRICS_LISTEN=127.0.0.1:8889", "ZIPKIN_LISTEN=127.0.0.1:9411",
		"JAEGER_ENDPOINT=127.0.0.1:4317", "HONEYCOMB_API_KEY=key",
	}
	for file, test := range map[string]struct{ facts, rows, not []string }{
		solved("storage.yaml"): {
			facts: []string{
				"It keeps traces in " + filepath.Join(filepath.Dir(solved("storage.yaml")), "jaeger-data") + ", also when it stops.",
				"Other Jaegers write to it and read from it over gRPC, at 127.0.0.1:17271.",
				"  It answers other Jaegers alone: service.extensions lacks jaeger_query.",
			},
			rows: []string{"  storage, gRPC   127.0.0.1:17271"},
			not:  []string{"See the traces that it holds:"},
		},
		solved("collector.yaml"): {
			facts: []string{noneItself, toStorage, noQuestions},
			rows:  []string{grpcRow},
		},
		solved("query.yaml"): {
			facts: []string{noneItself, "It reads them from the storage at 127.0.0.1:17271.", noOTLP},
			rows:  []string{queryRow, "See the traces that it finds:"},
		},
		solved("kafka-collector.yaml"): {
			facts: []string{noneItself, "It hands them on to Kafka at 127.0.0.1:9092, topic jaeger-spans.", noQuestions},
			rows:  []string{grpcRow},
		},
		solved("kafka-ingester.yaml"): {
			facts: []string{noneItself, toStorage, "  It takes spans from Kafka at 127.0.0.1:9092, topic jaeger-spans.", noQuestions},
		},
		solved("rates.yaml"): {
			facts: []string{inMemoryNow},
			rows:  []string{grpcRow, queryRow, "  metrics         http://127.0.0.1:8889/metrics", "See the traces that it holds:"},
		},
		solved("tail-sampling.yaml"): {
			facts: []string{inMemoryNow},
			rows:  []string{grpcRow, queryRow},
			not:   []string{"  metrics         http://127.0.0.1:8889/metrics"},
		},
		solved("cassandra.yaml"):     {facts: []string{"It keeps traces in cassandra."}},
		solved("elasticsearch.yaml"): {facts: []string{"It keeps traces in elasticsearch."}},
		solved("opensearch.yaml"):    {facts: []string{"It keeps traces in opensearch."}},
		filepath.Join(backends, "zipkin-to-jaeger.yaml"): {
			facts: []string{inMemoryNow, "  It takes spans by zipkin, at 127.0.0.1:9411."},
		},
		filepath.Join(backends, "collector.yaml"): {
			facts: []string{noneItself, "It hands them on by otlp/jaeger, to 127.0.0.1:4317.", "It hands them on by otlp/honeycomb, to api.honeycomb.io:443.", noQuestions},
		},
	} {
		c, err := jaeger.ReadConfig(t.Context(), b, jaeger.Options{Config: file, Env: usual})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		said := greeting(t, c, file)
		if got := facts(said); !slices.Equal(got, test.facts) {
			t.Errorf("of %s is said\n%s\nwant\n%s", file, strings.Join(got, "\n"), strings.Join(test.facts, "\n"))
		}
		for _, row := range test.rows {
			if !slices.Contains(said, row) {
				t.Errorf("of %s is not said %q:\n%s", file, row, strings.Join(said, "\n"))
			}
		}
		for _, row := range test.not {
			if slices.Contains(said, row) {
				t.Errorf("of %s is said %q", file, row)
			}
		}
	}
}

// TestJaegerSaysOfOtherFiles says of files that nobody has in the lesson what is so.
func TestJaegerSaysOfOtherFiles(t *testing.T) {
	const otlp = `"receivers": {"otlp": {"protocols": {"grpc": {"endpoint": "127.0.0.1:4317"}}}}`
	storages := func(text string) string {
		return `"jaeger_storage": {"backends": {` + text + `}}, "jaeger_query": {"storage": {"traces": "here"}, "http": {"endpoint": "127.0.0.1:16686"}}`
	}
	const into = `"exporters": {"jaeger_storage_exporter": {"trace_storage": "here"}}`
	for what, test := range map[string]struct {
		config string
		want   []string
	}{
		"one Jaeger over a remote storage": {
			`{` + otlp + `, ` + into + `, "extensions": {` + storages(`"here": {"grpc": {"endpoint": "a:1"}}`) + `},
			"service": {"extensions": ["jaeger_query"], "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["jaeger_storage_exporter"]}}}}`,
			[]string{noneItself, "It writes them to the storage at a:1, and reads them there."},
		},
		"reads and writes apart": {
			`{` + otlp + `, ` + into + `, "extensions": {` + storages(`"here": {"grpc": {"endpoint": "a:1", "writer": {"endpoint": "b:2"}}}`) + `},
			"service": {"extensions": ["jaeger_query"], "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["jaeger_storage_exporter"]}}}}`,
			[]string{noneItself, "It writes them to the storage at b:2.", "It reads them from the storage at a:1."},
		},
		"a storage of its own, and Kafka as well": {
			`{` + otlp + `, "exporters": {"kafka": {"brokers": ["a:1", "b:2"], "traces": {"topic": "t"}}, "jaeger_storage_exporter": {"trace_storage": "here"}},
			"extensions": {` + storages(`"here": {"memory": {}}`) + `},
			"service": {"extensions": ["jaeger_query"], "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["jaeger_storage_exporter", "kafka"]}}}}`,
			[]string{inMemoryNow, "It hands them on to Kafka at a:1, b:2, topic t."},
		},
		"a storage that takes spans itself and lends": {
			`{` + otlp + `, ` + into + `, "extensions": {"remote_storage": {"storage": "here", "endpoint": "127.0.0.1:17271"}, ` + storages(`"here": {"memory": {}}`) + `},
			"service": {"extensions": ["jaeger_query", "remote_storage"], "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["jaeger_storage_exporter"]}}}}`,
			[]string{inMemoryNow, "Other Jaegers write to it and read from it over gRPC, at 127.0.0.1:17271."},
		},
		"the extension remote_storage is described, and not named": {
			`{"extensions": {"remote_storage": {"storage": "here", "endpoint": "127.0.0.1:17271"}, ` + storages(`"here": {"memory": {}}`) + `},
			"service": {"extensions": ["jaeger_storage"], "pipelines": {"traces": {"receivers": ["nop"], "exporters": ["nop"]}}}}`,
			[]string{"It keeps no traces: no pipeline of the file ends in a storage.", noOTLP, noQuestions},
		},
		"the exporter for Kafka is described, and not named": {
			`{` + otlp + `, "exporters": {"kafka": {"brokers": ["a:1"], "traces": {"topic": "t"}}},
			"service": {"pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["debug"]}}}}`,
			[]string{"It keeps no traces: no pipeline of the file ends in a storage.", noQuestions},
		},
		"a query page over its own memory, which nobody fills": {
			`{` + otlp + `, "extensions": {` + storages(`"here": {"memory": {}}`) + `},
			"service": {"extensions": ["jaeger_query"], "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["debug"]}}}}`,
			[]string{"It keeps no traces: no pipeline of the file ends in a storage."},
		},
		"a query page over a database": {
			`{"extensions": {` + storages(`"here": {"cassandra": {}}`) + `},
			"service": {"extensions": ["jaeger_query"], "pipelines": {"traces": {"receivers": ["nop"], "exporters": ["nop"]}}}}`,
			[]string{noneItself, "It reads them from cassandra.", noOTLP},
		},
		"a receiver without one address": {
			`{"receivers": {"jaeger": {"protocols": {"grpc": {"endpoint": "127.0.0.1:14250"}}}},
			"service": {"pipelines": {"traces": {"receivers": ["jaeger"], "exporters": ["otlp"]}}}}`,
			[]string{noneItself, "It hands them on by otlp.", "  It takes spans by jaeger.", noQuestions},
		},
	} {
		c, err := jaeger.ParseConfig([]byte(test.config))
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := facts(greeting(t, c, "mine.yaml")); !slices.Equal(got, test.want) {
			t.Errorf("%s: it says\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
}
