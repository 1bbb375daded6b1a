package jaeger

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// usualQuery is where the query API is, unless a configuration says otherwise.
const usualQuery = "http://127.0.0.1:16686"

// notQuery says what answers in place of Jaeger's query API, and gives nil if
// that is nothing known. It asks, since every port of a Jaeger can be another
// one than usual.
func (c *Client) notQuery(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	switch status := c.exportStatus(ctx); {
	case status == "0":
		return c.takesSpans("gRPC")
	case status != "":
		return fmt.Errorf("%s speaks gRPC: questions go to the query API over HTTP, which is at %s as a rule", c.base, usualQuery)
	case c.refusesToGetTraces(ctx):
		return c.takesSpans("HTTP")
	}
	return nil
}

func (c *Client) takesSpans(transport string) error {
	return fmt.Errorf("%s is where spans come in (OTLP over %s): questions go to the query API, which is at %s as a rule", c.base, transport, usualQuery)
}

// exportStatus exports no spans over OTLP/gRPC, and gives the status of that:
// 0 if there is such a service, and "" where nobody speaks gRPC
// (OTLP specification, section OTLP/gRPC; gRPC over HTTP/2, section Responses).
func (c *Client) exportStatus(ctx context.Context) string {
	empty := bytes.NewReader(make([]byte, 5)) // not compressed, and of length 0
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/opentelemetry.proto.collector.trace.v1.TraceService/Export", empty)
	if err != nil {
		return ""
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("Te", "trailers")
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetHTTP2(true)
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body) // the status comes after it
	return cmp.Or(response.Trailer.Get("Grpc-Status"), response.Header.Get("Grpc-Status"))
}

// refusesToGetTraces tells whether there is the path of OTLP over HTTP, which
// takes POST alone (OTLP specification, section OTLP/HTTP Request).
func (c *Client) refusesToGetTraces(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/v1/traces", nil)
	if err != nil {
		return false
	}
	response, err := c.http.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusMethodNotAllowed
}
