package tracecheck

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rivo/uniseg"

	"example.com/tracing-workshop/workshop/internal/golden"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/report"
)

// lesson is a step that is half done.
var lesson = fstest.MapFS{
	"README.md": {Data: []byte("# Spans\n\n## 1. A provider that prints\n\n## 2. One span\n\n## 3. Attributes\n\n```go journey.go\n\tdefer span.End()\n\t// TODO(3): set the attributes.\n}\n```\n")},
	"journey.go": {Data: []byte(`package main

func journey() {
	ctx, span := tracer.Start(ctx, "journey")
	defer span.End()
	// TODO(3): set the attributes.
}
`)},
}

// verdicts are verdicts on programs of package journey. Each is in a golden
// file under its name.
var verdicts = []struct {
	name   string
	run    []string // the program and its arguments
	expect Expectation
}{
	{"pass", []string{"ride", "right"}, OneSpan("journey", Attr("journey.stops", 5))},
	{"no-span", []string{"ride"}, OneSpan("journey")},
	{"no-span-and-exit", []string{"fail"}, OneSpan("journey")},
	{"span-name-wrong", []string{"ride", "trip"}, OneSpan("journey")},
	{"span-name-varies", []string{"ride", "of-Zurich"}, OneSpan("journey")},
	{"span-name-long", []string{"ride", "long-name"}, OneSpan("journey")},
	{"extra-span", []string{"ride", "right", "second"}, OneSpan("journey")},
	{"extra-traces", []string{"ride", "right", "other-trace"}, OneSpan("journey")},
	{"attribute-missing", []string{"ride", "right"}, OneSpan("journey", Attr("journey.class", 2))},
	{"attribute-misspelt", []string{"ride", "misspelt"}, OneSpan("journey", Attr("journey.stops", 5))},
	{"attribute-on-event", []string{"ride", "stops-on-event"}, OneSpan("journey", Attr("journey.stops", 5))},
	{"attribute-wrong-type", []string{"ride", "stops-as-string"}, OneSpan("journey", Attr("journey.stops", 5))},
	{"attribute-list", []string{"ride", "stops-as-list"}, OneSpan("journey", Attr("journey.stops", 5))},
	{"attribute-long", []string{"ride", "long-value"}, OneSpan("journey", Attr("journey.stops", "五"))},
	{"attribute-wrong-value", []string{"ride", "four-stops"}, OneSpan("journey", Attr("journey.stops", 5))},
	{"event-missing", []string{"ride", "departed"}, OneSpan("journey", Event("arrived"))},
	{"event-attribute", []string{"ride", "right"}, OneSpan("journey", Event("arrived", "station", "Milan"))},
	{"ends-before-start", []string{"ride", "backwards"}, OneSpan("journey", Ended)},
	{"error-not-recorded", []string{"ride", "right"}, OneSpan("journey", Failed)},
	{"status-without-error", []string{"ride", "failed"}, OneSpan("journey", Failed)},
	{"error-without-status", []string{"ride", "no-event"}, OneSpan("journey", Failed)},
	{"no-service-name", []string{"ride", "no-service"}, OneSpan("journey", Resource("service.name", "journey-planner"))},
	{"service-name-made-up", []string{"ride", "made-up-service"}, OneSpan("journey", Resource("service.name", "journey-planner"))},
	{"service-name-on-span", []string{"ride", "stranger"}, OneSpan("journey", Resource("service.name", "journey-planner"))},
	{"resource-attribute-missing", []string{"ride", "right"}, OneSpan("journey", Resource("service.version", nil))},
	{"wrong-exit-code", []string{"ride", "right"}, ExitCode(1)},
	{"wrong-exit-code-stderr", []string{"fail"}, ExitCode(0)},
	{"wrong-output", []string{"fail"}, Prints("Amsterdam to Zurich: 5 stops")},
	{"spans-on-stdout", []string{"ride", "right"}, PrintsNoSpans},
	{"nothing-on-stderr", []string{"ride", "right"}, complains},
	{"too-slow", []string{"ride", "right"}, EndsWithin(0)},
	{"panic", []string{"panic-nil-map"}, OneSpan("journey")},
	{"flood", []string{"flood-stdout"}, OneSpan("journey")},
}

func TestVerdicts(t *testing.T) {
	folder, err := filepath.Abs(filepath.Join("testdata", "verdicts"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("testdata/journey")
	for _, c := range verdicts {
		for suffix, color := range map[string]string{"": "", "-color": "1"} {
			if color != "" && c.name != "pass" && c.name != "no-span" {
				continue
			}
			t.Run(c.name+suffix, func(t *testing.T) {
				t.Setenv(report.ColorVariable, color)
				text := verdictOn(t, c.run, c.expect)
				checkLayout(t, text)
				golden.Compare(t, filepath.Join(folder, c.name+suffix+".golden"), text)
			})
		}
	}
}

// verdictOn gives the verdict on a program, between a check that it passes and
// one that is still to come.
func verdictOn(t *testing.T, run []string, expect Expectation) string {
	t.Helper()
	play := NewPlay(func(s *Stage) { s.Limit(time.Minute); s.Run(run...) })
	v, err := examine(t.TempDir(), lesson, []Check{
		{Name: "runs", Section: 1, Must: "The program runs.", Play: play, Expect: All()},
		{Name: "as-expected", Section: 3, Setup: 1, Must: "One journey leaves exactly one span, and it says where the journey begins and ends, and how many stops it has.", Play: play, Expect: expect},
		{Name: "to-come", Section: 3, Must: "More is to come.", Play: play, Expect: All()},
	})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := v.Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

var escape = regexp.MustCompile("\x1b\\[[0-9;]*m")

// checkLayout holds a verdict to what every verdict keeps to.
func checkLayout(t *testing.T, text string) {
	t.Helper()
	plain := escape.ReplaceAllString(text, "")
	lines := strings.Split(strings.TrimSuffix(plain, "\n"), "\n")
	if len(lines) > 30 {
		t.Errorf("the verdict has %d lines", len(lines))
	}
	for _, line := range lines {
		if width := uniseg.StringWidth(line); width > 76 {
			t.Errorf("%d columns: %s", width, line)
		}
		if strings.ContainsAny(line, "\x1b\r\t") {
			t.Errorf("a control character in %q", line)
		}
	}
	for _, unwanted := range []string{"goroutine", "runtime", "tracecheck/", "<nil>", "%!"} {
		if strings.Contains(plain, unwanted) {
			t.Errorf("the verdict contains %q", unwanted)
		}
	}
}

// TestManyTraces keeps the verdict short, however much arrived, and draws the
// trace in question first.
func TestManyTraces(t *testing.T) {
	t.Chdir("testdata/journey")
	run := []string{"ride"}
	for range 10 {
		run = append(run, "right", "other-trace")
	}
	text := verdictOn(t, run, OneSpan("journey"))
	if lines := strings.Count(text, "\n"); lines > 32 {
		t.Errorf("the verdict has %d lines:\n%s", lines, text)
	}
}

// TestTraceInQuestion names the trace that lacks a span, which is drawn first.
func TestTraceInQuestion(t *testing.T) {
	for name, expect := range map[string]Expectation{
		"below": Below("GET /compute", "heavy-computation", 1),
		"chain": Chains(5, Server("user-service", "GET /compute"), Client("user-service")),
	} {
		t.Run(name, func(t *testing.T) {
			e := &Evidence{}
			for i := range 5 {
				trace, begin := fmt.Sprintf("%032d", i), time.Date(2026, 1, 2, 3, 4, i, 0, time.UTC)
				service := spans.Attributes{{Key: "service.name", Value: "user-service"}}
				server := spans.Span{TraceID: trace, SpanID: "1", Name: "GET /compute", Kind: spans.KindServer, Resource: service, Start: begin, End: begin}
				e.Printed = append(e.Printed, server)
				if i < 4 {
					e.Printed = append(e.Printed, spans.Span{TraceID: trace, SpanID: "2", ParentID: "1", Name: "heavy-computation", Kind: spans.KindClient, Resource: service, Start: begin, End: begin})
				}
			}
			miss := expect(e)
			if miss == nil || miss.Span == nil && miss.Trace != e.Printed[8].TraceID || miss.Span != nil && miss.Span.TraceID != e.Printed[8].TraceID {
				t.Errorf("the miss is %+v", miss)
			}
		})
	}
}
