package receiver

import (
	"bufio"
	"strings"
)

const (
	http2Preface  = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" // RFC 9113, section 3.4
	tlsHandshake  = "\x16\x03"                         // a handshake record of any TLS version (RFC 8446, section 5.1)
	maxFirstBytes = len(http2Preface)
)

// opening is what the first bytes of a connection say.
type opening struct {
	protocol    Protocol
	requestLine string // only with HTTP1
	firstBytes  string // only with Unknown
}

// readOpening looks at the first bytes of a connection, without consuming them,
// until they can be told apart. It calls note each time there are more. The
// protocol it returns is Nothing or Unknown when the bytes end early.
func readOpening(reader *bufio.Reader, note func(opening)) Protocol {
	seen := Nothing
	for {
		// One byte more than there are: wait for the next packet, however small.
		if _, err := reader.Peek(reader.Buffered() + 1); err != nil {
			return seen
		}
		prefix, _ := reader.Peek(reader.Buffered())
		o, decided := recognize(prefix)
		note(o)
		if decided {
			return o.protocol
		}
		seen = o.protocol
	}
}

// recognize tells what a connection that begins with prefix speaks, and whether
// more bytes could change that.
func recognize(prefix []byte) (o opening, decided bool) {
	text := string(prefix)
	switch {
	case strings.HasPrefix(text, http2Preface):
		return opening{protocol: HTTP2}, true
	case strings.HasPrefix(text, tlsHandshake):
		return opening{protocol: TLS}, true
	case isHTTP1(text):
		line, _, _ := strings.Cut(text, "\r\n")
		return opening{protocol: HTTP1, requestLine: line}, true
	}

	more := strings.HasPrefix(http2Preface, text) || strings.HasPrefix(tlsHandshake, text) || couldBeHTTP1(text)
	firstBytes := string(prefix[:min(len(prefix), maxFirstBytes)])
	return opening{protocol: Unknown, firstBytes: firstBytes}, !more
}
