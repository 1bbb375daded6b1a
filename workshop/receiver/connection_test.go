package receiver_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"example.com/tracing-workshop/workshop/receiver"
)

const http2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

func TestExporterWithTLS(t *testing.T) {
	r := listen(t, receiver.Accept())
	exporter := connect(t, r, noRetry, otlptracegrpc.WithTLSCredentials(
		credentials.NewTLS(&tls.Config{ServerName: "collector.example"})))

	err := exporter.ExportSpans(t.Context(), batch("lost"))
	if want := "first record does not look like a TLS handshake"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the exporter's error is %v, want one with %q", err, want)
	}
	await(t, r, "the server name", func() bool { return len(r.Connections()) > 0 && r.Connections()[0].ServerName != "" })
	got := r.Connections()[0]
	if got.Protocol != receiver.TLS || got.ServerName != "collector.example" {
		t.Errorf("the client spoke %s for %q, want TLS for collector.example", got.Protocol, got.ServerName)
	}
}

func TestExporterOverHTTP(t *testing.T) {
	r := listen(t, receiver.Accept())
	exporter, err := otlptracehttp.New(t.Context(), otlptracehttp.WithEndpointURL(r.Endpoint()+"/v1/traces"))
	if err != nil {
		t.Fatal(err)
	}
	defer exporter.Shutdown(t.Context())

	err = exporter.ExportSpans(t.Context(), batch("lost"))
	for _, want := range []string{"415 Unsupported Media Type", "OTLP over gRPC", "use the OTLP/gRPC exporter"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the exporter's error is %v, want one with %q", err, want)
		}
	}
	checkConnections(t, r, receiver.Connection{Protocol: receiver.HTTP1, RequestLine: "POST /v1/traces HTTP/1.1"})
	checkExports(t, r)
}

// TestServerName lets the rest of the handshake come late, as from a slow
// network.
func TestServerName(t *testing.T) {
	for _, test := range []struct{ asked, want string }{
		{"collector.example", "collector.example"},
		{"127.0.0.1", ""}, // RFC 6066, section 3: an address is not a server name
	} {
		r := listen(t, receiver.Accept())
		conn := dial(t, r)
		hello := clientHello(t, test.asked)
		_, _ = io.WriteString(conn, hello[:2])
		await(t, r, "TLS", func() bool { return len(r.Connections()) == 1 && r.Connections()[0].Protocol == receiver.TLS })
		_, _ = io.WriteString(conn, hello[2:])
		readAll(t, conn)
		checkConnections(t, r, receiver.Connection{Protocol: receiver.TLS, ServerName: test.want})
	}
}

// TestBytesOneByOne sends each byte after the receiver has seen the one before.
func TestBytesOneByOne(t *testing.T) {
	r := listen(t, receiver.Accept())
	conn := dial(t, r)
	for i := range len(http2Preface) {
		_, _ = io.WriteString(conn, http2Preface[i:i+1])
		want := receiver.Connection{Remote: conn.LocalAddr().String(), Protocol: receiver.Unknown, FirstBytes: http2Preface[:i+1]}
		if i+1 == len(http2Preface) {
			want = receiver.Connection{Remote: want.Remote, Protocol: receiver.HTTP2}
		}
		await(t, r, "the next byte", func() bool { return slices.Equal(r.Connections(), []receiver.Connection{want}) })
	}
}

// TestExporterByteByByte lets an exporter deliver over a connection that sends
// every byte in a packet of its own.
func TestExporterByteByByte(t *testing.T) {
	r := listen(t, receiver.Accept())
	exporter := connect(t, r, noRetry, otlptracegrpc.WithDialOption(
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) {
			conn, err := net.Dial("tcp", r.Addr())
			return trickle{conn}, err
		})))
	mustExport(t, exporter, "trickled")
	checkNames(t, r.Spans(), "trickled")
}

type trickle struct{ net.Conn }

func (c trickle) Write(p []byte) (int, error) {
	for i := range p {
		if _, err := c.Conn.Write(p[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

func TestUnknownIsEnded(t *testing.T) {
	r := listen(t, receiver.Accept())
	conn := dial(t, r)
	fmt.Fprint(conn, "hello\n")
	readAll(t, conn)
	got := r.Connections()[0]
	if got.Protocol != receiver.Unknown || !strings.HasPrefix("hello\n", got.FirstBytes) {
		t.Errorf("the client spoke %s beginning with %q, want unknown beginning with hello", got.Protocol, got.FirstBytes)
	}
}

func TestHTTP1IsAnswered(t *testing.T) {
	r := listen(t, receiver.Accept())
	conn := dial(t, r)
	fmt.Fprint(conn, "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
	answer := readAll(t, conn) // the receiver ends the connection, although the client keeps it open
	if want := "HTTP/1.1 415 "; !strings.HasPrefix(answer, want) {
		t.Errorf("got %q, want an answer that begins with %q", answer, want)
	}
}

// TestRefuseResets allows for both: a reset that comes while the client still
// connects, and one that comes later.
func TestRefuseResets(t *testing.T) {
	r := listen(t, receiver.Refuse())
	conn, err := net.Dial("tcp", r.Addr())
	if err == nil {
		defer conn.Close()
		_ = conn.SetDeadline(deadline())
		_, err = conn.Read(make([]byte, 1))
	}
	if err == nil || err == io.EOF || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the client got %v, want a connection that is reset", err)
	}
	checkConnections(t, r, receiver.Connection{Protocol: receiver.Nothing})
}

// TestCloseEndsConnections closes the receiver in the middle of what clients
// could be about. None of these connections ends by itself.
func TestCloseEndsConnections(t *testing.T) {
	for _, test := range []struct {
		sent     string
		protocol receiver.Protocol
	}{
		{"", receiver.Nothing},
		{"PRI * ", receiver.Unknown},
		{http2Preface, receiver.HTTP2},
		{http2Preface + "\x00\x00\x00\x04\x00\x00\x00\x00\x00", receiver.HTTP2},
		{"POST /v1/traces HTTP/1.1\r\nContent-Length: 4\r\n\r\n", receiver.HTTP1},
		{clientHello(t, "collector.example")[:50], receiver.TLS},
	} {
		t.Run(fmt.Sprintf("after %.12q", test.sent), func(t *testing.T) {
			r := listen(t, receiver.Accept())
			conn := dial(t, r)
			_, _ = io.WriteString(conn, test.sent)
			await(t, r, "the connection", func() bool {
				got := r.Connections()
				return len(got) == 1 && got[0].Protocol == test.protocol
			})
			r.Close()
			readAll(t, conn)
		})
	}
}

// dial gives a plain connection to the receiver.
func dial(t *testing.T, r *receiver.Receiver) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(deadline())
	tcp := conn.(*net.TCPConn)
	_ = tcp.SetNoDelay(true)
	return tcp
}

// deadline is far enough for the busiest machine.
func deadline() time.Time { return time.Now().Add(time.Minute) }

// readAll gives what the receiver sends until it ends the connection, in order
// or with a reset.
func readAll(t *testing.T, conn net.Conn) string {
	t.Helper()
	answer, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("the receiver did not end the connection")
	}
	return string(answer)
}

// clientHello gives the first message of a TLS client.
func clientHello(t *testing.T, serverName string) string {
	t.Helper()
	client, server := net.Pipe()
	defer server.Close()
	go func() {
		_ = tls.Client(client, &tls.Config{ServerName: serverName}).Handshake() // ends when the pipe does
		client.Close()
	}()
	buffer := make([]byte, 16<<10)
	n, err := server.Read(buffer) // a write to the pipe is one read, and the message is one write
	if err != nil {
		t.Fatal(err)
	}
	return string(buffer[:n])
}

// checkConnections compares all but the addresses of the clients.
func checkConnections(t *testing.T, r *receiver.Receiver, want ...receiver.Connection) {
	t.Helper()
	ignored := cmpopts.IgnoreFields(receiver.Connection{}, "Remote")
	if diff := cmp.Diff(want, r.Connections(), ignored); diff != "" {
		t.Errorf("connections (-want +got):\n%s", diff)
	}
}

// checkExports compares the exports, each written as "1: 2 spans, OK".
func checkExports(t *testing.T, r *receiver.Receiver, want ...string) {
	t.Helper()
	var got []string
	for _, export := range r.Exports() {
		got = append(got, describe(export))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("exports (-want +got):\n%s", diff)
	}
}

func describe(export receiver.Export) string {
	noun, answer := "spans", "unanswered"
	if export.Spans == 1 {
		noun = "span"
	}
	if export.Answered {
		answer = export.Code.String()
	}
	return fmt.Sprintf("%d: %d %s, %s", export.Number, export.Spans, noun, answer)
}
