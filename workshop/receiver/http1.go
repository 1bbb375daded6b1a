package receiver

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// isHTTP1 tells whether text begins with a whole request line of HTTP/1 (RFC
// 9112, section 3).
func isHTTP1(text string) bool {
	line, _, whole := strings.Cut(text, "\r\n")
	parts := strings.Split(line, " ")
	return whole && len(parts) == 3 && isMethod(parts[0]) && strings.HasPrefix(parts[2], "HTTP/1.")
}

// couldBeHTTP1 tells whether text is the beginning of a request line.
func couldBeHTTP1(text string) bool {
	method, _, _ := strings.Cut(text, " ")
	return isMethod(method) && !strings.Contains(text, "\n")
}

// isMethod holds for the methods in use, which are upper-case letters.
func isMethod(word string) bool {
	return strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && word != ""
}

// turnAwayHTTP1 answers the request on conn with an error that an exporter shows
// to its user. It reads the body first: closed with bytes unread, the connection
// would be reset and the answer could be lost.
func turnAwayHTTP1(conn net.Conn) {
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	if _, err := io.Copy(io.Discard, request.Body); err != nil {
		return
	}
	const text = "this port receives OTLP over gRPC, and the request came over HTTP/1: use the OTLP/gRPC exporter, or a port that receives OTLP over HTTP\n"
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 415 Unsupported Media Type\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(text), text)
}
