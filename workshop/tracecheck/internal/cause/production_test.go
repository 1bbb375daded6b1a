package cause

import (
	"testing"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// TestRefusals names causes of what Jaeger says of a file; TestRealJaegerSaysWhatIsWrong
// of package jaeger has the real one say so.
func TestRefusals(t *testing.T) {
	for message, want := range map[string]string{
		`yaml: unmarshal errors: line 48: mapping key "exporters" already defined at line 22`:                                       "yaml-key-twice",
		`'exporters': "jaeger_storage_exporter": 'queue.queue_size' expected type 'int64', got unconvertible type 'string'`:         "value-of-wrong-kind",
		`'exporters': "jaeger_storage_exporter": 'retry_on_failure' expected a map or struct, got "bool"`:                           "value-of-wrong-kind",
		`'processors': "tail_sampling": 'policies' source data must be an array or slice, got map`:                                  "value-of-wrong-kind",
		`'exporters': "jaeger_storage_exporter": 'retry_on_failure.max_elapsed_time' time: unknown unit`:                            "duration-unit",
		`'extensions': "jaeger_storage": 'backends[spans].cassandra.schema.trace_ttl' time: unknown unit`:                           "ttl-unit",
		"exporters::jaeger_storage_exporter: queue: `queue_size` must be positive":                                                  "queue-without-size",
		`failed to build pipelines: failed to create "prometheus" exporter for data type "traces": telemetry type is not supported`: "component-in-wrong-pipeline",
		"connectors::spanmetrics: failed validating dimensions: duplicate dimension name service.name":                              "dimension-built-in",
		`'processors': '[policies]' expected type 'map[string]interface {}', got unconvertible type '[]interface {}'`:               "value-of-wrong-kind",
		`failed to start "kafka" receiver: unrecognized traces encoding "protobuf"`:                                                 "kafka-encoding",
		"gocql: unable to create session: failed to resolve any of the provided hostnames":                                          "cassandra-address",
	} {
		e := &evidence.Evidence{Jaeger: &evidence.Jaeger{Err: &jaeger.StartError{Message: message}}}
		d := diagnose(&Fault{Miss: &evidence.Miss{What: evidence.NotStarted}, Evidence: e}, catalogue())
		if d == nil || d.Cause != want {
			t.Errorf("%s: the cause is %+v, want %s", message, d, want)
		}
	}
}
