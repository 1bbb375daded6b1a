package receiver

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestReadOpening(t *testing.T) {
	for _, test := range []struct {
		sent string
		want opening
	}{
		{"", opening{protocol: Nothing}},
		{http2Preface, opening{protocol: HTTP2}},
		{http2Preface[:10], opening{protocol: Unknown, firstBytes: "PRI * HTTP"}},
		{"PRI * HTTP/2.0\r\n\r\nX", opening{protocol: Unknown, firstBytes: "PRI * HTTP/2.0\r\n\r\nX"}},
		{"POST /v1/traces HTTP/1.1\r\n", opening{protocol: HTTP1, requestLine: "POST /v1/traces HTTP/1.1"}},
		{"GET / HTTP/1.0\r\n", opening{protocol: HTTP1, requestLine: "GET / HTTP/1.0"}},
		{"PUT /half", opening{protocol: Unknown, firstBytes: "PUT /half"}},
		{"PLEASE HELP\r\n", opening{protocol: Unknown, firstBytes: "PLEASE HELP\r\n"}},
		{"GET / HTTP/9.9\r\n", opening{protocol: Unknown, firstBytes: "GET / HTTP/9.9\r\n"}},
		{"\x16\x03", opening{protocol: TLS}},
		{"\x16", opening{protocol: Unknown, firstBytes: "\x16"}},
		{"\x00", opening{protocol: Unknown, firstBytes: "\x00"}},
		{strings.Repeat("A", 10_000), opening{protocol: Unknown, firstBytes: strings.Repeat("A", 24)}},
	} {
		for how, reader := range map[string]io.Reader{
			"at once":      strings.NewReader(test.sent),
			"byte by byte": iotest.OneByteReader(strings.NewReader(test.sent)),
		} {
			t.Run(fmt.Sprintf("%.20q %s", test.sent, how), func(t *testing.T) {
				got := opening{protocol: Nothing}
				protocol := readOpening(bufio.NewReader(reader), func(o opening) { got = o })
				if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(opening{})); diff != "" {
					t.Errorf("opening (-want +got):\n%s", diff)
				}
				if protocol != got.protocol {
					t.Errorf("readOpening() = %s, but it noted %s", protocol, got.protocol)
				}
			})
		}
	}
}

func TestReadOpeningConsumesNothing(t *testing.T) {
	const sent = http2Preface + "and what follows"
	reader := bufio.NewReader(iotest.OneByteReader(strings.NewReader(sent)))
	readOpening(reader, func(opening) {})
	if got, err := io.ReadAll(reader); string(got) != sent || err != nil {
		t.Errorf("after readOpening the reader gives %q, %v; want %q", got, err, sent)
	}
}
