package spans_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"example.com/tracing-workshop/workshop/spans"
)

func TestParseStdoutReadsWhatTheExporterWrites(t *testing.T) {
	for name, options := range map[string][]stdouttrace.Option{
		"compact": nil,
		"pretty":  {stdouttrace.WithPrettyPrint()},
	} {
		t.Run(name, func(t *testing.T) {
			got := spans.ParseStdout([]byte(printed(t, options...)))
			if diff := cmp.Diff(recordedSpans(), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestParseStdoutReadsCopies reads what an exporter of one's own makes of spans.
func TestParseStdoutReadsCopies(t *testing.T) {
	var b strings.Builder
	record(copyPrinter{json.NewEncoder(&b)})
	if !strings.Contains(b.String(), `"Code":1`) {
		t.Fatalf("the status is no number in %s", b.String())
	}
	if diff := cmp.Diff(recordedSpans(), spans.ParseStdout([]byte(b.String()))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// copyPrinter encodes copies of spans, which have the codes of their statuses
// as numbers.
type copyPrinter struct{ encoder *json.Encoder }

func (p copyPrinter) ExportSpans(_ context.Context, all []sdktrace.ReadOnlySpan) error {
	for _, stub := range tracetest.SpanStubsFromReadOnlySpans(all) {
		if err := p.encoder.Encode(stub); err != nil {
			return err
		}
	}
	return nil
}

func (copyPrinter) Shutdown(context.Context) error { return nil }

func TestParseStdoutWithoutTimestamps(t *testing.T) {
	want := recordedSpans()
	for i := range want {
		untimed(&want[i])
		for j := range want[i].Events {
			want[i].Events[j].Time = time.Time{}
		}
	}
	got := spans.ParseStdout([]byte(printed(t, stdouttrace.WithoutTimestamps())))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// minimal is a span as the exporter writes it, without what may be left out.
const minimal = `{"Name":"journey","SpanContext":{"TraceID":"0af7651916cd43dd8448eb211c80319c",` +
	`"SpanID":"b7ad6b7169203331"},"StartTime":"2025-03-01T12:00:00Z","EndTime":"2025-03-01T12:00:01Z"}`

func TestParseStdoutSkipsEverythingElse(t *testing.T) {
	tests := []struct {
		explain string
		output  string
		want    int
	}{
		{"nothing", "", 0},
		{"a span", minimal, 1},
		{"spans without a line break between them", minimal + minimal, 2},
		{"text around it", "Amsterdam - Zurich\n" + minimal + "\nbye\n", 1},
		{"text on the same line", "plan: " + minimal + " done", 1},
		{"an open brace before it", "plan {\n" + minimal, 1},
		{"braces around it", "{" + minimal + "}", 1},
		{"an unfinished object before it", `{"level":"info","msg":` + "\n" + minimal, 1},
		{"a span cut off before it", minimal[:len(minimal)/2] + "\n" + minimal, 1},
		{"a span cut off after it", minimal + "\n" + minimal[:len(minimal)-1], 1},
		{"a log line in JSON", `{"level":"info","msg":"{"}` + "\n" + minimal, 1},
		{"a log line that names a span", `{"Name":"x","SpanContext":` + `{"TraceID":"0af7651916cd43dd8448eb211c80319c","SpanID":"b7ad6b7169203331"}}`, 0},
		{"a span inside another value", `{"span":` + minimal + `}`, 0},
		{"a list of spans, which the exporter does not write but which has them one by one", "[" + minimal + "," + minimal + "]", 2},
		{"zero ids", strings.ReplaceAll(minimal, "b7ad6b7169203331", "0000000000000000"), 0},
		{"a short id", strings.ReplaceAll(minimal, "b7ad6b7169203331", "b7ad"), 0},
		{"an id that is not hex", strings.ReplaceAll(minimal, "b7ad6b7169203331", "b7ad6b716920333g"), 0},
		{"an id in capitals, which the exporter does not write", strings.ReplaceAll(minimal, "b7ad6b7169203331", "B7AD6B7169203331"), 0},
		{"a name that is not a string", strings.ReplaceAll(minimal, `"journey"`, "7"), 0},
		{"a time that is not one", strings.ReplaceAll(minimal, "12:00:01Z", "noon"), 0},
		{"bytes that are not text", "\xff\x00{\xfe" + minimal, 1},
		{"many braces", strings.Repeat("{", 5000) + minimal, 1},
	}
	for _, test := range tests {
		t.Run(test.explain, func(t *testing.T) {
			if got := spans.ParseStdout([]byte(test.output)); len(got) != test.want {
				t.Errorf("got %d spans, want %d, in %s", len(got), test.want, test.output)
			}
		})
	}
}

func TestParseStdoutKeepsValuesItCannotRead(t *testing.T) {
	output := strings.Replace(minimal, "{", `{"Attributes":[
		{"Key":"future","Value":{"Type":"DECIMAL","Value":1.50}},
		{"Key":"wrong","Value":{"Type":"INT64","Value":"four"}}],`, 1)
	got := spans.ParseStdout([]byte(output))
	if len(got) != 1 {
		t.Fatalf("got %d spans, want 1", len(got))
	}
	want := attributes("future", "1.50", "wrong", `"four"`)
	if diff := cmp.Diff(want, got[0].Attributes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseStdoutOfAnOutputThatNeverCloses(t *testing.T) {
	for _, piece := range []string{"{", `{"a":`, `{"a":[`, `{"a":"`, `{"a":{},`} {
		output := strings.Repeat(piece, 5_000) + "\n" + minimal
		if got := spans.ParseStdout([]byte(output)); len(got) != 1 {
			t.Errorf("after many %s, got %d spans, want 1", piece, len(got))
		}
	}
}

// record makes two spans that use all that a span can have.
func record(exporter sdktrace.SpanExporter) {
	ids := &fixedIDs{}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSyncer(exporter),
		sdktrace.WithIDGenerator(ids),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "journey-planner"))),
	)
	tracer := provider.Tracer("planner")
	state, _ := trace.ParseTraceState("vendor=value,other=1")
	ctx := trace.ContextWithRemoteSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: mustTraceID(traceID), SpanID: mustSpanID(spanID(9)), TraceFlags: trace.FlagsSampled, TraceState: state,
	}))
	ctx, server := tracer.Start(ctx, "GET /journey", trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(at(0)))
	linked := trace.NewSpanContext(trace.SpanContextConfig{TraceID: mustTraceID("4bf92f3577b34da6a3ce929d0e0e4736"), SpanID: mustSpanID("00f067aa0ba902b7")})
	_, client := tracer.Start(ctx, "look <up> & \u2028", trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(at(1)),
		trace.WithLinks(trace.Link{SpanContext: linked, Attributes: []attribute.KeyValue{attribute.Bool("b", true)}}))
	client.SetAttributes(
		attribute.Bool("bool", true),
		attribute.Int64("int", math.MaxInt64),
		attribute.Int64("past the precision of floats", 1<<53+1),
		attribute.Float64("float", 4),
		attribute.Float64("tiny", 5e-324),
		attribute.String("string", "Zürich \"HB\"\n"),
		attribute.BoolSlice("bools", []bool{true, false}),
		attribute.Int64Slice("ints", []int64{math.MinInt64, 1<<53 + 1}),
		attribute.Float64Slice("floats", []float64{1, 2.5}),
		attribute.StringSlice("strings", []string{"", "a"}),
		attribute.StringSlice("no strings", nil),
		attribute.ByteSlice("bytes", []byte{0, 0xff}),
		attribute.ByteSlice("no bytes", nil),
		attribute.Slice("mixed", attribute.IntValue(1), attribute.StringValue("1"), attribute.SliceValue(attribute.BoolValue(true))),
		attribute.Map("map", attribute.Map("inner", attribute.String("s", "t")), attribute.Int("n", 1)),
		attribute.KeyValue{Key: "empty"},
	)
	client.AddEvent("arrived", trace.WithTimestamp(at(2)), trace.WithAttributes(attribute.String("station", "Zürich HB")))
	client.RecordError(errors.New("no seat"), trace.WithTimestamp(at(3)))
	client.SetStatus(codes.Error, "no seat")
	client.End(trace.WithTimestamp(at(4)))
	server.SetStatus(codes.Ok, "")
	server.End(trace.WithTimestamp(at(5.000001)))
}

// recordedSpans is what record makes.
func recordedSpans() []spans.Span {
	planner := of("journey-planner")
	client := span(2, 1, "look <up> & \u2028", 1, 4, planner, kind(spans.KindClient), failed("no seat"), with(
		"bool", true,
		"int", int64(math.MaxInt64),
		"past the precision of floats", int64(1<<53+1),
		"float", 4.0,
		"tiny", 5e-324,
		"string", "Zürich \"HB\"\n",
		"bools", []any{true, false},
		"ints", []any{int64(math.MinInt64), int64(1<<53 + 1)},
		"floats", []any{1.0, 2.5},
		"strings", []any{"", "a"},
		"no strings", []any{},
		"bytes", []byte{0, 0xff},
		"no bytes", []byte{},
		"mixed", []any{int64(1), "1", []any{true}},
		"map", attributes("inner", attributes("s", "t"), "n", int64(1)),
		"empty", nil,
	))
	event("arrived", 2, "station", "Zürich HB")(&client)
	event("exception", 3, "exception.type", "*errors.errorString", "exception.message", "no seat")(&client)
	client.Links = []spans.Link{{
		TraceID: "4bf92f3577b34da6a3ce929d0e0e4736", SpanID: "00f067aa0ba902b7", Attributes: attributes("b", true),
	}}
	server := span(1, 9, "GET /journey", 0, 5.000001, planner, kind(spans.KindServer))
	server.Status.Code = spans.StatusOK
	all := []spans.Span{client, server}
	for i := range all {
		all[i].TraceState = "vendor=value,other=1"
		all[i].Scope = "planner"
	}
	return all
}

func printed(t testing.TB, options ...stdouttrace.Option) string {
	t.Helper()
	var b strings.Builder
	exporter, err := stdouttrace.New(append(options, stdouttrace.WithWriter(&b))...)
	if err != nil {
		t.Fatal(err)
	}
	record(exporter)
	return b.String()
}

// fixedIDs gives span ids 1, 2 and so on.
type fixedIDs struct{ n int }

func (g *fixedIDs) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	id := mustTraceID(traceID)
	return id, g.NewSpanID(ctx, id)
}

func (g *fixedIDs) NewSpanID(context.Context, trace.TraceID) trace.SpanID {
	g.n++
	return mustSpanID(spanID(g.n))
}

func mustTraceID(hex string) trace.TraceID {
	id, err := trace.TraceIDFromHex(hex)
	if err != nil {
		panic(err)
	}
	return id
}

func mustSpanID(hex string) trace.SpanID {
	id, err := trace.SpanIDFromHex(hex)
	if err != nil {
		panic(err)
	}
	return id
}
