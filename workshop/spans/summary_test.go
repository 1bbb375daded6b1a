package spans

import (
	"testing"
	"time"
)

func TestSummary(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	root := Span{TraceID: "0af7651916cd43dd8448eb211c80319c", SpanID: "1", Name: "GET /\x1b[2J", Start: start, End: start.Add(12300 * time.Microsecond)}
	child := Span{TraceID: root.TraceID, SpanID: "2", ParentID: "1", Name: "route", Start: start, End: start.Add(time.Millisecond), Status: Status{Code: StatusError}}
	for want, trace := range map[string]Trace{
		`0af76519…    12.3ms     1 span                GET /\x1b[2J`: {ID: root.TraceID, Spans: []Span{root}},
		`0af76519…    12.3ms    2 spans  ✗ 1 error     GET /\x1b[2J`: {ID: root.TraceID, Spans: []Span{root, child}},
		`0af76519…   no time     1 span                timeless`:     {ID: root.TraceID, Spans: []Span{{Name: "timeless"}}},
		`0af76519…  no spans`: {ID: root.TraceID},
	} {
		if got := Summary(trace); got != want {
			t.Errorf("summary is\n%q, want\n%q", got, want)
		}
	}
}
