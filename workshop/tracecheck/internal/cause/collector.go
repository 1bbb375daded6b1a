package cause

import (
	"regexp"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
)

// collectorCauses are of programs that meet a collector which is not there or
// does not answer.
var collectorCauses = []Cause{
	{
		name:    "simple-processor",
		of:      shortfalls{evidence.Crashed, evidence.TooSlow},
		fact:    "the processor of the provider, and a collector that does not answer",
		refines: []string{"shutdown-unbounded", "deadlock", "never-exits", "endless-loop"},
		witness: func(f *Fault) string {
			// With two processors only the place at which it waits tells which one.
			waits := f.waitsIn("simpleSpanProcessor).OnEnd")
			if !f.Evidence.Deaf || !f.usesProcessor("*trace.simpleSpanProcessor") || !waits && f.usesProcessor("*trace.batchSpanProcessor") {
				return ""
			}
			return "The collector does not answer, and span.End waits for it: with WithSyncer (SimpleSpanProcessor) every span is exported on the spot, in the middle of your program's work."
		},
		next: "Give the exporter to the provider with sdktrace.WithBatcher.",
	},
	{
		name:    "shutdown-unbounded",
		of:      shortfalls{evidence.Crashed, evidence.TooSlow},
		fact:    "a collector that does not answer, and a program that waits",
		refines: []string{"deadlock", "never-exits", "endless-loop"},
		witness: func(f *Fault) string {
			elsewhere := f.waitsIn("goroutine ") && !f.waitsIn("TracerProvider).Shutdown(") && !f.waitsIn("TracerProvider).ForceFlush(")
			if !f.Evidence.Deaf || elsewhere {
				return ""
			}
			return "The collector does not answer, and your program waits for it at the end: Shutdown or ForceFlush may take longer than a program that is told to end has time."
		},
		next: "Shut down with a context from context.WithTimeout, flushTimeout long.",
	},
	{
		name:    "export-failure-fatal",
		of:      shortfalls{evidence.WrongExit, evidence.WrongOutput},
		fact:    "the exit code, and a collector that takes nothing",
		refines: []string{"no-error-reported", "export-failure-silent"},
		witness: func(f *Fault) string {
			if !f.Evidence.Deaf || f.process().ExitCode() == 0 {
				return ""
			}
			return "No collector took the span, and that made the whole program fail. The journey itself went well."
		},
		next: "Report the error of the export on stderr and go on: telemetry must not break the program that it watches.",
	},
	{
		name: "no-error-reported",
		of:   shortfalls{evidence.WrongOutput},
		fact: "<nil> on stderr",
		witness: func(f *Fault) string {
			if f.Name != "stderr" || f.Got == nil {
				return ""
			}
			return "<nil> is what Go prints for an error that is none: something reports the error of a call that went well. otel.Handle hands on whatever it gets."
		},
		next: "Ask err != nil first, and report the error only then.",
	},
	{
		name: "export-failure-silent",
		of:   shortfalls{evidence.WrongOutput},
		fact: "stderr, which says nothing",
		witness: func(f *Fault) string {
			told := refusal.MatchString(f.process().Stdout.String()) // on the wrong stream
			if !f.Evidence.Deaf || f.Name != "stderr" || f.Got != nil || told {
				return ""
			}
			return "No collector took the span, and nobody is told: the error handler or the error of Shutdown is swallowed."
		},
		next: "Print the errors that the handler gets and the error that Shutdown returns to stderr.",
	},
}

// refusal is how gRPC says that an export failed.
var refusal = regexp.MustCompile(`context deadline exceeded|DeadlineExceeded|Unavailable|connection refused`)

// waitsIn tells whether a program that was stopped showed that it was in this
// function.
func (f *Fault) waitsIn(function string) bool {
	return strings.Contains(f.process().Stderr.String(), function)
}

// usesProcessor tells whether a provider was made with a processor of this type,
// or, of batch span processors, whether one was made at all.
func (f *Fault) usesProcessor(kind string) bool {
	made := func(n facts.Note) bool { return n.Batcher }
	if kind == "*trace.batchSpanProcessor" && slices.ContainsFunc(f.process().Notes, made) {
		return true
	}
	return slices.ContainsFunc(f.process().Providers(), func(p *facts.ProviderNote) bool {
		return slices.Contains(p.Processors, kind)
	})
}
