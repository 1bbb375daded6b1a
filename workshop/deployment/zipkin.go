package deployment

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// URL gives the address of a path of a system that is asked over HTTP, as
// /zipkin/ for Zipkin's page.
func (b *Backend) URL(path string) string {
	if b.process == nil {
		return path
	}
	return strings.TrimSuffix(b.process.Address(), "/") + path
}

// LookInZipkin is [Deployment.LookFor] in a Zipkin, which is asked by its API
// (https://zipkin.io/zipkin-api, v2). Its spans are shown as it has them: a kind,
// or none; tags that are text, as attributes; annotations, as events.
func (d *Deployment) LookInZipkin(zipkin *Backend, n int, when string) (all bool) {
	if d.failed() {
		return false
	}
	ask := func() ([]spans.Span, error) { return askZipkin(d.ctx, zipkin.URL("/api/v2/traces?limit=1000")) }
	return d.look(ask, n, 0, when)
}

func askZipkin(ctx context.Context, url string) ([]spans.Span, error) {
	body, err := get(ctx, url)
	if err != nil {
		return nil, err
	}
	var traces [][]zipkinSpan
	if err := json.Unmarshal(body, &traces); err != nil {
		return nil, fmt.Errorf("%s does not answer with traces: %w", url, err)
	}
	var all []spans.Span
	for _, trace := range traces {
		for _, s := range trace {
			all = append(all, s.span())
		}
	}
	return all, nil
}

// zipkinSpan is a span as Zipkin answers it.
type zipkinSpan struct {
	TraceID       string `json:"traceId"`
	ParentID      string `json:"parentId"`
	ID            string `json:"id"`
	Kind          string `json:"kind"`
	Name          string `json:"name"`
	Timestamp     int64  `json:"timestamp"` // in microseconds
	Duration      int64  `json:"duration"`
	LocalEndpoint struct {
		ServiceName string `json:"serviceName"`
	} `json:"localEndpoint"`
	Tags        map[string]string `json:"tags"`
	Annotations []struct {
		Timestamp int64  `json:"timestamp"`
		Value     string `json:"value"`
	} `json:"annotations"`
}

func (z zipkinSpan) span() spans.Span {
	s := spans.Span{
		TraceID: z.TraceID, SpanID: z.ID, ParentID: z.ParentID,
		Name: z.Name, Kind: spans.Kind(strings.ToLower(z.Kind)),
		Start:    time.UnixMicro(z.Timestamp),
		End:      time.UnixMicro(z.Timestamp + z.Duration),
		Resource: spans.Attributes{{Key: "service.name", Value: z.LocalEndpoint.ServiceName}},
	}
	for _, key := range slices.Sorted(maps.Keys(z.Tags)) {
		s.Attributes = append(s.Attributes, spans.Attribute{Key: key, Value: z.Tags[key]})
	}
	for _, a := range z.Annotations {
		s.Events = append(s.Events, spans.Event{Name: a.Value, Time: time.UnixMicro(a.Timestamp)})
	}
	return s
}
