package spans

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// ParseOTLPJSON gives the spans of OTLP JSON, in the order of the text (OTLP
// specification 1.x, section JSON Protobuf Encoding). It takes any number of
// documents, one after the other, each either OTLP's own
//
//	{"resourceSpans": [...]}
//
// or what Jaeger's /api/v3/traces answers, a stream of
//
//	{"result": {"resourceSpans": [...]}}
//
// An error says which document is at fault, and why: it is not JSON or neither
// of the above, a value does not fit its field, an id is not one (the error
// names the field), or the document is Jaeger's report of an error.
func ParseOTLPJSON(data []byte) ([]Span, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var spans []Span
	for n := 1; ; n++ {
		var document map[string]any
		err := dec.Decode(&document)
		if errors.Is(err, io.EOF) {
			return spans, nil
		}
		if err != nil {
			return nil, fmt.Errorf("document %d is not a JSON object: %w", n, err)
		}
		traces, err := decodeTraces(document)
		if err != nil {
			return nil, fmt.Errorf("document %d is not OTLP JSON: %w", n, err)
		}
		spans = append(spans, FromOTLP(traces.GetResourceSpans())...)
	}
}

func decodeTraces(document map[string]any) (*tracepb.TracesData, error) {
	document, err := unwrap(document)
	if err != nil {
		return nil, err
	}
	traces := &tracepb.TracesData{}
	rewritten, err := rewriteMessage(document, traces.ProtoReflect().Descriptor(), "")
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(rewritten)
	if err != nil {
		return nil, err
	}
	if err := protojson.Unmarshal(text, traces); err != nil {
		return nil, err
	}
	return traces, checkIDs(traces)
}

// unwrap gives the document with resourceSpans in it.
func unwrap(document map[string]any) (map[string]any, error) {
	if report, ok := document["error"].(map[string]any); ok {
		return nil, fmt.Errorf("it reports an error: %v", report["message"])
	}
	if result, ok := document["result"]; ok {
		document, ok = result.(map[string]any)
		if !ok && result != nil {
			return nil, errors.New("its result is not an object")
		}
	}
	if _, ok := document["resourceSpans"]; !ok && len(document) > 0 {
		return nil, errors.New("it has neither resourceSpans nor a result with resourceSpans")
	}
	return document, nil
}

// rewriteMessage turns an object of OTLP JSON into the JSON that protojson
// reads. OTLP differs in two points: ids are hex and not base64, and a field
// has only its lowerCamelCase name. Fields of any other name are left out.
func rewriteMessage(value any, message protoreflect.MessageDescriptor, path string) (any, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s is not an object", path)
	}
	rewritten := make(map[string]any, len(object))
	fields := message.Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		name := field.JSONName()
		inner := object[name]
		if inner == nil {
			continue
		}
		var err error
		if rewritten[name], err = rewriteField(inner, field, join(path, name)); err != nil {
			return nil, err
		}
	}
	return rewritten, nil
}

func rewriteField(value any, field protoreflect.FieldDescriptor, path string) (any, error) {
	switch n := idBytes(field); {
	case n > 0:
		return rewriteID(value, n, path)
	case field.Message() == nil:
		return value, nil
	case field.IsList():
		return rewriteList(value, field.Message(), path)
	default:
		return rewriteMessage(value, field.Message(), path)
	}
}

func rewriteList(value any, message protoreflect.MessageDescriptor, path string) (any, error) {
	elements, ok := value.([]any)
	if !ok {
		return nil, fmt.Errorf("%s is not a list", path)
	}
	for i, element := range elements {
		var err error
		if elements[i], err = rewriteMessage(element, message, fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return nil, err
		}
	}
	return elements, nil
}

// idBytes gives the length of the id that field holds, or 0 when it holds none.
func idBytes(field protoreflect.FieldDescriptor) int {
	switch field.Name() {
	case "trace_id":
		return traceIDBytes
	case "span_id", "parent_span_id":
		return spanIDBytes
	default:
		return 0
	}
}

// rewriteID turns an id from hex into base64. An id that is empty passes: for
// some fields that is right, and checkIDs knows those for which it is not.
func rewriteID(value any, n int, path string) (any, error) {
	if value == "" {
		return nil, nil
	}
	text, _ := value.(string)
	id, err := hex.DecodeString(text)
	if err != nil || len(id) != n {
		return nil, fmt.Errorf("%s is %#v, want %d hex digits", path, value, 2*n)
	}
	return base64.StdEncoding.EncodeToString(id), nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// checkIDs refuses a span without a trace id or a span id of its own.
func checkIDs(traces *tracepb.TracesData) error {
	for i, resource := range traces.GetResourceSpans() {
		for j, scope := range resource.GetScopeSpans() {
			for k, span := range scope.GetSpans() {
				field := missingID(span)
				if field == "" {
					continue
				}
				return fmt.Errorf("resourceSpans[%d].scopeSpans[%d].spans[%d].%s is missing or all zeros", i, j, k, field)
			}
		}
	}
	return nil
}

func missingID(span *tracepb.Span) string {
	if nonZero(hex.EncodeToString(span.GetTraceId())) == "" {
		return "traceId"
	}
	if nonZero(hex.EncodeToString(span.GetSpanId())) == "" {
		return "spanId"
	}
	return ""
}
