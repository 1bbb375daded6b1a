package tracecheck

import (
	"slices"
)

// collectorCauses are of programs that meet a collector which is not there or
// does not answer.
var collectorCauses = []cause{
	{
		name:    "simple-processor",
		of:      []Shortfall{Crashed, TooSlow},
		witness: "the processor of the provider, and a collector that does not answer",
		refines: []string{"shutdown-unbounded", "deadlock", "never-exits", "endless-loop"},
		sees: func(f *finding) string {
			if !f.evidence.deaf || !f.usesProcessor("*trace.simpleSpanProcessor") {
				return ""
			}
			return "The collector does not answer, and span.End waits for it: with WithSyncer (SimpleSpanProcessor) every span is exported on the spot, in the middle of your program's work."
		},
		next: "Give the exporter to the provider with sdktrace.WithBatcher.",
	},
	{
		name:    "shutdown-unbounded",
		of:      []Shortfall{Crashed, TooSlow},
		witness: "a collector that does not answer, and a program that waits",
		refines: []string{"deadlock", "never-exits", "endless-loop"},
		sees: func(f *finding) string {
			if !f.evidence.deaf {
				return ""
			}
			return "The collector does not answer, and your program waits for it at the end: nothing bounds the time that Shutdown or ForceFlush may take."
		},
		next: "Shut down with a context from context.WithTimeout, flushTimeout long.",
	},
	{
		name:    "export-failure-fatal",
		of:      []Shortfall{WrongExit, WrongOutput},
		witness: "the exit code, and a collector that takes nothing",
		refines: []string{"no-error-reported", "export-failure-silent"},
		sees: func(f *finding) string {
			if !f.evidence.deaf || f.process().ExitCode() == 0 {
				return ""
			}
			return "No collector took the span, and that made the whole program fail. The journey itself went well."
		},
		next: "Report the error of the export on stderr and go on: telemetry must not break the program that it watches.",
	},
	{
		name:    "no-error-reported",
		of:      []Shortfall{WrongOutput},
		witness: "<nil> on stderr",
		sees: func(f *finding) string {
			if f.Name != "stderr" || f.Got == nil {
				return ""
			}
			return "<nil> is what Go prints for an error that is none: something reports the error of a call that went well. otel.Handle hands on whatever it gets."
		},
		next: "Ask err != nil first, and report the error only then.",
	},
	{
		name:    "export-failure-silent",
		of:      []Shortfall{WrongOutput},
		witness: "stderr, which says nothing",
		sees: func(f *finding) string {
			if !f.evidence.deaf || f.Name != "stderr" || f.Got != nil {
				return ""
			}
			return "No collector took the span, and nobody is told: the error handler or the error of Shutdown is swallowed."
		},
		next: "Print the errors that the handler gets and the error that Shutdown returns to stderr.",
	},
}

func (f *finding) usesProcessor(kind string) bool {
	return slices.ContainsFunc(f.process().providers(), func(p *providerNote) bool {
		return slices.Contains(p.Processors, kind)
	})
}
