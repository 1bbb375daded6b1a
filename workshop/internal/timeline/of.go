package timeline

import (
	"fmt"
	"slices"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// Of gives the rows of a trace, with the spans that were expected in it. The
// first of them has the id ghost-1, and so on.
func Of(trace spans.Trace, expected ...Expected) Trace {
	all := slices.Clone(trace.Spans)
	t := Trace{ID: trace.ID, Spans: len(all)}
	marks := map[string]Row{} // by the id of the row
	all = addGhosts(all, trace, expected, marks)
	all = addStubs(all, marks)
	drawn := spans.Trace{ID: trace.ID, Spans: all}
	t.Start, t.Duration = extent(all)
	parents := map[string]spans.Span{}
	for depth, s := range drawn.Preorder() {
		row := rowOf(s, t.Start)
		row.Depth = depth
		if mark, ok := marks[s.SpanID]; ok {
			row.Mark, row.Says, row.Status = mark.Mark, mark.Says, ""
		}
		if parent, ok := parents[s.ParentID]; ok && row.Mark == "" && marks[s.ParentID].Mark == "" {
			row.Skew = skew(parent, s)
		}
		parents[s.SpanID] = s
		if row.Error {
			t.Errors++
		}
		if row.Service != "" && !slices.Contains(t.Services, row.Service) {
			t.Services = append(t.Services, row.Service)
		}
		t.Rows = append(t.Rows, row)
	}
	markCritical(&t)
	return t
}

// addStubs puts a span in the place of each parent that did not come.
func addStubs(all []spans.Span, marks map[string]Row) []spans.Span {
	here := map[string]bool{}
	for _, s := range all {
		here[s.SpanID] = true
	}
	orphans := map[string][]spans.Span{}
	var missing []string
	for _, s := range all {
		if s.ParentID != "" && !here[s.ParentID] {
			if orphans[s.ParentID] == nil {
				missing = append(missing, s.ParentID)
			}
			orphans[s.ParentID] = append(orphans[s.ParentID], s)
		}
	}
	for _, id := range missing {
		start, duration := extent(orphans[id])
		all = append(all, spans.Span{SpanID: id, Start: start, End: start.Add(time.Duration(duration))})
		marks[id] = Row{Mark: Stub, Says: "The parent of what is below did not come."}
	}
	return all
}

// addGhosts puts the spans that were expected where they belong: around the
// spans that they should have been open around, or in the middle of the parent.
func addGhosts(all []spans.Span, trace spans.Trace, expected []Expected, marks map[string]Row) []spans.Span {
	at := map[string]spans.Span{}
	for _, s := range all {
		at[s.SpanID] = s
	}
	for i, e := range expected {
		ghost := spans.Span{
			TraceID: trace.ID, SpanID: fmt.Sprintf("ghost-%d", i+1), ParentID: e.Parent, Name: e.Name, Kind: e.Kind,
			Resource: spans.Attributes{{Key: "service.name", Value: e.Service}},
		}
		ghost.Start, ghost.End = placeOf(e, at, trace.Spans)
		at[ghost.SpanID] = ghost
		all = append(all, ghost)
		marks[ghost.SpanID] = Row{Mark: Ghost, Says: e.Says}
	}
	return all
}

// placeOf gives the time that a ghost is drawn at. A second of its own serves
// where nothing is there to go by.
func placeOf(e Expected, at map[string]spans.Span, all []spans.Span) (start, end time.Time) {
	var inside []spans.Span
	for _, id := range e.Around {
		if s, ok := at[id]; ok {
			inside = append(inside, s)
		}
	}
	if begin, length := extent(inside); length > 0 {
		return begin, begin.Add(time.Duration(length))
	}
	if parent, ok := at[e.Parent]; ok && parent.Duration() > 0 {
		const share = 8 // of the parent's time, at its begin and its end
		return parent.Start.Add(parent.Duration() / share), parent.End.Add(-parent.Duration() / share)
	}
	if begin, length := extent(all); length > 0 {
		return begin, begin.Add(time.Duration(length))
	}
	return time.Unix(0, 0), time.Unix(1, 0)
}

// extent gives the earliest start and the time from there to the latest end.
func extent(all []spans.Span) (start time.Time, length int64) {
	var end time.Time
	for _, s := range all {
		if s.Start.IsZero() || s.End.IsZero() {
			continue
		}
		if start.IsZero() || s.Start.Before(start) {
			start = s.Start
		}
		for _, t := range []time.Time{s.Start, s.End} {
			if t.After(end) {
				end = t
			}
		}
	}
	return start, int64(end.Sub(start))
}

// skew is by how much a span begins before its parent of another service.
func skew(parent, s spans.Span) int64 {
	if parent.Service() == s.Service() || s.Start.IsZero() {
		return 0
	}
	return max(0, int64(parent.Start.Sub(s.Start)))
}

func rowOf(s spans.Span, start time.Time) Row {
	row := Row{
		ID: s.SpanID, Parent: s.ParentID, Name: s.Name, Service: s.Service(), Kind: s.Kind,
		Duration: int64(s.Duration()), TraceState: s.TraceState, Scope: s.Scope,
		Status: string(s.Status.Code), Reason: s.Status.Description, Error: s.Status.Code == spans.StatusError,
		Attributes: Attributes(s.Attributes), Resource: Attributes(s.Resource),
	}
	after := func(t time.Time) int64 {
		if t.IsZero() {
			return 0
		}
		return int64(t.Sub(start))
	}
	row.Start = after(s.Start)
	for _, e := range s.Events {
		row.Events = append(row.Events, Event{Name: e.Name, At: after(e.Time), Attributes: Attributes(e.Attributes)})
	}
	for _, l := range s.Links {
		row.Links = append(row.Links, Link{Trace: l.TraceID, Span: l.SpanID, Attributes: Attributes(l.Attributes)})
	}
	return row
}

// Attributes gives attributes with their types.
func Attributes(all spans.Attributes) []Attribute {
	var list []Attribute
	for _, a := range all {
		list = append(list, Attribute{Key: a.Key, Type: typeOf(a.Value), Value: valueOf(a.Value)})
	}
	return list
}

func valueOf(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	return spans.FormatValue(value)
}

func typeOf(value any) string {
	switch value.(type) {
	case nil:
		return "empty"
	case string:
		return "string"
	case bool:
		return "bool"
	case int64:
		return "int"
	case float64:
		return "float"
	case []byte:
		return "bytes"
	case spans.Attributes:
		return "map"
	}
	return "list"
}
