package spans_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"example.com/tracing-workshop/workshop/spans"
)

func TestFromOTLPGivesTheSpansThatStdoutGives(t *testing.T) {
	if diff := cmp.Diff(recordedSpans(), spans.FromOTLP(uploaded(t))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFromOTLPTakesWhatIsThere(t *testing.T) {
	tests := []struct {
		explain string
		span    *tracepb.Span
		want    spans.Span
	}{
		{
			"an empty span is internal, unset and has no times",
			&tracepb.Span{},
			spans.Span{Kind: spans.KindInternal, Status: spans.Status{Code: spans.StatusUnset}},
		},
		{
			"no span at all",
			nil,
			spans.Span{Kind: spans.KindInternal, Status: spans.Status{Code: spans.StatusUnset}},
		},
		{
			"ids of any length come as hex, a parent of zeros is none",
			&tracepb.Span{TraceId: []byte{0xab}, SpanId: make([]byte, 8), ParentSpanId: make([]byte, 8), Kind: 99},
			spans.Span{TraceID: "ab", SpanID: "0000000000000000", Kind: spans.KindInternal, Status: spans.Status{Code: spans.StatusUnset}},
		},
		{
			"the latest time there is",
			&tracepb.Span{StartTimeUnixNano: 1, EndTimeUnixNano: math.MaxUint64},
			spans.Span{
				Kind: spans.KindInternal, Status: spans.Status{Code: spans.StatusUnset},
				Start: time.Unix(0, 1).UTC(), End: time.Unix(math.MaxUint64/1_000_000_000, math.MaxUint64%1_000_000_000).UTC(),
			},
		},
		{
			"a description only belongs to an error",
			&tracepb.Span{Status: &tracepb.Status{Code: tracepb.Status_STATUS_CODE_OK, Message: "fine"}},
			spans.Span{Kind: spans.KindInternal, Status: spans.Status{Code: spans.StatusOK}},
		},
		{
			"an attribute without a value",
			&tracepb.Span{Attributes: []*commonpb.KeyValue{{Key: "a"}, nil}},
			spans.Span{Kind: spans.KindInternal, Status: spans.Status{Code: spans.StatusUnset}, Attributes: attributes("a", nil, "", nil)},
		},
	}
	for _, test := range tests {
		t.Run(test.explain, func(t *testing.T) {
			got := spans.FromOTLP([]*tracepb.ResourceSpans{nil, {
				ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{test.span}}},
			}})
			if diff := cmp.Diff([]spans.Span{test.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFromOTLPKinds(t *testing.T) {
	want := map[tracepb.Span_SpanKind]spans.Kind{
		tracepb.Span_SPAN_KIND_UNSPECIFIED: spans.KindInternal,
		tracepb.Span_SPAN_KIND_INTERNAL:    spans.KindInternal,
		tracepb.Span_SPAN_KIND_SERVER:      spans.KindServer,
		tracepb.Span_SPAN_KIND_CLIENT:      spans.KindClient,
		tracepb.Span_SPAN_KIND_PRODUCER:    spans.KindProducer,
		tracepb.Span_SPAN_KIND_CONSUMER:    spans.KindConsumer,
	}
	for in, kind := range want {
		got := spans.FromOTLP([]*tracepb.ResourceSpans{{
			ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{{Kind: in}}}},
		}})
		if got[0].Kind != kind {
			t.Errorf("%v became %q, want %q", in, got[0].Kind, kind)
		}
	}
}

// uploaded is what the real OTLP exporter sends of record's spans.
func uploaded(t testing.TB) []*tracepb.ResourceSpans {
	t.Helper()
	client := &keepUploads{}
	exporter, err := otlptrace.New(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	record(exporter)
	return client.got
}

type keepUploads struct{ got []*tracepb.ResourceSpans }

func (c *keepUploads) Start(context.Context) error { return nil }
func (c *keepUploads) Stop(context.Context) error  { return nil }

func (c *keepUploads) UploadTraces(_ context.Context, rs []*tracepb.ResourceSpans) error {
	c.got = append(c.got, rs...)
	return nil
}
