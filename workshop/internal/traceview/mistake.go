package traceview

import (
	"fmt"
	"strings"

	"example.com/tracing-workshop/workshop/receiver"
)

// Mistake says what went wrong on a connection, and what to do about
// it, or "" if nothing did. The text is the same for all who make the mistake.
func Mistake(c receiver.Connection, endpoint string) string {
	switch c.Protocol {
	case receiver.TLS:
		return fmt.Sprintf(`A program spoke TLS to this port, which takes plain text: its spans are lost.
  Give it an endpoint that begins with http://, as %s,
  or the exporter's option WithInsecure().`, endpoint)
	case receiver.HTTP1:
		return describeHTTP(c.RequestLine)
	case receiver.Unknown:
		return `A program sent something to this port that is not OTLP over gRPC.
  Is it meant to send its spans here? Then use the exporter of otlptracegrpc.`
	}
	return "" // a gRPC client, or somebody who only looked whether the port is open
}

func describeHTTP(request string) string {
	if strings.HasPrefix(request, "POST ") {
		return `A program sent its spans over HTTP, and this port takes them over gRPC:
  they are lost. Use otlptracegrpc in place of otlptracehttp.`
	}
	return `Somebody asked this port for a web page. It has none: traces are drawn here.`
}
