package spans_test

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/spans"
)

func TestParseOTLPJSONRoundTrip(t *testing.T) {
	want := recordedSpans()
	got, err := spans.ParseOTLPJSON(otlpJSON(t, want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// oneSpan is a span as Jaeger answers it, with fields that nobody knows.
const oneSpan = `{"resourceSpans":[{
	"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"joke-service"}}]},
	"scopeSpans":[{"scope":{"name":"otelhttp"},"future":{"traceId":"not an id"},"spans":[{
		"traceId":"0AF7651916cd43dd8448eb211c80319c",
		"spanId":"b7ad6b7169203331",
		"parentSpanId":"",
		"span_id":"of another name",
		"name":"GET /jokes/random",
		"kind":2,
		"startTimeUnixNano":"1740830400000000000",
		"endTimeUnixNano":1740830400000000001,
		"attributes":[
			{"key":"text","value":{"intValue":"9007199254740993"}},
			{"key":"number","value":{"intValue":9007199254740993}},
			{"key":"float","value":{"doubleValue":4}},
			{"key":"nan","value":{"doubleValue":"Infinity"}}
		],
		"status":{}
	}]}]
}]}`

func TestParseOTLPJSON(t *testing.T) {
	want := spans.Span{
		TraceID:    "0af7651916cd43dd8448eb211c80319c",
		SpanID:     "b7ad6b7169203331",
		Name:       "GET /jokes/random",
		Kind:       spans.KindServer,
		Start:      time.Unix(1740830400, 0).UTC(),
		End:        time.Unix(1740830400, 1).UTC(),
		Attributes: attributes("text", int64(1<<53+1), "number", int64(1<<53+1), "float", 4.0, "nan", inf()),
		Status:     spans.Status{Code: spans.StatusUnset},
		Resource:   attributes("service.name", "joke-service"),
		Scope:      "otelhttp",
	}
	tests := []struct {
		explain string
		text    string
		want    []spans.Span
	}{
		{"nothing", "", nil},
		{"no spans", `{}`, nil},
		{"no spans in an answer", `{"result":{}}`, nil},
		{"an answer of nothing", `{"result":null}`, nil},
		{"OTLP", oneSpan, []spans.Span{want}},
		{"an answer of Jaeger", `{"result":` + oneSpan + `}`, []spans.Span{want}},
		{"a stream of answers", `{"result":` + oneSpan + `}` + "\n" + `{"result":` + oneSpan + `}`, []spans.Span{want, want}},
		{"both after one another", oneSpan + `{"result":` + oneSpan + `}`, []spans.Span{want, want}},
		{"a parent of zeros", strings.Replace(oneSpan, `"parentSpanId":""`, `"parentSpanId":"0000000000000000"`, 1), []spans.Span{want}},
		{"a parent of null", strings.Replace(oneSpan, `"parentSpanId":""`, `"parentSpanId":null`, 1), []spans.Span{want}},
	}
	for _, test := range tests {
		t.Run(test.explain, func(t *testing.T) {
			got, err := spans.ParseOTLPJSON([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseOTLPJSONErrors(t *testing.T) {
	change := func(old, replacement string) string { return strings.Replace(oneSpan, old, replacement, 1) }
	tests := []struct {
		explain string
		text    string
		want    string // is part of the error
	}{
		{"no JSON", "404 page not found", "document 1 is not a JSON object"},
		{"no object", `["resourceSpans"]`, "document 1 is not a JSON object"},
		{"cut off", oneSpan + oneSpan[:100], "document 2 is not a JSON object: unexpected EOF"},
		{"Jaeger's older API", `{"data":[]}`, "neither resourceSpans nor a result"},
		{"Jaeger found nothing", `{"error":{"httpCode":404,"message":"No traces found"}}`, "it reports an error: No traces found"},
		{"a result that is none", `{"result":"ok"}`, "its result is not an object"},
		{"a short trace id", change(`0AF7651916cd`, ``), `resourceSpans[0].scopeSpans[0].spans[0].traceId is "43dd8448eb211c80319c", want 32 hex digits`},
		{"a span id that is not hex", change(`b7ad6b7169203331`, `b7ad6b716920333x`), `spans[0].spanId is "b7ad6b716920333x", want 16 hex digits`},
		{"a parent id that is not hex", change(`"parentSpanId":""`, `"parentSpanId":"up"`), `spans[0].parentSpanId is "up", want 16 hex digits`},
		{"an id that is a number", change(`"b7ad6b7169203331"`, `7`), `spans[0].spanId is "7", want 16 hex digits`},
		{"no trace id", change(`"traceId":"0AF`, `"traceid":"0AF`), "spans[0].traceId is missing or all zeros"},
		{"a span id of zeros", change(`b7ad6b7169203331`, `0000000000000000`), "spans[0].spanId is missing or all zeros"},
		{"a link id that is not hex", change(`"status"`, `"links":[{"spanId":"x"}],"status"`), `spans[0].links[0].spanId is "x", want 16 hex digits`},
		{"a time that is not one", change(`1740830400000000001`, `"noon"`), "endTimeUnixNano"},
		{"a list that is not one", change(`"spans":[`, `"spans":7,"x":[`), "resourceSpans[0].scopeSpans[0].spans is not a list"},
		{"an object that is not one", change(`"status":{}`, `"status":"ok"`), "spans[0].status is not an object"},
		{"a span that is not one", change(`"spans":[`, `"spans":[7,`), "spans[0] is not an object"},
	}
	for _, test := range tests {
		t.Run(test.explain, func(t *testing.T) {
			got, err := spans.ParseOTLPJSON([]byte(test.text))
			if err == nil {
				t.Fatalf("no error, but %d spans", len(got))
			}
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got  %s\nwant a line with %s", err, test.want)
			}
		})
	}
}

// otlpJSON writes spans as OTLP JSON, independently of the code under test.
func otlpJSON(t testing.TB, all []spans.Span) []byte {
	t.Helper()
	resources := []any{}
	for _, s := range all {
		resources = append(resources, object{
			"resource": object{"attributes": jsonAttributes(s.Resource)},
			"scopeSpans": []any{object{
				"scope": object{"name": s.Scope},
				"spans": []any{jsonSpan(s)},
			}},
		})
	}
	text, err := json.Marshal(object{"resourceSpans": resources})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

type object = map[string]any

func jsonSpan(s spans.Span) object {
	events, links := []any{}, []any{}
	for _, e := range s.Events {
		events = append(events, object{"name": e.Name, "timeUnixNano": jsonTime(e.Time), "attributes": jsonAttributes(e.Attributes)})
	}
	for _, l := range s.Links {
		links = append(links, object{"traceId": l.TraceID, "spanId": l.SpanID, "attributes": jsonAttributes(l.Attributes)})
	}
	return object{
		"traceId": strings.ToUpper(s.TraceID), "spanId": s.SpanID, "parentSpanId": s.ParentID, "traceState": s.TraceState,
		"name":              s.Name,
		"kind":              map[spans.Kind]int{"internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}[s.Kind],
		"startTimeUnixNano": jsonTime(s.Start), "endTimeUnixNano": jsonTime(s.End),
		"attributes": jsonAttributes(s.Attributes), "events": events, "links": links,
		"status": object{
			"code":    map[spans.StatusCode]int{"unset": 0, "ok": 1, "error": 2}[s.Status.Code],
			"message": s.Status.Description,
		},
	}
}

func jsonTime(t time.Time) any {
	if t.IsZero() {
		return 0
	}
	return uint64(t.Unix())*uint64(time.Second) + uint64(t.Nanosecond())
}

func jsonAttributes(in spans.Attributes) []any {
	out := []any{}
	for _, a := range in {
		out = append(out, object{"key": a.Key, "value": jsonValue(a.Value)})
	}
	return out
}

func jsonValue(value any) object {
	switch v := value.(type) {
	case string:
		return object{"stringValue": v}
	case bool:
		return object{"boolValue": v}
	case int64:
		return object{"intValue": v}
	case float64:
		return object{"doubleValue": jsonFloat(v)}
	case []byte:
		return object{"bytesValue": v} // base64, as encoding/json does it
	case []any:
		values := []any{}
		for _, e := range v {
			values = append(values, jsonValue(e))
		}
		return object{"arrayValue": object{"values": values}}
	case spans.Attributes:
		return object{"kvlistValue": object{"values": jsonAttributes(v)}}
	default:
		return object{}
	}
}

// isHex reports whether id is n lower-case hex digits.
func isHex(id string, n int) bool {
	bytes, err := hex.DecodeString(id)
	return err == nil && len(id) == n && hex.EncodeToString(bytes) == id
}
