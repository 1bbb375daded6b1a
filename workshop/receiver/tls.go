package receiver

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
)

// readServerName reads the first message of a TLS handshake, the ClientHello,
// and gives the server name in it, or "" (RFC 6066, section 3).
func readServerName(conn net.Conn) string {
	var name string
	config := &tls.Config{
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			name = hello.ServerName
			return nil, errors.New("the name is all that is wanted")
		},
	}
	_ = tls.Server(mutedConn{conn}, config).Handshake() // fails by design
	return name
}

// mutedConn sends nothing, so that the client does not see TLS alerts.
type mutedConn struct{ net.Conn }

func (mutedConn) Write(p []byte) (int, error) { return len(p), nil }

// turnAwayTLS sends what any gRPC server without TLS sends first, an empty
// SETTINGS frame (RFC 9113, section 3.4). So the client fails with the words
// that are known from real collectors: "first record does not look like a TLS
// handshake".
func turnAwayTLS(conn net.Conn) {
	const emptySettings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	_, _ = io.WriteString(conn, emptySettings)
}
