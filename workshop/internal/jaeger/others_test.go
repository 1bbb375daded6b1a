package jaeger

import (
	"reflect"
	"testing"
)

// TestOthers passes over what is described, and named in no pipeline for traces.
func TestOthers(t *testing.T) {
	c := configOf(t, `{
		"receivers": {
			"kafka/in": {"brokers": ["a:9092", "b:9092"], "traces": {"topic": "spans"}, "logs": {"topic": "logs"}},
			"kafka/idle": {"brokers": ["c:9092"], "traces": {"topic": "idle"}},
			"kafka/logs": {"brokers": ["d:9092"], "traces": {"topic": "none"}},
			"zipkin": {"endpoint": "127.0.0.1:9411"}, "jaeger": {"protocols": {}}},
		"connectors": {"forward": {}},
		"exporters": {
			"kafka": {"brokers": ["e:9092"], "traces": {"topic": "more"}},
			"otlphttp": {"endpoint": "", "traces_endpoint": "http://f/v1/traces"}},
		"extensions": {
			"remote_storage": {"storage": "lent"},
			"jaeger_storage": {"backends": {
				"both": {"grpc": {"endpoint": "r:1", "writer": {"endpoint": "w:2"}}},
				"one": {"grpc": {"endpoint": "r:1", "writer": {"endpoint": ""}}},
				"own": {"memory": {}, "grpc": null}}}},
		"service": {"extensions": ["jaeger_storage", "remote_storage"], "pipelines": {
			"logs": {"receivers": ["kafka/logs"], "exporters": ["debug"]},
			"traces/in": {"receivers": ["kafka/in", "zipkin", "jaeger", "otlp", "nop"], "exporters": ["forward", "kafka"]},
			"traces/out": {"receivers": ["forward", "kafka/in"], "exporters": ["kafka", "otlphttp", "debug", "jaeger_storage_exporter"]}}}}`)
	remote := func(name string) [2]string {
		reads, writes := c.Remote(name)
		return [2]string{reads, writes}
	}
	for what, test := range map[string]struct{ got, want any }{
		"takes from":             {c.TakesFrom(), []Topic{{[]string{"a:9092", "b:9092"}, "spans"}}},
		"hands on to":            {c.HandsOnTo(), []Topic{{[]string{"e:9092"}, "more"}}},
		"other receivers":        {c.OtherReceivers(), []Part{{"zipkin", "127.0.0.1:9411"}, {"jaeger", ""}}},
		"other exporters":        {c.OtherExporters(), []Part{{"otlphttp", "http://f/v1/traces"}}},
		"lends":                  {c.Lends(), "lent"},
		"remote, apart":          {remote("both"), [2]string{"r:1", "w:2"}},
		"remote, one address":    {remote("one"), [2]string{"r:1", "r:1"}},
		"of another kind":        {remote("own"), [2]string{}},
		"lends nothing":          {configOf(t, `{"extensions": {"remote_storage": {"storage": "lent"}}}`).Lends(), ""},
		"a file without traffic": {configOf(t, `{}`).OtherReceivers(), []Part(nil)},
	} {
		if !reflect.DeepEqual(test.got, test.want) {
			t.Errorf("%s: %v, want %v", what, test.got, test.want)
		}
	}
}
