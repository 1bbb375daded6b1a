package spans_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"

	"example.com/tracing-workshop/workshop/spans"
)

// FuzzParseStdout has three properties: what is found is well-formed and can be
// drawn; a line of text before it changes nothing; and a span that is printed on
// a new line after it is always found, whatever was cut off before.
func FuzzParseStdout(f *testing.F) {
	f.Add([]byte(printed(f)))
	f.Add([]byte(printed(f, stdouttrace.WithPrettyPrint())))
	f.Add([]byte("plan {\n" + minimal + "\n" + `{"level":"info"}` + minimal[:60]))
	f.Add([]byte(strings.Replace(minimal, "journey", `\u001b[2J\u202e`, 1)))
	f.Fuzz(func(t *testing.T, output []byte) {
		found := spans.ParseStdout(output)
		checkSpans(t, found)
		drawAll(t, found)
		before := spans.ParseStdout([]byte("Amsterdam\n" + string(output)))
		if diff := cmp.Diff(found, before); diff != "" {
			t.Errorf("text before the output changes what is found (-without +with):\n%s", diff)
		}
		after := spans.ParseStdout([]byte(string(output) + "\n" + minimal))
		if diff := cmp.Diff(append(found, spans.ParseStdout([]byte(minimal))...), after); diff != "" {
			t.Errorf("a span after the output changes more than itself (-want +got):\n%s", diff)
		}
	})
}

// FuzzParseOTLPJSON has two properties: what is parsed is well-formed and can be
// drawn; and written as OTLP JSON it is parsed as the same again.
func FuzzParseOTLPJSON(f *testing.F) {
	f.Add([]byte(oneSpan))
	f.Add([]byte(`{"result":` + oneSpan + `}` + oneSpan))
	f.Add(otlpJSON(f, recordedSpans()))
	f.Add(otlpJSON(f, journey().Spans))
	f.Fuzz(func(t *testing.T, data []byte) {
		parsed, err := spans.ParseOTLPJSON(data)
		if err != nil {
			if parsed != nil {
				t.Errorf("an error comes with %d spans", len(parsed))
			}
			return
		}
		checkSpans(t, parsed)
		drawAll(t, parsed)
		again, err := spans.ParseOTLPJSON(otlpJSON(t, parsed))
		if err != nil {
			t.Fatalf("written again it is not OTLP JSON: %v", err)
		}
		if diff := cmp.Diff(parsed, again, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("written again it is not the same (-first +second):\n%s", diff)
		}
	})
}

func checkSpans(t *testing.T, all []spans.Span) {
	t.Helper()
	for _, s := range all {
		if !isHex(s.TraceID, 32) || !isHex(s.SpanID, 16) {
			t.Errorf("a span has the ids %q and %q", s.TraceID, s.SpanID)
		}
		if s.Kind == "" || s.Status.Code == "" {
			t.Errorf("a span has the kind %q and the status %q", s.Kind, s.Status.Code)
		}
		if s.Status.Code != spans.StatusError && s.Status.Description != "" {
			t.Errorf("a span without an error has the description %q", s.Status.Description)
		}
	}
}

func drawAll(t *testing.T, all []spans.Span) {
	t.Helper()
	drawn := 0
	for _, trace := range spans.Group(all) {
		drawn += len(trace.Spans)
		for _, width := range []int{40, 80} {
			checkWidth(t, draw(t, trace, spans.Options{Width: width, Attributes: true, Events: true}), width)
		}
	}
	if drawn != len(all) {
		t.Errorf("%d spans were grouped to %d", len(all), drawn)
	}
}

func inf() float64 { return math.Inf(1) }

// jsonFloat writes what JSON has no number for as ProtoJSON does.
func jsonFloat(f float64) any {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	default:
		return f
	}
}
