package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	tracecollector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip" // and takes what is compressed
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"example.com/tracing-workshop/workshop/spans"
)

// internet stands for the part of the internet where the vendors are: a proxy,
// behind which one server answers for all of their hosts, over TLS alone and
// with a certificate that names these hosts. So those who send use the
// addresses that docs/backends.md has, and none of it leaves the machine.
type internet struct {
	proxy     string // URL
	authority string // file with the certificate of who vouches for the server
	vendors   map[string]vendor
	arrived   chan arrival
}

// vendor is what a vendor demands.
type vendor struct {
	host  string                     // where it is, with the port
	path  string                     // of an export; that of gRPC has no choice
	admit func(*http.Request) string // why it does not want a request, or ""
}

// arrival is an export that a vendor has taken.
type arrival struct {
	host   string
	zipped bool
	spans  []spans.Span
}

// overGRPC is the path of an export over gRPC.
const overGRPC = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"

func startInternet(t *testing.T, all ...vendor) *internet {
	t.Helper()
	in := &internet{vendors: map[string]vendor{}, arrived: make(chan arrival, 100)}
	var names []string
	for _, v := range all {
		in.vendors[v.host] = v
		name, _, _ := strings.Cut(v.host, ":")
		names = append(names, name)
	}
	certificate, authority := newCertificate(t, names)
	in.authority = authority

	exports := grpc.NewServer(grpc.WaitForHandlers(true))
	tracecollector.RegisterTraceServiceServer(exports, takesExports{internet: in})
	server := httptest.NewUnstartedServer(in.handler(exports))
	server.TLS, server.EnableHTTP2 = certificate, true
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that a test wants to fail
	server.StartTLS()
	t.Cleanup(func() {
		server.Close()
		exports.Stop()
	})
	in.proxy = in.startProxy(t, server.Listener.Addr().String())
	return in
}

// startProxy starts what HTTPS_PROXY names: it connects those who ask for the
// host of a vendor with the server, and nobody with anything else.
func (in *internet) startProxy(t *testing.T, server string) string {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, known := in.vendors[r.Host]; r.Method != http.MethodConnect || !known {
			t.Errorf("%s %s goes to a host that no vendor has", r.Method, r.Host)
			http.Error(w, "no such host", http.StatusBadGateway)
			return
		}
		connect(w, server)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// connect lets a client and a server talk until one of them has enough, and
// leaves it to them to notice what goes wrong.
func connect(w http.ResponseWriter, server string) {
	to, err := net.Dial("tcp", server)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer to.Close()
	from, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer from.Close()
	fmt.Fprint(from, "HTTP/1.1 200 OK\r\n\r\n")
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{to, from}, {from, to}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			ended <- struct{}{}
		}()
	}
	<-ended
	to.Close()
	from.Close()
	<-ended
}

// handler asks the vendor whose host it is. A refusal has the form of the
// protocol in which it was asked.
func (in *internet) handler(exports http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, known := in.vendors[withPort(r.Host)]
		switch {
		case !known:
			http.Error(w, "not the host of a vendor", http.StatusMisdirectedRequest)
		case r.Method != http.MethodPost || r.URL.Path != v.path:
			http.NotFound(w, r)
		case v.path == overGRPC:
			exports.ServeHTTP(w, r)
		default:
			in.takeHTTP(w, r, v)
		}
	})
}

func withPort(host string) string {
	if strings.Contains(host, ":") {
		return host
	}
	return host + ":443"
}

// takeHTTP takes an export over HTTP (OTLP specification 1.x, section
// OTLP/HTTP, Binary Protobuf Encoding).
func (in *internet) takeHTTP(w http.ResponseWriter, r *http.Request, v vendor) {
	if reason := v.admit(r); reason != "" {
		http.Error(w, reason, http.StatusForbidden)
		return
	}
	request, err := readExport(r)
	if err == nil {
		err = in.take(v.host, r.Header.Get("Content-Encoding") == "gzip", request)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf") // and nothing in it: all was taken
}

func readExport(r *http.Request) (*tracecollector.ExportTraceServiceRequest, error) {
	if kind := r.Header.Get("Content-Type"); kind != "application/x-protobuf" {
		return nil, fmt.Errorf("the body is %q, and not application/x-protobuf", kind)
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, err
		}
		body = unzipped
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	var request tracecollector.ExportTraceServiceRequest
	return &request, proto.Unmarshal(text, &request)
}

// take keeps an export whose ids are as long as they have to be.
func (in *internet) take(host string, zipped bool, request *tracecollector.ExportTraceServiceRequest) error {
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				if len(span.GetTraceId()) != 16 || len(span.GetSpanId()) != 8 {
					return fmt.Errorf("the ids %x and %x have not 16 and 8 bytes", span.GetTraceId(), span.GetSpanId())
				}
			}
		}
	}
	in.arrived <- arrival{host: host, zipped: zipped, spans: spans.FromOTLP(request.GetResourceSpans())}
	return nil
}

// takesExports takes exports over gRPC.
type takesExports struct {
	tracecollector.UnimplementedTraceServiceServer
	*internet
}

func (in takesExports) Export(ctx context.Context, request *tracecollector.ExportTraceServiceRequest) (*tracecollector.ExportTraceServiceResponse, error) {
	headers, _ := metadata.FromIncomingContext(ctx)
	r := &http.Request{Header: http.Header{}}
	for name, values := range headers {
		for _, value := range values {
			r.Header.Add(name, value)
		}
	}
	v := in.vendors[withPort(strings.Join(headers.Get(":authority"), ""))]
	if reason := v.admit(r); reason != "" {
		return nil, status.Error(codes.Unauthenticated, reason)
	}
	compressor, _ := grpc.ServerTransportStreamFromContext(ctx).(interface{ RecvCompress() string })
	if err := in.take(v.host, compressor != nil && compressor.RecvCompress() == "gzip", request); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return &tracecollector.ExportTraceServiceResponse{}, nil
}

// spans gives what has arrived at a vendor, after everybody who sends has
// ended, and whether all of it was compressed.
func (in *internet) spans(t *testing.T, host string) (all []spans.Span, zipped bool) {
	t.Helper()
	zipped = true
	for {
		select {
		case a := <-in.arrived:
			if a.host != host {
				t.Errorf("an export for %s arrived at %s", host, a.host)
			}
			all, zipped = append(all, a.spans...), zipped && a.zipped
		default:
			return all, zipped && len(all) > 0
		}
	}
}

// env lets a process find the vendors, and nobody else.
func (in *internet) env(more ...string) []string {
	return append([]string{"HTTPS_PROXY=" + in.proxy, "https_proxy=", "NO_PROXY=", "no_proxy="}, more...)
}
