package cause

import (
	"strings"
	"testing"
	"testing/fstest"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// TestEndedTooEarly is told where the span ended, a frame a word.
func TestEndedTooEarly(t *testing.T) {
	for name, c := range map[string]struct{ body, ended, end, later string }{
		"ended first":            {"span.End()\nspan.AddEvent(`x`)", "4", "journey.go:4", "AddEvent at journey.go:5"},
		"ended last":             {"span.AddEvent(`x`)\nspan.End()", "5", "", ""},
		"deferred":               {"defer span.End()\nspan.AddEvent(`x`)\nreturn", "6", "", ""},
		"in a deferred function": {"defer func() { span.End() }()\nspan.AddEvent(`x`)\nreturn", "4 6", "", ""},
		"on an early way out":    {"if err != nil {\nspan.End()\nreturn\n}\nspan.AddEvent(`x`)", "5", "", ""},
		"by an early return":     {"defer span.End()\nif err != nil {\nreturn\n}\nspan.AddEvent(`x`)", "6", "", ""},
		"in another case":        {"switch {\ncase bad:\nspan.End()\ncase good:\nspan.SetStatus(1, ``)\n}", "6", "", ""},
		"in the same case":       {"switch {\ncase bad:\nspan.End()\nspan.SetStatus(1, ``)\n}", "6", "journey.go:6", "SetStatus at journey.go:7"},
		"before a block":         {"span.End()\nif err != nil {\nspan.RecordError(err)\n}", "4", "journey.go:4", "RecordError at journey.go:6"},
		"another span":           {"child.End()\nspan.SetAttributes()", "4", "", ""},
		"in a helper":            {"span := begin(ctx)\nspan.SetAttributes()", "20 4", "journey.go:4", "SetAttributes at journey.go:5"},
		"of another span later":  {"response := call(ctx)\ntrace.SpanFromContext(ctx).RecordError(err)", "20 4", "", ""},
		"deferred the wrong way": {"defer span.SetAttributes()\ndefer span.End()\nreturn", "6", "journey.go:5", "SetAttributes at journey.go:4, which is deferred as well, and earlier,"},
		"deferred the right way": {"defer span.End()\ndefer span.SetAttributes()\nreturn", "6", "", ""},
		"deferred together":      {"defer func() {\nspan.SetAttributes()\nspan.End()\n}()\nreturn", "6 8", "", ""},
		"by a deferred helper":   {"defer annotate(span, 1)\ndefer span.End()\nreturn", "6", "journey.go:5", "annotate at journey.go:4, which is deferred as well, and earlier,"},
		"a helper with another":  {"defer annotate(child, 1)\ndefer span.End()\nreturn", "6", "", ""},
		"by a closure":           {"_, span, end := begin(ctx)\nend()\nspan.SetAttributes()", "20 5", "journey.go:5", "SetAttributes at journey.go:6"},
		"by a deferred closure":  {"_, span, end := begin(ctx)\ndefer end()\nspan.SetAttributes()\nreturn", "20 7", "", ""},
		"in what is called":      {"ctx, span := t.Start(ctx)\nwork(ctx)\nspan.SetAttributes()", "20 5", "journey.go:5", "SetAttributes at journey.go:6"},
		"of another, called":     {"ctx, span := t.Start(ctx)\nwork(ctx)\nchild.SetAttributes()", "20 5", "", ""},
		"on a way out, called":   {"ctx, span := t.Start(ctx)\nif work(ctx) {\nend()\nreturn\n}\nspan.SetAttributes()", "20 6", "", ""},
		"deferred so elsewhere":  {"defer span.SetAttributes()\ndefer span.End()\nreturn", "30", "", ""},
		"it is not known where":  {"span.End()\nspan.AddEvent(`x`)", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := &facts.End{ID: "1"}
			for line := range strings.FieldsSeq(c.ended) {
				e.Stack = append(e.Stack, "/a/"+facts.StepName()+"/journey.go:"+line)
			}
			p := &evidence.Process{Notes: []facts.Note{{Start: &facts.Start{ID: "1", Stack: facts.Stack{"/a/" + facts.StepName() + "/journey.go:4"}}}, {End: e}}}
			f := &Fault{
				Miss:     &evidence.Miss{Span: &spans.Span{SpanID: "1"}},
				Evidence: &evidence.Evidence{Processes: []*evidence.Process{p}},
				Source:   sourceOf("func journey() {\n" + c.body + "\n}\nfunc annotate(s trace.Span, n int) { s.SetAttributes() }\n"),
			}
			end, later := f.endedTooEarly()
			if end != c.end || later != c.later {
				t.Errorf("got %q, %q; want %q, %q", end, later, c.end, c.later)
			}
		})
	}
}

// sourceOf gives the source of a program in one file, journey.go. Line 1 is
// the package clause, line 3 the first line of text.
func sourceOf(text string) *source.Program {
	return source.Read(fstest.MapFS{"journey.go": {Data: []byte("package main\n\n" + text)}})
}
