package cause

import (
	"fmt"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

const (
	// ingesterFile is the learner's configuration of what reads the topic.
	ingesterFile = "kafka-ingester.yaml"
	// producerFile is the given one of what writes it.
	producerFile = "kafka-collector.yaml"
)

// kafkaCauses are of an ingester that does not write what is on the topic.
var kafkaCauses = []Cause{
	ingester("kafka-brokers", "two addresses, of the collector and of the ingester", func(f *Fault) string {
		reads, writes := f.receiver("brokers"), f.producer("brokers")
		shared := func(address string) bool { return slices.Contains(texts(writes), address) }
		if len(f.Evidence.Deployment.Last()) > 0 || slices.ContainsFunc(texts(reads), shared) {
			return ""
		}
		return fmt.Sprintf("The ingester looks for Kafka at %s, and the collector finds it at %s. A Jaeger starts without its broker, and goes on looking for it.",
			evidence.Show(reads), evidence.Show(writes))
	}, "Write the address as the collector has it, in kafka-collector.yaml."),
	ingester("kafka-topic", "the names of two topics, and nothing that arrives", func(f *Fault) string {
		reads, writes := f.receiver("traces", "topic"), f.producer("traces", "topic")
		if reads == writes || len(f.Evidence.Deployment.Last()) > 0 {
			return ""
		}
		return fmt.Sprintf("The collector writes to the topic %s, and the ingester reads %s%s. A topic that is not there is no error: it may come.",
			evidence.Show(writes), evidence.Show(reads), byDefault(reads))
	}, "Under receivers.kafka.traces, name the topic that the collector's exporter names."),
	ingester("kafka-encoding", "two encodings, of the collector and of the ingester", func(f *Fault) string {
		reads, writes := f.receiver("traces", "encoding"), f.producer("traces", "encoding")
		if reads == writes {
			return ""
		}
		return fmt.Sprintf("The collector writes %s, and the ingester reads %s: it finds bytes that say nothing to it.",
			evidence.Show(writes), evidence.Show(reads))
	}, writtenEncoding),
	refused("kafka-encoding", "unrecognized traces encoding",
		"The receiver has no encoding of that name. It is called as in the file of the collector: otlp_proto.",
		writtenEncoding),
	ingester("kafka-latest", "the place where the ingester begins, and spans from before that are gone", func(f *Fault) string {
		if f.receiver("initial_offset") != "latest" || f.gone("storage.yaml") || len(f.Evidence.Deployment.Last()) == 0 {
			return ""
		}
		return "A group that Kafka has no place of begins with what comes next, which is the default, latest: what was on the topic before, it never reads."
	}, "Set initial_offset to earliest."),
	ingester("kafka-marked-early", "when a message counts as read, and spans that a killed ingester had in its hands", func(f *Fault) string {
		if f.receiver("message_marking", "after") == true || !f.gone(ingesterFile) || f.waits() != "" {
			return ""
		}
		return "A message counts as read as soon as the ingester takes it in hand. It was killed with some in its hands, and Kafka does not give those out again."
	}, "Under receivers.kafka, set after: true in message_marking."),
	ingester("kafka-queue", "what the ingester holds in memory, and spans that were gone with it", func(f *Fault) string {
		if f.waits() == "queue" && strings.Contains(f.Evidence.Deployment.Part(ingesterFile).Log.String(), "sending queue is full") {
			return "The ingester takes spans from the topic into its queue, and that was full. Then it reads no more of that part of the topic until somebody starts it again."
		}
		if !f.gone(ingesterFile) || f.waits() == "" {
			return ""
		}
		return fmt.Sprintf("The ingester takes spans from the topic into its %s, where they count as read. That is memory, and was gone when the ingester was killed.", f.waits())
	}, "Take the queue and the batch out of the ingester: the topic is the queue."),
	ingester("retry-off", "the settings that Jaeger runs with, and spans that are gone", func(f *Fault) string {
		tries := f.storageExporter(ingesterFile, "retry_on_failure", "enabled") == true || f.receiver("error_backoff", "enabled") == true
		if !f.gone("storage.yaml") || tries || f.waits() != "" {
			return ""
		}
		return "The ingester does not try again. When a write fails, it stops reading that part of the topic until somebody restarts it, or goes on without those spans: as message_marking says."
	}, "Under exporters.jaeger_storage_exporter, switch retry_on_failure on, with max_elapsed_time: 0."),
}

const writtenEncoding = "Under receivers.kafka.traces, write the encoding that the collector's exporter has."

func ingester(name, fact string, witness func(*Fault) string, next string) Cause {
	return Cause{name: name, of: shortfalls{evidence.Lost}, fact: fact, next: next, witness: func(f *Fault) string {
		if f.Evidence.Deployment == nil || f.Evidence.Deployment.Part(ingesterFile) == nil || f.Evidence.Deployment.Part(producerFile) == nil {
			return ""
		}
		return witness(f)
	}}
}

// receiver gives what the ingester's receiver runs with.
func (f *Fault) receiver(path ...string) any {
	id := f.component(ingesterFile, "receivers", "kafka")
	return f.Evidence.Deployment.Setting(ingesterFile, append([]string{"receivers", id}, path...)...)
}

// producer gives what the exporter of the collector before it runs with.
func (f *Fault) producer(path ...string) any {
	return f.Evidence.Deployment.Setting(producerFile, append([]string{"exporters", "kafka"}, path...)...)
}

// gone tells whether a part was killed before the miss: a play ends with the first
// look that falls short, so nothing is killed after that.
func (f *Fault) gone(file string) bool {
	part := f.Evidence.Deployment.Part(file)
	return part != nil && part.Killed
}

// waits names where spans wait in the ingester's memory, or gives "".
func (f *Fault) waits() string {
	if f.storageExporter(ingesterFile, "queue", "enabled") == true && f.storageExporter(ingesterFile, "queue", "wait_for_result") != true {
		return "queue"
	}
	return f.component(ingesterFile, "processors", "batch")
}

// byDefault says that nobody wrote the name of a topic: it is that of the receiver
// for traces (OpenTelemetry Collector, kafkareceiver).
func byDefault(topic any) string {
	if topic == "otlp_spans" {
		return ", its default"
	}
	return ""
}
