package cause

import (
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// TestWrongParents asks where the parent of a chunk stands: w is the span of
// the work that the chunk belongs below.
func TestWrongParents(t *testing.T) {
	const server, internal = spans.KindServer, spans.KindInternal
	named := func(name string) func(*spans.Span) { return func(s *spans.Span) { s.Name = name } }
	const leaf = "func f() { ctx, w := tracer.Start(ctx, `work`); _, s := tracer.Start(ctx, `leaf`) }"
	for name, c := range map[string]struct {
		arrived []spans.Span // the last of them is the chunk
		source  string
		cause   string
		says    string // the end of the sentence
	}{
		"above": {[]spans.Span{span(server, "s", ""), span(internal, "w", "s", named("work")), span(internal, "c", "s", named("chunk"))},
			"func f() { _, w := tracer.Start(ctx, `work`) }", "context-thrown-away", "journey.go:3 throws that one away."},
		"above, beside a leaf": {[]spans.Span{span(server, "s", ""), span(internal, "w", "s", named("work")), span(internal, "c", "s", named("chunk"))},
			leaf, "context-thrown-away", "not with the one that Start gave."},
		"beside": {[]spans.Span{span(server, "s", ""), span(internal, "w", "s", named("work")), span(internal, "b", "s", named("check")), span(internal, "c", "b", named("chunk"))},
			"", "context-thrown-away", "not with the one that Start gave for work."},
		"below": {[]spans.Span{span(server, "s", ""), span(internal, "w", "s", named("work")), span(internal, "b", "w", named("chunks")), span(internal, "c", "b", named("chunk"))},
			leaf, "span-in-between", `The internal span "chunks" stands between "work" and "chunk".`},
		"its equal, in a loop": {[]spans.Span{span(server, "s", ""), span(internal, "w", "s", named("work")), span(internal, "b", "w", named("chunk")), span(internal, "c", "b", named("chunk"))},
			"func f() { for range n { ctx, span = tracer.Start(ctx, `chunk`) } }", "context-reassigned", "(journey.go:3)."},
		"its equal": {[]spans.Span{span(server, "s", ""), span(internal, "w", "s", named("work")), span(internal, "b", "w", named("chunk")), span(internal, "c", "b", named("chunk"))},
			"func f() { for range n { ctx, span = tracer.Start(ctx, `other`) } }", "context-reassigned", "with the context of the one before."},
		"far away": {[]spans.Span{span(server, "s", ""), span(internal, "v", "s"), span(internal, "w", "v", named("work")), span(internal, "a", "s"), span(internal, "b", "a"), span(internal, "c", "b", named("chunk"))},
			leaf, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := &evidence.Evidence{Printed: c.arrived}
			chunk := &c.arrived[len(c.arrived)-1]
			f := &Fault{Source: sourceOf(c.source), Evidence: e,
				Miss: &evidence.Miss{What: evidence.WrongParent, Span: chunk, Name: "chunk", Kind: chunk.Kind, Want: &e.Named("work")[0]}}
			d := diagnose(f, catalogue())
			if d == nil {
				d = &Diagnosis{}
			}
			if d.Cause != c.cause || !strings.HasSuffix(d.Says, c.says) {
				t.Errorf("the cause is %q: %s; want %q: %s", d.Cause, d.Says, c.cause, c.says)
			}
		})
	}
}

// TestNoTraceID asks where no span is in question, and so none came out of a
// header.
func TestNoTraceID(t *testing.T) {
	f := &Fault{Source: sourceOf(""), Evidence: &evidence.Evidence{}, Miss: &evidence.Miss{What: evidence.ExtraSpan, Service: "user-service", Kind: spans.KindClient}}
	if d := diagnose(f, catalogue()); d != nil {
		t.Errorf("the cause is %q, want none", d.Cause)
	}
}

// span is one of user-service, in the trace t; spans begin one after the other.
func span(kind spans.Kind, id, parent string, more ...func(*spans.Span)) spans.Span {
	start := time.Date(2026, 1, 2, 3, 4, 5, int(id[0])*1000, time.UTC)
	s := spans.Span{
		TraceID: "t", SpanID: id, ParentID: parent, Name: "HTTP GET", Kind: kind, Start: start, End: start.Add(time.Second),
		Resource: spans.Attributes{{Key: "service.name", Value: "user-service"}},
	}
	for _, change := range more {
		change(&s)
	}
	return s
}
