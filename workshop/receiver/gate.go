package receiver

import (
	"bufio"
	"context"
	"io"
	"net"
	"sync"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// gate stands between the listener and the gRPC server. gRPC asks its transport
// credentials to shake hands on each new connection, in a goroutine of that
// connection, before it reads or writes a byte. That is the place to see what a
// client speaks. It is also the place where a receiver with TLS would do its
// handshake.
type gate struct {
	credentials.TransportCredentials // for everything but ServerHandshake
	closing                          context.Context
	record                           *record
	behaviour                        Behaviour
}

func newGate(closing context.Context, record *record, behaviour Behaviour) *gate {
	return &gate{
		TransportCredentials: insecure.NewCredentials(),
		closing:              closing,
		record:               record,
		behaviour:            behaviour,
	}
}

// AuthType says that nobody was authenticated. It makes a connection an
// AuthInfo, which is how a call knows its connection: gRPC hands what the
// handshake returns to the calls, as the AuthInfo of their peer.
func (*connection) AuthType() string { return "none" }

// ServerHandshake lets a client in that speaks HTTP/2. For all others it
// returns io.EOF, on which gRPC closes the connection and logs nothing. A client
// that stops half-way is ended by gRPC's connection timeout, two minutes.
func (g *gate) ServerHandshake(raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	client := g.record.connected(raw.RemoteAddr())
	if g.behaviour.refuse {
		defer g.record.ended(client)
		resetOnClose(raw)
		return nil, nil, io.EOF
	}

	// Without this, Close would have to wait for clients that keep silent.
	forget := context.AfterFunc(g.closing, func() { raw.Close() })
	leave := sync.OnceFunc(func() {
		forget()
		g.record.ended(client)
	})
	conn := &peekedConn{Conn: raw, reader: bufio.NewReader(raw), leave: leave}
	protocol := readOpening(conn.reader, func(o opening) { g.record.recognized(client, o) })
	if protocol == HTTP2 {
		return conn, client, nil
	}

	defer leave()
	switch protocol {
	case TLS:
		g.record.namedServer(client, readServerName(conn))
		turnAwayTLS(conn)
	case HTTP1:
		turnAwayHTTP1(conn)
	}
	return nil, nil, io.EOF
}

// resetOnClose makes Close reset the connection in place of ending it in order.
func resetOnClose(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // else the client sees an end of file, as early
	}
}

// peekedConn is a connection of which the first bytes wait in the reader.
type peekedConn struct {
	net.Conn
	reader *bufio.Reader
	leave  func()
}

func (c *peekedConn) Read(p []byte) (int, error) { return c.reader.Read(p) }

func (c *peekedConn) Close() error {
	c.leave()
	return c.Conn.Close()
}
