package deployment

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// CountsCalls expects that the page of metrics has counted every span that was
// sent, by service, operation and kind.
func CountsCalls(e *tracecheck.Evidence) *tracecheck.Miss {
	return compare(e, "calls", everySpan, func(s spans.Span) []string {
		return []string{"service_name", s.Service(), "span_name", s.Name, "span_kind", kindLabel(s.Kind)}
	})
}

// CountsErrors expects that the page counts failures apart.
func CountsErrors(e *tracecheck.Evidence) *tracecheck.Miss {
	return compare(e, "errors", everySpan, func(s spans.Span) []string {
		return []string{"service_name", s.Service(), "span_name", s.Name, "status_code", statusLabel(s.Status)}
	})
}

// CountsRoutes expects that the page counts requests by their route, and by the
// code of the answer.
func CountsRoutes(e *tracecheck.Evidence) *tracecheck.Miss {
	ofServers := func(s spans.Span) bool { return s.Kind == spans.KindServer }
	return compare(e, "routes", ofServers, func(s spans.Span) []string {
		return []string{"service_name", s.Service(), "http_route", fmt.Sprint(s.Attributes.Get("http.route")),
			"http_response_status_code", fmt.Sprint(s.Attributes.Get(statusCode))}
	})
}

func everySpan(spans.Span) bool { return true }

// kindLabel is how the connector spells the kind of a span.
func kindLabel(k spans.Kind) string { return "SPAN_KIND_" + strings.ToUpper(string(k)) }

// statusLabel is how the connector spells the status of a span.
func statusLabel(s spans.Status) string {
	return "STATUS_CODE_" + strings.ToUpper(cmp.Or(string(s.Code), string(spans.StatusUnset)))
}

// compare holds what the page counts against what was sent: for each set of
// labels that a span has, the number of these spans.
func compare(e *tracecheck.Evidence, key string, counts func(spans.Span) bool, labels func(spans.Span) []string) *tracecheck.Miss {
	m := e.Deployment.Measured
	if miss := hasPage(m); miss != nil {
		return miss
	}
	sent, _ := e.Deployment.Sent()
	want, example := map[string]int{}, map[string]spans.Span{}
	for _, s := range sent {
		if counts(s) {
			series := strings.Join(labels(s), "\x00")
			want[series]++
			example[series] = s
		}
	}
	for _, series := range slices.Sorted(maps.Keys(want)) {
		s, l := example[series], labels(example[series])
		if got := int(m.Calls().With(l...).Sum()); got != want[series] {
			return &tracecheck.Miss{What: tracecheck.Miscounted, Key: key, Name: s.Name, Service: s.Service(), Kind: s.Kind, Got: got, Want: want[series],
				Says: fmt.Sprintf("%s with %s were sent. The page of metrics counts %d.", text.Plural(want[series], "span"), say(l), got)}
		}
	}
	return nil
}

// hasPage expects that there is a page, with counts on it.
func hasPage(m tracecheck.Measured) *tracecheck.Miss {
	switch {
	case !m.Served:
		return &tracecheck.Miss{What: tracecheck.Miscounted, Key: "page", Says: fmt.Sprintf("Jaeger runs with %s, and serves no page of metrics.", m.From)}
	case len(m.Calls()) == 0:
		return &tracecheck.Miss{What: tracecheck.Miscounted, Key: "empty", Says: "The page of metrics is open, and counts no spans."}
	}
	return nil
}

// say gives labels as PromQL has them.
func say(labels []string) string {
	var all []string
	for pair := range slices.Chunk(labels, 2) {
		all = append(all, fmt.Sprintf("%s=%q", pair[0], pair[1]))
	}
	return strings.Join(all, ", ")
}
