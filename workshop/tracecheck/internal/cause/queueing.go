package cause

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// collectorFile is the learner's configuration of a collector.
const collectorFile = "collector.yaml"

// queueingCauses are of a collector that does not wait for its storage.
var queueingCauses = []Cause{
	queueing("retry-off", "the settings that Jaeger runs with, and spans that are gone", func(f *Fault) string {
		if f.exporterSetting("retry_on_failure", "enabled") == true || !f.writes() {
			return ""
		}
		says := "retry_on_failure is off in the exporter. A write that fails is not made again, and its spans are thrown away"
		if f.What == evidence.Lost {
			says += "; whoever sent them was told that all is well"
		}
		return says + "."
	}, "Under exporters.jaeger_storage_exporter, switch retry_on_failure on (enabled: true), and a queue beside it, in which spans wait meanwhile."),
	queueing("queue-off", "the settings that Jaeger runs with, and spans that are refused", func(f *Fault) string {
		if f.exporterSetting("retry_on_failure", "enabled") != true || f.exporterSetting("queue", "enabled") == true {
			return ""
		}
		return "The exporter tries again, and has no queue: while it does, nothing else gets past it, and soon the collector takes no more spans."
	}, "Under exporters.jaeger_storage_exporter, switch the queue on: enabled: true, sizer: items, and a queue_size in spans."),
	queueing("queue-too-small", "what the exporter says when it throws spans away", func(f *Fault) string {
		part := f.Evidence.Deployment.Part(collectorFile)
		if part == nil || f.exporterSetting("queue", "enabled") != true {
			return ""
		}
		switch log := part.Log.String(); {
		case strings.Contains(log, "element size too large"):
			return fmt.Sprintf("queue_size is %s, counted as sizer says, and one batch is larger than that: the queue takes no full batch.", f.sized())
		case strings.Contains(log, "sending queue is full"):
			return fmt.Sprintf("queue_size is %s, counted as sizer says, and the queue was full before the storage was back. What did not fit was thrown away.", f.sized())
		}
		return ""
	}, "Make queue_size as large as what comes in while the storage is away, counted in spans with sizer: items."),
	queueing("queue-waits", "the settings that Jaeger runs with, and spans that are refused", func(f *Fault) string {
		if f.What != evidence.Refused || f.exporterSetting("queue", "enabled") != true || f.exporterSetting("queue", "wait_for_result") != true {
			return ""
		}
		return "wait_for_result is on: whoever puts a batch into the queue waits until it is written. While the storage is away, that is everybody."
	}, "Leave wait_for_result away, so that the queue says yes at once."),
	refused("retry-gives-up", "'max_elapsed_time' must not be less than",
		"max_elapsed_time is shorter than the pause between two attempts, so there would be no second one. A number without a unit counts nanoseconds.",
		givesUpLater),
	queueing("retry-gives-up", "what the exporter says when it gives a batch up", func(f *Fault) string {
		limit, _ := f.exporterSetting("retry_on_failure", "max_elapsed_time").(float64)
		part := f.Evidence.Deployment.Part(collectorFile)
		if f.exporterSetting("retry_on_failure", "enabled") != true || limit == 0 || !strings.Contains(part.Log.String(), "no more retries left") {
			return ""
		}
		return fmt.Sprintf("max_elapsed_time is %v%s. So long after its first attempt the exporter gives a batch up, and the storage was away for longer.",
			time.Duration(limit), unitless(time.Duration(limit)))
	}, givesUpLater),
	queueing("storage-of-its-own", "the storage as Jaeger reads it, and spans that are gone", func(f *Fault) string {
		if f.What != evidence.Lost || f.inOwnProcess() == "" {
			return ""
		}
		return fmt.Sprintf("The collector writes to %s, a storage in its own process. The query process asks another one, storage.yaml.", f.inOwnProcess())
	}, "Under backends, let trace_store be grpc, with the address of the storage, as the file had it.").refining("retry-off", "queue-off"),
}

const givesUpLater = "Let max_elapsed_time be as long as the storage may be away, as in 5m, or 0 for ever."

// unitless says of a duration that is next to nothing how a file comes to have it.
func unitless(d time.Duration) string {
	if d <= 0 || d >= time.Millisecond {
		return ""
	}
	return ", as a number without a unit counts nanoseconds"
}

func queueing(name, fact string, witness func(*Fault) string, next string) Cause {
	return Cause{name: name, of: shortfalls{evidence.Lost, evidence.Refused}, fact: fact, next: next, witness: func(f *Fault) string {
		if f.Evidence.Deployment == nil || f.Evidence.Deployment.Part(collectorFile) == nil {
			return ""
		}
		return witness(f)
	}}
}

// exporterSetting gives what the exporter of the learner's collector runs with.
func (f *Fault) exporterSetting(path ...string) any { return f.storageExporter(collectorFile, path...) }

// inOwnProcess names the storage of the learner's collector if that is in the same
// process, or gives "".
func (f *Fault) inOwnProcess() string {
	c := f.Evidence.Deployment.Part(collectorFile).Process.Config
	for _, s := range c.Storages() {
		if slices.Contains(c.WritesTo(), s.Name) && slices.Contains([]string{"memory", "badger"}, s.Kind) {
			return s.Kind
		}
	}
	return ""
}

// sized says how large the queue is. Jaeger does not tell what it counts.
func (f *Fault) sized() string {
	if n, ok := f.exporterSetting("queue", "queue_size").(float64); ok {
		return text.Grouped(int(n))
	}
	return evidence.Show(f.exporterSetting("queue", "queue_size"))
}

// writes tells whether the pipelines of the learner's collector lead to a storage.
func (f *Fault) writes() bool {
	return f.component(collectorFile, "exporters", "jaeger_storage_exporter") != ""
}
