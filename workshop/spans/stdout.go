package spans

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

// ParseStdout finds the spans in what a program with the stdouttrace exporter
// printed, in the order in which they were printed. It reads the compact form
// and the one of WithPrettyPrint; with WithoutTimestamps all times are zero.
//
// The exporter shares its output with the rest of the program. Everything that
// is not a complete span is skipped: text, braces in text, other JSON values
// together with all that is in them, and a span that was cut off.
//
// The format is the JSON of tracetest.SpanStub in the OpenTelemetry Go SDK.
func ParseStdout(output []byte) []Span {
	var found []Span
	for {
		brace := bytes.IndexByte(output, '{')
		if brace < 0 {
			return found
		}
		output = output[brace:]
		object, ok := leadingObject(output)
		if !ok {
			output = output[1:]
			continue
		}
		if span, ok := parseStub(object); ok {
			found = append(found, span)
		}
		output = output[len(object):]
	}
}

// leadingObject gives the complete JSON object that text begins with.
func leadingObject(text []byte) (object []byte, ok bool) {
	end := closingBrace(text)
	if end < 0 || !json.Valid(text[:end+1]) {
		return nil, false
	}
	return text[:end+1], true
}

// maxNesting keeps the time to look through any output proportional to its
// length. A span needs about three levels for each level of its attributes.
const maxNesting = 500

// closingBrace finds the end of the JSON object that text may begin with, or
// gives -1 when there is none.
func closingBrace(text []byte) int {
	nesting, inString := 0, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case inString && c == '\n':
			return -1
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			nesting++
		case c == '}' || c == ']':
			nesting--
		}
		if nesting == 0 {
			return i
		}
		if nesting > maxNesting {
			return -1
		}
	}
	return -1
}

// stub is the part of tracetest.SpanStub that a Span keeps. The fields that
// are pointers tell a span from a log line that mentions a span context.
type stub struct {
	Name        *string
	SpanContext stubContext
	Parent      stubContext
	SpanKind    int32
	StartTime   *time.Time
	EndTime     *time.Time
	Attributes  []stubAttribute
	Events      []struct {
		Name       string
		Time       time.Time
		Attributes []stubAttribute
	}
	Links []struct {
		SpanContext stubContext
		Attributes  []stubAttribute
	}
	Status struct {
		Code        json.RawMessage
		Description string
	}
	Resource             []stubAttribute
	InstrumentationScope struct{ Name string }
}

type stubContext struct{ TraceID, SpanID, TraceState string }

type stubAttribute struct {
	Key   string
	Value stubValue
}

type stubValue struct {
	Type  string
	Value json.RawMessage
}

func parseStub(object []byte) (Span, bool) {
	var s stub
	if err := json.Unmarshal(object, &s); err != nil {
		return Span{}, false
	}
	if s.Name == nil || s.StartTime == nil || s.EndTime == nil || !s.SpanContext.valid() {
		return Span{}, false
	}
	return s.span(), true
}

func (c stubContext) valid() bool {
	return isID(c.TraceID, traceIDBytes) && isID(c.SpanID, spanIDBytes)
}

func (s stub) span() Span {
	span := Span{
		TraceID:    s.SpanContext.TraceID,
		SpanID:     s.SpanContext.SpanID,
		ParentID:   nonZero(s.Parent.SpanID),
		TraceState: s.SpanContext.TraceState,
		Name:       *s.Name,
		Kind:       kindOf(s.SpanKind),
		Start:      s.StartTime.UTC(),
		End:        s.EndTime.UTC(),
		Attributes: stubAttributes(s.Attributes),
		Status:     stubStatus(s.Status.Code, s.Status.Description),
		Resource:   stubAttributes(s.Resource),
		Scope:      s.InstrumentationScope.Name,
	}
	for _, e := range s.Events {
		span.Events = append(span.Events, Event{
			Name: e.Name, Time: e.Time.UTC(), Attributes: stubAttributes(e.Attributes),
		})
	}
	for _, l := range s.Links {
		span.Links = append(span.Links, Link{
			TraceID:    nonZero(l.SpanContext.TraceID),
			SpanID:     nonZero(l.SpanContext.SpanID),
			Attributes: stubAttributes(l.Attributes),
		})
	}
	return span
}

// stubStatus reads what codes.Code is in JSON: its name, as the SDK's exporter
// writes it, or its number. The name comes from a method of the pointer, so
// that whoever encodes a copy of a span writes the number.
func stubStatus(code json.RawMessage, description string) Status {
	switch strings.Trim(string(code), `"`) {
	case "Error", "1":
		return Status{Code: StatusError, Description: description}
	case "Ok", "2":
		return Status{Code: StatusOK}
	default:
		return Status{Code: StatusUnset}
	}
}

func stubAttributes(in []stubAttribute) Attributes {
	var out Attributes
	for _, a := range in {
		out = append(out, Attribute{Key: a.Key, Value: a.Value.value()})
	}
	return out
}

// value turns the JSON of an attribute.Value into the value it stands for. A
// type that the SDK learns after this was written comes as its JSON text.
func (v stubValue) value() any {
	switch v.Type {
	case "EMPTY":
		return nil
	case "BOOL":
		return scalar[bool](v.Value)
	case "INT64":
		return scalar[int64](v.Value)
	case "FLOAT64":
		return scalar[float64](v.Value)
	case "STRING":
		return scalar[string](v.Value)
	case "BYTESLICE":
		return scalar[[]byte](v.Value)
	case "BOOLSLICE":
		return list(v.Value, func(e bool) any { return e })
	case "INT64SLICE":
		return list(v.Value, func(e int64) any { return e })
	case "FLOAT64SLICE":
		return list(v.Value, func(e float64) any { return e })
	case "STRINGSLICE":
		return list(v.Value, func(e string) any { return e })
	case "SLICE":
		return list(v.Value, stubValue.value)
	case "MAP":
		return mapping(v.Value)
	default:
		return string(v.Value)
	}
}

func scalar[T any](raw json.RawMessage) any {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return string(raw)
	}
	return v
}

func list[T any](raw json.RawMessage, value func(T) any) any {
	var elements []T
	if err := json.Unmarshal(raw, &elements); err != nil {
		return string(raw)
	}
	out := make([]any, 0, len(elements))
	for _, e := range elements {
		out = append(out, value(e))
	}
	return out
}

func mapping(raw json.RawMessage) any {
	var entries []stubAttribute
	if err := json.Unmarshal(raw, &entries); err != nil {
		return string(raw)
	}
	return stubAttributes(entries)
}
