package cause

import (
	"fmt"
	"strings"

	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// collectorFile is the learner's configuration of a collector.
const collectorFile = "collector.yaml"

// queueingCauses are of a collector that does not wait for its storage.
var queueingCauses = []Cause{
	queueing("retry-off", "the settings that Jaeger runs with, and spans that are gone", func(f *Fault) string {
		if f.exporterSetting("retry_on_failure", "enabled") == true {
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
		size := evidence.Show(f.exporterSetting("queue", "queue_size"))
		switch log := part.Log.String(); {
		case strings.Contains(log, "element size too large"):
			return fmt.Sprintf("The queue has room for %s, which is less than one batch: it takes none at all.", size)
		case strings.Contains(log, "sending queue is full"):
			return fmt.Sprintf("The queue has room for %s, and was full before the storage was back. What did not fit was thrown away.", size)
		}
		return ""
	}, "Make queue_size as large as what comes in while the storage is away, counted in spans with sizer: items."),
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
func (f *Fault) exporterSetting(path ...string) any {
	return f.Evidence.Deployment.Setting(collectorFile, append([]string{"exporters", "jaeger_storage_exporter"}, path...)...)
}
