package live

import (
	"unsafe"

	"example.com/tracing-workshop/workshop/spans"
)

// What the parts of a trace take, in bytes, without what they point to.
const (
	spanBytes      = int64(unsafe.Sizeof(spans.Span{}))
	attributeBytes = int64(unsafe.Sizeof(spans.Attribute{}))
	eventBytes     = int64(unsafe.Sizeof(spans.Event{}))
	linkBytes      = int64(unsafe.Sizeof(spans.Link{}))
	valueBytes     = int64(unsafe.Sizeof(any(nil)))
	sliceBytes     = int64(unsafe.Sizeof([]byte(nil)))
	stringBytes    = int64(unsafe.Sizeof(""))
	numberBytes    = int64(unsafe.Sizeof(int64(0)))

	// traceBytes is for a trace by itself: its place in the map and in the order,
	// and the struct.
	traceBytes = int64(unsafe.Sizeof(kept{})) + 96
)

// contentOf estimates the bytes that a span points to. Spans that came in one
// batch share their resource; here each has one, since none knows when the last
// of the others goes.
func contentOf(s spans.Span) int64 {
	n := textSize(s.TraceID) + textSize(s.SpanID) + textSize(s.ParentID) + textSize(s.TraceState) + textSize(s.Name) + textSize(s.Scope) + textSize(s.Status.Description)
	n += attributesSize(s.Attributes) + attributesSize(s.Resource)
	n += int64(cap(s.Events))*eventBytes + int64(cap(s.Links))*linkBytes
	for _, e := range s.Events {
		n += textSize(e.Name) + attributesSize(e.Attributes)
	}
	for _, l := range s.Links {
		n += textSize(l.TraceID) + textSize(l.SpanID) + attributesSize(l.Attributes)
	}
	return n
}

// textSize is what a string points to. The allocator rounds up.
func textSize(s string) int64 { return roundUp(int64(len(s))) }

func roundUp(n int64) int64 {
	const step = 8
	return (n + step - 1) / step * step
}

func attributesSize(all spans.Attributes) int64 {
	n := int64(cap(all)) * attributeBytes
	for _, a := range all {
		n += textSize(a.Key) + valueSize(a.Value)
	}
	return n
}

func valueSize(value any) int64 {
	switch v := value.(type) {
	case string:
		return stringBytes + textSize(v)
	case int64, float64:
		return numberBytes
	case []byte:
		return sliceBytes + roundUp(int64(cap(v)))
	case spans.Attributes:
		return sliceBytes + attributesSize(v)
	case []any:
		n := sliceBytes + int64(cap(v))*valueBytes
		for _, element := range v {
			n += valueSize(element)
		}
		return n
	}
	return 0
}
