package timeline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/spans"
)

var begin = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// span gives one of a service that is open from one millisecond to another.
func span(id, parent, service string, from, until int) spans.Span {
	at := func(ms int) time.Time { return begin.Add(time.Duration(ms) * time.Millisecond) }
	return spans.Span{
		TraceID: "t", SpanID: id, ParentID: parent, Name: id, Start: at(from), End: at(until),
		Resource: spans.Attributes{{Key: "service.name", Value: service}},
	}
}

// describe draws each row as "depth, mark, name, start to end".
func describe(t Trace) string {
	var b strings.Builder
	for _, r := range t.Rows {
		fmt.Fprintf(&b, "%s%s%s %d-%d", strings.Repeat("  ", r.Depth), r.Mark, r.Name, r.Start/1e6, (r.Start+r.Duration)/1e6)
		if r.Skew > 0 {
			fmt.Fprintf(&b, " skew %d", r.Skew/1e6)
		}
		for _, c := range r.Critical {
			fmt.Fprintf(&b, " [%d %d]", c[0]/1e6, c[1]/1e6)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestRows(t *testing.T) {
	for _, test := range []struct {
		name     string
		spans    []spans.Span
		expected []Expected
		want     string
	}{
		{"children follow their parents", []spans.Span{span("b", "a", "x", 10, 20), span("c", "a", "x", 30, 90), span("a", "", "x", 0, 100), span("d", "b", "x", 12, 15)}, nil, `
a 0-100 [90 100] [20 30] [0 10]
  b 10-20 [15 20] [10 12]
    d 12-15 [12 15]
  c 30-90 [30 90]
`},
		{"of children at work together the last one is waited for", []spans.Span{span("a", "", "x", 0, 100), span("b", "a", "x", 10, 60), span("c", "a", "x", 10, 80)}, nil, `
a 0-100 [80 100] [0 10]
  b 10-60
  c 10-80 [10 80]
`},
		{"a child that ends after its parent", []spans.Span{span("a", "", "x", 0, 50), span("b", "a", "x", 10, 90)}, nil, `
a 0-50 [0 50]
  b 10-90
`},
		{"a parent that never came", []spans.Span{span("b", "a", "x", 10, 20), span("c", "a", "x", 30, 40)}, nil, `
stub 0-30
  b 0-10 [0 10]
  c 20-30 [20 30]
`},
		{"clocks that disagree", []spans.Span{span("a", "", "x", 10, 50), span("b", "a", "y", 0, 20), span("c", "a", "x", 0, 20)}, nil, `
a 10-50 [20 50]
  b 0-20 skew 10 [10 20]
  c 0-20
`},
		{"a ghost in the middle of its parent", []spans.Span{span("a", "", "x", 0, 80)}, []Expected{{Name: "g", Service: "y", Parent: "a"}}, `
a 0-80 [0 80]
  ghostg 10-70
`},
		{"ghosts below ghosts, around what came", []spans.Span{span("a", "", "x", 0, 80), span("c", "a", "y", 30, 40)}, []Expected{{Name: "g", Parent: "a", Around: []string{"c"}}, {Name: "h", Parent: "ghost-1"}}, `
a 0-80 [40 80] [0 30]
  c 30-40 [30 40]
  ghostg 30-40
    ghosth 31-38
`},
		{"nothing came", nil, []Expected{{Name: "g"}}, `
ghostg 0-1000
`},
		{"a ghost below a caller's span", nil, []Expected{{Name: "g", Parent: "caller"}}, `
stub 0-1000
  ghostg 0-1000
`},
		{"parents in a circle", []spans.Span{span("a", "b", "x", 0, 10), span("b", "a", "x", 0, 10)}, nil, `
a 0-10
  b 0-10 [0 10]
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Of(spans.Trace{ID: "t", Spans: test.spans}, test.expected...)
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), describe(got)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsInARow(t *testing.T) {
	s := span("a", "", "x", 0, 10)
	s.Status = spans.Status{Code: spans.StatusError, Description: "no train"}
	s.Attributes = spans.Attributes{{Key: "s", Value: `<b>"`}, {Key: "i", Value: int64(9007199254740993)}, {Key: "f", Value: 4.0}, {Key: "b", Value: true},
		{Key: "l", Value: []any{"x", int64(1)}}, {Key: "m", Value: spans.Attributes{{Key: "k", Value: "v"}}}, {Key: "y", Value: []byte{1}}, {Key: "e"}}
	s.Events = []spans.Event{{Name: "arrived", Time: s.Start.Add(3 * time.Millisecond)}}
	s.Links = []spans.Link{{TraceID: "u", SpanID: "b"}}
	got := Of(spans.Trace{ID: "t", Spans: []spans.Span{s}})
	want := Row{
		ID: "a", Name: "a", Service: "x", Duration: 10e6, Error: true, Status: "error", Reason: "no train",
		Attributes: []Attribute{{"s", "string", `<b>"`}, {"i", "int", "9007199254740993"}, {"f", "float", "4.0"}, {"b", "bool", "true"},
			{"l", "list", `["x", 1]`}, {"m", "map", `{"k": "v"}`}, {"y", "bytes", "0x01"}, {"e", "empty", "empty"}},
		Resource: []Attribute{{"service.name", "string", "x"}},
		Events:   []Event{{Name: "arrived", At: 3e6}},
		Links:    []Link{{Trace: "u", Span: "b"}},
		Critical: [][2]int64{{0, 10e6}},
	}
	if diff := cmp.Diff(want, got.Rows[0]); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
	if got.Errors != 1 || got.Spans != 1 || !got.Start.Equal(begin) || got.Duration != 10e6 || !cmp.Equal(got.Services, []string{"x"}) {
		t.Errorf("trace: %+v", got)
	}
}

func BenchmarkOf(b *testing.B) {
	var all []spans.Span
	for i := range 10_000 {
		parent := ""
		if i > 0 {
			parent = fmt.Sprint((i - 1) / 3)
		}
		all = append(all, span(fmt.Sprint(i), parent, "x", i, 20_000-i))
	}
	for b.Loop() {
		Of(spans.Trace{ID: "t", Spans: all})
	}
}
