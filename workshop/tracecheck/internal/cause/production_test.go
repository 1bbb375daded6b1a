package cause

import (
	"testing"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// TestCausesOfADeployment names causes from the configuration that Jaeger runs
// with, whatever its parts are called.
func TestCausesOfADeployment(t *testing.T) {
	const (
		queue    = `"queue": {"enabled": true, "sizer": {}, "queue_size": 1000}`
		retry    = `"retry_on_failure": {"enabled": true, "max_elapsed_time": 3e8}`
		hurried  = `"retry_on_failure": {"enabled": true, "max_elapsed_time": 300}`
		over     = `"extensions": {"jaeger_storage": {"backends": {"spans": {"grpc": {}}}}}, "service": {"pipelines": {"traces/in": {"exporters": ["jaeger_storage_exporter/main"]}}}`
		inMemory = `"extensions": {"jaeger_storage": {"backends": {"spans": {"memory": {}}}}}, "service": {"pipelines": {"traces": {"exporters": ["jaeger_storage_exporter/main"]}}}`
		full     = "sending queue is full"
		tooLarge = "element size too large"
		gaveUp   = "no more retries left: storage is away"
	)
	exporter := func(settings string) string {
		return `"exporters": {"jaeger_storage_exporter": {}, "jaeger_storage_exporter/main": {"trace_storage": "spans", ` + settings + `}}, `
	}
	for name, c := range map[string]struct {
		file, config, log string
		what              evidence.Shortfall
		want, says        string
	}{
		"retry off": {collectorFile, exporter(queue) + over, "", evidence.Lost,
			"retry-off", "retry_on_failure is off in the exporter. A write that fails is not made again, and its spans are thrown away; whoever sent them was told that all is well."},
		"queue off": {collectorFile, exporter(retry) + over, "", evidence.Refused,
			"queue-off", "The exporter tries again, and has no queue: while it does, nothing else gets past it, and soon the collector takes no more spans."},
		"small queue": {collectorFile, exporter(queue+", "+retry) + over, tooLarge, evidence.Refused,
			"queue-too-small", "queue_size is 1,000, counted as sizer says, and one batch is larger than that: the queue takes no full batch."},
		"full queue": {collectorFile, exporter(queue+", "+retry) + over, full, evidence.Lost,
			"queue-too-small", "queue_size is 1,000, counted as sizer says, and the queue was full before the storage was back. What did not fit was thrown away."},
		"waits": {collectorFile, exporter(`"queue": {"enabled": true, "wait_for_result": true}, `+retry) + over, "", evidence.Refused,
			"queue-waits", "wait_for_result is on: whoever puts a batch into the queue waits until it is written. While the storage is away, that is everybody."},
		"gives up": {collectorFile, exporter(queue+", "+retry) + over, gaveUp, evidence.Lost,
			"retry-gives-up", "max_elapsed_time is 300ms. So long after its first attempt the exporter gives a batch up, and the storage was away for longer."},
		"gives up at once": {collectorFile, exporter(queue+", "+hurried) + over, gaveUp, evidence.Lost,
			"retry-gives-up", "max_elapsed_time is 300ns, as a number without a unit counts nanoseconds. So long after its first attempt the exporter gives a batch up, and the storage was away for longer."},
		"another storage": {collectorFile, exporter(`"queue": {}`) + inMemory, "", evidence.Lost,
			"storage-of-its-own", "The collector writes to memory, a storage in its own process. The query process asks another one, storage.yaml."},
		"no storage": {collectorFile, `"service": {"pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["debug"]}}}`, "", evidence.Lost,
			"no-storage-exporter", "With collector.yaml, spans come in, and the pipeline ends in debug: it writes to no storage."},
		"database in files": {databaseFile, exporter(queue) + `"extensions": {"jaeger_storage": {"backends": {"spans": {"badger": {}}}}}, "service": {"pipelines": {"traces": {"exporters": ["jaeger_storage_exporter/main"]}}}`, "", evidence.Elsewhere,
			"not-in-database", "The storage is badger, and Cassandra has nothing to do: spans are on this machine only, as before."},
		"full queue of an ingester": {ingesterFile, `"exporters": {"jaeger_storage_exporter": {"queue": {"enabled": true}, ` + retry + `}}, "receivers": {"kafka": {"message_marking": {"after": true}, "initial_offset": "earliest"}}, "service": {"pipelines": {"traces": {"receivers": ["kafka"], "exporters": ["jaeger_storage_exporter"]}}}`, full, evidence.Lost,
			"kafka-queue", "The ingester takes spans from the topic into its queue, and that was full. Then it reads no more of that part of the topic until somebody starts it again."},
	} {
		t.Run(name, func(t *testing.T) {
			config, err := jaeger.ParseConfig([]byte("{" + c.config + "}"))
			if err != nil {
				t.Fatal(err)
			}
			writer := &evidence.Part{File: producerFile, Process: &jaeger.Process{}, Log: &proc.Transcript{}}
			log := &proc.Transcript{}
			_, _ = log.Write([]byte(c.log))
			d := &evidence.Deployment{Parts: []*evidence.Part{{File: c.file, Process: &jaeger.Process{Config: config}, Log: log}, writer}, Looks: []evidence.Held{{Spans: []spans.Span{{}}}}}
			check(t, &Fault{Miss: &evidence.Miss{What: c.what}, Evidence: &evidence.Evidence{Deployment: d}}, c.want, c.says)
		})
	}
}

// TestCausesOfPolicies names causes from the policies of the processors that decide.
func TestCausesOfPolicies(t *testing.T) {
	settings := func(key string, value any) map[string]any { return map[string]any{key: value} }
	failed := evidence.Policy{Name: "failed", Type: "status_code", Processor: "tail_sampling", Settings: settings("status_codes", []any{"ERROR"})}
	slow := evidence.Policy{Name: "slow", Type: "latency", Processor: "tail_sampling", Settings: settings("threshold_ms", 200)}
	share := evidence.Policy{Name: "share", Type: "probabilistic", Processor: "tail_sampling", Settings: settings("sampling_percentage", 10)}
	idle := func(p evidence.Policy) evidence.Policy { p.Processor = "tail_sampling/idle"; return p }
	bare := func(p evidence.Policy, unread ...string) evidence.Policy {
		p.Settings, p.Unread = nil, unread
		return p
	}
	limited := evidence.Policy{Name: "all", Type: "composite", Processor: "tail_sampling", Settings: settings("max_total_spans_per_second", 1000), Parts: []evidence.Policy{failed, slow, share}}
	rate := evidence.Policy{Name: "some", Type: "rate_limiting", Processor: "tail_sampling", Settings: settings("spans_per_second", 100)}
	for name, c := range map[string]struct {
		processors string
		policies   []evidence.Policy
		what       evidence.Shortfall
		class      string
		want, says string
	}{
		"policies of another processor": {`"tail_sampling"`, []evidence.Policy{idle(failed), idle(slow)}, evidence.Unkept, evidence.Failures,
			"no-policies", "tail_sampling has no policies. A trace is kept if one of them wants it, so none is kept."},
		"in a row": {`"tail_sampling", "tail_sampling/idle"`, []evidence.Policy{failed, idle(slow)}, evidence.Unkept, evidence.Failures,
			"decided-twice", "In the pipeline traces, tail_sampling and tail_sampling/idle decide one after the other. Each throws away what its own policies do not want, so a trace is kept only if all of them want it."},
		"composite": {`"tail_sampling"`, []evidence.Policy{limited}, evidence.Unkept, evidence.Failures,
			"composite-limits", "The policy all is of the type composite: it keeps max_total_spans_per_second at most, here 1000, and of each part only its rate_allocation of that. A part that has none there keeps nothing."},
		"composite beside the policy itself": {`"tail_sampling"`, []evidence.Policy{limited, failed}, evidence.Unkept, evidence.Failures, "", ""},
		"no threshold": {`"tail_sampling"`, []evidence.Policy{failed, bare(slow, "latency_ms"), share}, evidence.Kept, evidence.Others,
			"policy-without-settings", "The policy slow has no threshold_ms under latency. Beside it stands latency_ms, which nobody reads. What is not said is 0, and every trace takes longer than nothing."},
		"no percentage": {`"tail_sampling"`, []evidence.Policy{failed, slow, bare(share)}, evidence.Unkept, evidence.Others,
			"policy-without-settings", "The policy share has no sampling_percentage under probabilistic. What is not said is 0, so it keeps nothing."},
		"a rate": {`"tail_sampling"`, []evidence.Policy{failed, slow, rate}, evidence.Kept, evidence.Others,
			"rate-is-no-share", "The policy some is of the type rate_limiting: it keeps up to 100 spans a second, however many come. Which share that is depends on the traffic."},
		"a small rate": {`"tail_sampling"`, []evidence.Policy{failed, slow, rate}, evidence.Unkept, evidence.Others,
			"rate-is-no-share", "The policy some is of the type rate_limiting: it keeps up to 100 spans a second, however many come. Which share that is depends on the traffic."},
	} {
		t.Run(name, func(t *testing.T) {
			config, err := jaeger.ParseConfig([]byte(`{
				"processors": {"tail_sampling": {"decision_wait": 5e9, "num_traces": 100}},
				"service": {"pipelines": {"traces": {"receivers": ["otlp"], "processors": [` + c.processors + `], "exporters": ["jaeger_storage_exporter"]}}}}`))
			if err != nil {
				t.Fatal(err)
			}
			d := &evidence.Deployment{Parts: []*evidence.Part{{File: tailFile, Process: &jaeger.Process{Config: config}, Policies: c.policies}}}
			check(t, &Fault{Miss: &evidence.Miss{What: c.what, Key: c.class, Span: &spans.Span{}}, Evidence: &evidence.Evidence{Deployment: d}}, c.want, c.says)
		})
	}
}

// TestCountedTwice has two pipelines that lead into the connector.
func TestCountedTwice(t *testing.T) {
	config, err := jaeger.ParseConfig([]byte(`{"service": {"pipelines": {
		"traces": {"receivers": ["otlp"], "exporters": ["jaeger_storage_exporter", "spanmetrics"]},
		"traces/counted": {"receivers": ["otlp"], "exporters": ["spanmetrics"]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	const file = "rates.yaml"
	d := &evidence.Deployment{Measured: evidence.Measured{From: file}, Parts: []*evidence.Part{{File: file, Process: &jaeger.Process{Config: config}}}}
	for got, want := range map[int]string{20: "counted-twice", 30: "", 0: ""} {
		f := &Fault{Miss: &evidence.Miss{What: evidence.Miscounted, Key: "calls", Got: got, Want: 10}, Evidence: &evidence.Evidence{Deployment: d}}
		says := ""
		if want != "" {
			says = "The pipelines traces and traces/counted all lead into spanmetrics. A receiver hands each span to all pipelines that name it, so each is counted 2 times."
		}
		check(t, f, want, says)
	}
}

// TestRefusals names causes of what Jaeger says of a file; TestRealJaegerSaysWhatIsWrong
// of package jaeger has the real one say so.
func TestRefusals(t *testing.T) {
	for message, want := range map[string]string{
		`yaml: unmarshal errors: line 48: mapping key "exporters" already defined at line 22`:                                                      "yaml-key-twice",
		`'exporters': "jaeger_storage_exporter": 'queue.queue_size' expected type 'int64', got unconvertible type 'string'`:                        "value-of-wrong-kind",
		`'exporters': "jaeger_storage_exporter": 'retry_on_failure' expected a map or struct, got "bool"`:                                          "value-of-wrong-kind",
		`'processors': "tail_sampling": 'policies' source data must be an array or slice, got map`:                                                 "value-of-wrong-kind",
		`'exporters': "jaeger_storage_exporter": 'retry_on_failure.max_elapsed_time' time: unknown unit`:                                           "duration-unit",
		`'extensions': "jaeger_storage": 'backends[spans].cassandra.schema.trace_ttl' time: unknown unit`:                                          "ttl-unit",
		"exporters::jaeger_storage_exporter: queue: `queue_size` must be positive":                                                                 "queue-without-size",
		`failed to build pipelines: failed to create "prometheus" exporter for data type "traces": telemetry type is not supported`:                "component-in-wrong-pipeline",
		"connectors::spanmetrics: failed validating dimensions: duplicate dimension name service.name":                                             "dimension-built-in",
		`'processors': "tail_sampling": 'policies[1][<interface {} Value>]' expected type 'map[string]interface {}', got unconvertible type 'int'`: "policy-without-settings",
		`'processors': '[policies]' expected type 'map[string]interface {}', got unconvertible type '[]interface {}'`:                              "value-of-wrong-kind",
		`exporters::jaeger_storage_exporter::retry_on_failure: 'max_elapsed_time' must not be less than 'initial_interval'`:                        "retry-gives-up",
		`failed to create policy evaluator for "errors": expected at least one status code to filter on`:                                           "policy-without-settings",
		`failed to start "kafka" receiver: unrecognized traces encoding "protobuf"`:                                                                "kafka-encoding",
		"gocql: unable to create session: failed to resolve any of the provided hostnames":                                                         "cassandra-address",
	} {
		e := &evidence.Evidence{Jaeger: &evidence.Jaeger{Err: &jaeger.StartError{Message: message}}}
		d := diagnose(&Fault{Miss: &evidence.Miss{What: evidence.NotStarted}, Evidence: e}, catalogue())
		if d == nil || d.Cause != want {
			t.Errorf("%s: the cause is %+v, want %s", message, d, want)
		}
	}
}

func check(t *testing.T, f *Fault, want, says string) {
	t.Helper()
	switch d := diagnose(f, catalogue()); {
	case d == nil && want != "":
		t.Errorf("there is no cause, want %s; those that hold: %v", want, f.held())
	case d != nil && (d.Cause != want || d.Says != says):
		t.Errorf("the cause is %s:\n%s\nwant %s:\n%s", d.Cause, d.Says, want, says)
	}
}

// held gives the names of all causes that hold.
func (f *Fault) held() (names []string) {
	for _, c := range f.suspects(catalogue()) {
		names = append(names, c.name)
	}
	return names
}
