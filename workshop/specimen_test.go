package main

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	tracecollector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// specimen are spans that have all that a span can have: a trace each.
type specimen struct {
	full  []*tracepb.Span // a slow one, with everything on it
	plain []*tracepb.Span // a fast one for each kind
	old   []*tracepb.Span // one of an hour ago
	now   time.Time
}

// specimenService is the service that they come from.
const specimenService = "specimen"

func newSpecimen() specimen {
	now := time.Now().Truncate(time.Microsecond) // as exact as all storages are
	full := newSpan("slow", tracepb.Span_SPAN_KIND_SERVER, now, 3*time.Second)
	other := newSpan("elsewhere", tracepb.Span_SPAN_KIND_SERVER, now, 0)
	full.TraceState = "vendor=value"
	full.Attributes = []*commonpb.KeyValue{
		{Key: "text", Value: textValue("a value")},
		{Key: "true", Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{BoolValue: true}}},
		{Key: "whole", Value: wholeValue(1 << 53)},
		{Key: "part", Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: 0.25}}},
		{Key: "bytes", Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_BytesValue{BytesValue: []byte{0, 1, 255}}}},
		{Key: "list", Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_ArrayValue{ArrayValue: &commonpb.ArrayValue{Values: []*commonpb.AnyValue{textValue("a"), textValue("b")}}}}},
	}
	full.Events = []*tracepb.Span_Event{{Name: "computed", TimeUnixNano: full.EndTimeUnixNano, Attributes: []*commonpb.KeyValue{{Key: "value", Value: wholeValue(42)}}}}
	full.Links = []*tracepb.Span_Link{{TraceId: other.TraceId, SpanId: other.SpanId, Attributes: []*commonpb.KeyValue{{Key: "why", Value: textValue("it began there")}}}}
	full.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "it broke"}

	s := specimen{full: []*tracepb.Span{full}, now: now}
	for _, kind := range []tracepb.Span_SpanKind{
		tracepb.Span_SPAN_KIND_INTERNAL, tracepb.Span_SPAN_KIND_SERVER, tracepb.Span_SPAN_KIND_CLIENT, tracepb.Span_SPAN_KIND_PRODUCER, tracepb.Span_SPAN_KIND_CONSUMER,
	} {
		span := newSpan("fast "+kind.String(), kind, now, 2*time.Millisecond)
		if len(s.plain) > 0 {
			span.TraceId, span.ParentSpanId = s.plain[0].TraceId, s.plain[0].SpanId
		}
		s.plain = append(s.plain, span)
	}
	s.old = []*tracepb.Span{newSpan("old", tracepb.Span_SPAN_KIND_SERVER, now.Add(-time.Hour), 2*time.Millisecond)}
	return s
}

// otlp is what is sent.
func (s specimen) otlp() []*tracepb.ResourceSpans {
	return ofSpecimen(slices.Concat(s.full, s.plain, s.old))
}

func ofSpecimen(all []*tracepb.Span) []*tracepb.ResourceSpans {
	return []*tracepb.ResourceSpans{{
		Resource: &resourcepb.Resource{Attributes: []*commonpb.KeyValue{
			{Key: "service.name", Value: textValue(specimenService)}, {Key: "service.version", Value: textValue("1.0.0")}, {Key: "cores", Value: wholeValue(2)},
		}},
		ScopeSpans: []*tracepb.ScopeSpans{{Scope: &commonpb.InstrumentationScope{Name: "the scope", Version: "2.0.0"}, Spans: all}},
	}}
}

func newSpan(name string, kind tracepb.Span_SpanKind, end time.Time, took time.Duration) *tracepb.Span {
	ids := make([]byte, 24)
	rand.Read(ids)
	return &tracepb.Span{
		TraceId: ids[:16], SpanId: ids[16:], Name: name, Kind: kind,
		StartTimeUnixNano: uint64(end.Add(-took).UnixNano()), EndTimeUnixNano: uint64(end.UnixNano()),
	}
}

func textValue(value string) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}
}

func wholeValue(value int64) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: value}}
}

// export sends spans to an OTLP receiver over gRPC, once.
func export(ctx context.Context, address string, all []*tracepb.ResourceSpans) error {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = tracecollector.NewTraceServiceClient(conn).Export(ctx, &tracecollector.ExportTraceServiceRequest{ResourceSpans: all})
	return err
}
