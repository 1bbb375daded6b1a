package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/cause"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// TestManyAttributes draws every span and every event, however many attributes
// a span has, and the attribute in question among those for which there is room.
func TestManyAttributes(t *testing.T) {
	const tallest = 14
	server := spans.Span{TraceID: "1", SpanID: "1", Name: "GET /fetch-external", Events: []spans.Event{{Name: "exception"}}}
	for i := range 20 {
		server.Attributes = append(server.Attributes, spans.Attribute{Key: fmt.Sprintf("key.%02d", i), Value: "value"})
	}
	client := spans.Span{TraceID: "1", SpanID: "2", ParentID: "1", Name: "HTTP GET"}
	p := &page{}
	drawTrace(p, spans.Trace{ID: "1", Spans: []spans.Span{server, client}}, "", "key.19", tallest)
	for _, wanted := range []string{"GET /fetch-external", "HTTP GET", "event exception", "key.19", "key.00", "… 11 more attributes"} {
		if !strings.Contains(p.String(), wanted) {
			t.Errorf("the drawing lacks %q:\n%s", wanted, p)
		}
	}
	if lines := strings.Count(p.String(), "\n"); lines != tallest {
		t.Errorf("the drawing has %d lines, and room for %d:\n%s", lines, tallest, p)
	}
}

// TestSpanInQuestion draws the span that a miss speaks of, and its trace first,
// however much else arrived.
func TestSpanInQuestion(t *testing.T) {
	const traces, chunks = 5, 20
	var arrived []spans.Span
	for i := range traces {
		trace, begin := fmt.Sprintf("%032d", i), time.Date(2026, 1, 2, 3, 4, i, 0, time.UTC)
		add := func(id, parent, name string, status spans.StatusCode) {
			begin = begin.Add(time.Millisecond)
			arrived = append(arrived, spans.Span{TraceID: trace, SpanID: fmt.Sprintf("%d-%s", i, id), ParentID: fmt.Sprintf("%d-%s", i, parent), Name: name,
				Start: begin, End: begin.Add(time.Minute), Status: spans.Status{Code: status}})
		}
		add("server", "", "GET /compute", spans.StatusUnset)
		arrived[len(arrived)-1].ParentID = ""
		add("heavy", "server", "heavy-computation", spans.StatusUnset)
		for chunk := range chunks {
			name, status := "compute-chunk", spans.StatusError
			if chunk == chunks/2 {
				name, status = "the-one", spans.StatusUnset
			}
			add(fmt.Sprint(chunk), "heavy", name, status)
		}
		add("below", fmt.Sprint(chunks/2), "the-deep-one", spans.StatusUnset)
	}
	last := arrived[(traces-1)*(chunks+3):]
	for _, about := range []*spans.Span{&last[2+chunks/2], &last[2+chunks]} {
		for name, there := range map[string][]spans.Span{"among other traces": arrived, "alone": last} {
			v := &Verdict{Fault: &cause.Fault{Miss: &evidence.Miss{What: evidence.WrongParent, Span: about}}}
			p := &page{}
			v.picture(p, &evidence.Evidence{Printed: there})
			drawn, _, _ := strings.Cut(p.String()[1:], "  trace ")
			if !strings.Contains(drawn, about.Name+" ") {
				t.Errorf("%s: %s is not in the trace that is drawn first:\n%s", name, about.Name, p)
			}
			if lines := strings.Count(p.String(), "\n"); lines > 20 {
				t.Errorf("%s: the drawing has %d lines:\n%s", name, lines, p)
			}
		}
	}
}

// TestOneMore says how much is left out in the number that it has.
func TestOneMore(t *testing.T) {
	var arrived []spans.Span
	for i := range 4 {
		arrived = append(arrived, spans.Span{TraceID: fmt.Sprint(i), SpanID: "1", Name: "journey"})
	}
	p := &page{}
	(&Verdict{}).picture(p, &evidence.Evidence{Printed: arrived})
	if !strings.Contains(p.String(), "… 1 more trace\n") {
		t.Errorf("of four traces three are drawn:\n%s", p)
	}
	p = &page{}
	drawTrace(p, spans.Trace{ID: "1", Spans: arrived[:1]}, "", "", 1)
	if !strings.Contains(p.String(), "… 1 more line\n") {
		t.Errorf("of two lines one is drawn:\n%s", p)
	}
}

// TestNoGapWithoutJaeger sends nobody to their file when there is no Jaeger.
func TestNoGapWithoutJaeger(t *testing.T) {
	e := &evidence.Evidence{Jaeger: &evidence.Jaeger{Err: jaeger.ErrMissing, Build: "compiling Jaeger, 3 of 9"}}
	f := &cause.Fault{Miss: &evidence.Miss{What: evidence.NotStarted}, Evidence: e}
	v := &Verdict{Checks: []Check{{Section: 1}}, Source: &source.Program{Gaps: []source.Gap{{File: "jaeger.yaml", Number: 1, Line: 14}}}, Fault: f}
	if v.gap() == "" {
		t.Error("without a cause, the gap is not shown")
	}
	v.Diagnosis, _ = cause.Diagnose(f)
	if open := v.gap(); open != "" || v.Diagnosis.Cause != "jaeger-missing" || !strings.Contains(v.Diagnosis.Says, "compiling Jaeger, 3 of 9") {
		t.Errorf("the diagnosis is %+v, and the gap is shown: %q", v.Diagnosis, open)
	}
}

// TestPartThatDoesNotStart is about the part, and not about the check that met with
// it, and leaves no gap where there is no account.
func TestPartThatDoesNotStart(t *testing.T) {
	e := &evidence.Evidence{Deployment: &evidence.Deployment{}}
	f := &cause.Fault{Miss: &evidence.Miss{What: evidence.NotStarted, Says: "Jaeger does not start."}, Evidence: e}
	v := &Verdict{Lesson: "step05-jaeger/production", Checks: []Check{{Name: "errors-kept", Section: 4, Must: "Every trace with an error is kept."}}, Source: &source.Program{}, Fault: f}
	var b strings.Builder
	if err := v.Write(&b); err != nil {
		t.Fatal(err)
	}
	said := b.String()
	if !strings.HasPrefix(said, "Every part starts, and runs until it is told to end.\n✗ Jaeger does not start.\n\nCause:") ||
		!strings.Contains(said, "step05-jaeger/production/README.md, section 4") {
		t.Errorf("it says\n%s", said)
	}
	f.What = evidence.Lost
	if v.must() != "Every trace with an error is kept." {
		t.Errorf("when something else is wrong, it says %q", v.must())
	}
}
