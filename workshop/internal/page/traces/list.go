package traces

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/timeline"
	"example.com/tracing-workshop/workshop/internal/traceview"
	"example.com/tracing-workshop/workshop/spans"
)

// Spans are those that are asked for, without their traces.
type Spans struct {
	Spans []Span `json:"spans"` // newest first
	Of    int    `json:"of"`    // how many there are in all
}

// Span is one of them, with what may tell it from others.
type Span struct {
	Trace      string               `json:"trace"`
	ID         string               `json:"id"`
	Caller     string               `json:"caller"` // the service of its parent, if that is another one
	Service    string               `json:"service"`
	Operation  string               `json:"operation"`
	Start      time.Time            `json:"start"`
	Duration   time.Duration        `json:"duration"`
	Error      bool                 `json:"error"`
	Events     []string             `json:"events"`
	Attributes []timeline.Attribute `json:"attributes"` // but for those of the connection
}

// SpansIn gives the spans that a filter wants, no more than a limit.
func SpansIn(all []spans.Trace, f traceview.Filter, limit int) Spans {
	type found struct {
		spans.Span
		caller string
	}
	var wanted []found
	for _, t := range all {
		services := map[string]string{}
		for i := range t.Spans {
			services[t.Spans[i].SpanID] = t.Spans[i].Service()
		}
		for _, s := range f.In(t) {
			caller := services[s.ParentID]
			if caller == s.Service() {
				caller = ""
			}
			wanted = append(wanted, found{s, caller})
		}
	}
	slices.SortFunc(wanted, func(a, b found) int {
		return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(a.SpanID, b.SpanID))
	})
	list := Spans{Spans: []Span{}, Of: len(wanted)}
	for _, s := range wanted[:min(len(wanted), limit)] {
		one := Span{
			Trace: s.TraceID, ID: s.SpanID, Caller: s.caller, Service: s.Service(), Operation: s.Name,
			Start: s.Start, Duration: s.Duration(), Error: s.Status.Code == spans.StatusError, Events: []string{},
			Attributes: timeline.Attributes(slices.DeleteFunc(slices.Clone(s.Attributes), ofConnection)),
		}
		for _, e := range s.Events {
			one.Events = append(one.Events, e.Name)
		}
		list.Spans = append(list.Spans, one)
	}
	return list
}

// connection are the namespaces of the semantic conventions whose attributes say
// how a request was transported, and not what it was about.
var connection = []string{"client.", "http.", "network.", "server.", "url."}

func ofConnection(a spans.Attribute) bool {
	return slices.ContainsFunc(connection, func(prefix string) bool { return strings.HasPrefix(a.Key, prefix) })
}
