package spans

import (
	"encoding/hex"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// FromOTLP gives the spans of an OTLP message, in the order of the message.
//
// It takes what is there: an id of a wrong length comes as the hex of its
// bytes, a time of 0 as the zero time. A span kind that is unspecified or
// unknown is internal, as opentelemetry/proto/trace/v1/trace.proto allows.
func FromOTLP(rs []*tracepb.ResourceSpans) []Span {
	var spans []Span
	for _, r := range rs {
		resource := otlpAttributes(r.GetResource().GetAttributes())
		for _, scope := range r.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				span := otlpSpan(s)
				span.Resource = resource
				span.Scope = scope.GetScope().GetName()
				spans = append(spans, span)
			}
		}
	}
	return spans
}

func otlpSpan(s *tracepb.Span) Span {
	span := Span{
		TraceID:    hex.EncodeToString(s.GetTraceId()),
		SpanID:     hex.EncodeToString(s.GetSpanId()),
		ParentID:   nonZero(hex.EncodeToString(s.GetParentSpanId())),
		TraceState: s.GetTraceState(),
		Name:       s.GetName(),
		Kind:       kindOf(int32(s.GetKind())),
		Start:      otlpTime(s.GetStartTimeUnixNano()),
		End:        otlpTime(s.GetEndTimeUnixNano()),
		Attributes: otlpAttributes(s.GetAttributes()),
		Status:     otlpStatus(s.GetStatus()),
	}
	for _, e := range s.GetEvents() {
		span.Events = append(span.Events, Event{
			Name:       e.GetName(),
			Time:       otlpTime(e.GetTimeUnixNano()),
			Attributes: otlpAttributes(e.GetAttributes()),
		})
	}
	for _, l := range s.GetLinks() {
		span.Links = append(span.Links, Link{
			TraceID:    nonZero(hex.EncodeToString(l.GetTraceId())),
			SpanID:     nonZero(hex.EncodeToString(l.GetSpanId())),
			Attributes: otlpAttributes(l.GetAttributes()),
		})
	}
	return span
}

// kindOf reads the numbers that OTLP and the Go API share.
func kindOf(n int32) Kind {
	switch tracepb.Span_SpanKind(n) {
	case tracepb.Span_SPAN_KIND_SERVER:
		return KindServer
	case tracepb.Span_SPAN_KIND_CLIENT:
		return KindClient
	case tracepb.Span_SPAN_KIND_PRODUCER:
		return KindProducer
	case tracepb.Span_SPAN_KIND_CONSUMER:
		return KindConsumer
	default:
		return KindInternal
	}
}

func otlpTime(unixNano uint64) time.Time {
	if unixNano == 0 {
		return time.Time{}
	}
	const second = uint64(time.Second)
	return time.Unix(int64(unixNano/second), int64(unixNano%second)).UTC()
}

func otlpStatus(s *tracepb.Status) Status {
	switch s.GetCode() {
	case tracepb.Status_STATUS_CODE_ERROR:
		return Status{Code: StatusError, Description: s.GetMessage()}
	case tracepb.Status_STATUS_CODE_OK:
		return Status{Code: StatusOK}
	default:
		return Status{Code: StatusUnset}
	}
}

func otlpAttributes(in []*commonpb.KeyValue) Attributes {
	var out Attributes
	for _, kv := range in {
		out = append(out, Attribute{Key: kv.GetKey(), Value: otlpValue(kv.GetValue())})
	}
	return out
}

func otlpValue(v *commonpb.AnyValue) any {
	switch v := v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return v.StringValue
	case *commonpb.AnyValue_BoolValue:
		return v.BoolValue
	case *commonpb.AnyValue_IntValue:
		return v.IntValue
	case *commonpb.AnyValue_DoubleValue:
		return v.DoubleValue
	case *commonpb.AnyValue_BytesValue:
		return append([]byte{}, v.BytesValue...)
	case *commonpb.AnyValue_ArrayValue:
		return otlpList(v.ArrayValue.GetValues())
	case *commonpb.AnyValue_KvlistValue:
		return otlpAttributes(v.KvlistValue.GetValues())
	default:
		return nil
	}
}

func otlpList(in []*commonpb.AnyValue) []any {
	out := make([]any, 0, len(in))
	for _, v := range in {
		out = append(out, otlpValue(v))
	}
	return out
}
