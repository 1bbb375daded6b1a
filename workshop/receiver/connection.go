package receiver

// Connection is one client that connected, and what it spoke.
type Connection struct {
	Remote      string // the client's address, as in "127.0.0.1:51234"
	Protocol    Protocol
	RequestLine string // only with HTTP1, as in "POST /v1/traces HTTP/1.1"
	ServerName  string // only with TLS: the server name the client asked for (SNI); empty for an IP address
	FirstBytes  string // only with Unknown: at most 24 bytes, as they came; print them with %q
	Exports     int    // export calls made on this connection so far
}

// Protocol is what the first bytes of a connection were recognized as.
type Protocol string

const (
	Nothing Protocol = "nothing" // connected and sent nothing yet, or was refused
	HTTP2   Protocol = "HTTP/2"  // the connection preface of HTTP/2 (RFC 9113, section 3.4), on which gRPC runs
	HTTP1   Protocol = "HTTP/1"  // a request line of HTTP/1, as an OTLP/HTTP exporter sends it
	TLS     Protocol = "TLS"     // a TLS handshake, as any exporter that is not set to "insecure" starts it
	Unknown Protocol = "unknown" // none of these, or too few bytes to tell
)
