package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	tracecollector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"example.com/tracing-workshop/workshop/spans"
)

const vendorKey = "hcaik_0123456789"

// vendor stands for a backend on the internet: it takes OTLP over gRPC, only
// over TLS, and only with a key.
type vendor struct {
	tracecollector.UnimplementedTraceServiceServer
	address   string
	authority string // file with the certificate that vouches for it
	received  chan []spans.Span
}

func startVendor(t *testing.T) *vendor {
	t.Helper()
	certificate, authority := newCertificate(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	v := &vendor{address: l.Addr().String(), authority: authority, received: make(chan []spans.Span, 100)}
	server := grpc.NewServer(grpc.Creds(credentials.NewServerTLSFromCert(&certificate)), grpc.WaitForHandlers(true))
	tracecollector.RegisterTraceServiceServer(server, v)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Stop()
		<-done
	})
	return v
}

func (v *vendor) Export(ctx context.Context, request *tracecollector.ExportTraceServiceRequest) (*tracecollector.ExportTraceServiceResponse, error) {
	headers, _ := metadata.FromIncomingContext(ctx)
	if !slices.Equal(headers.Get("x-honeycomb-team"), []string{vendorKey}) {
		return nil, status.Error(codes.Unauthenticated, "unknown API key")
	}
	v.received <- spans.FromOTLP(request.GetResourceSpans())
	return &tracecollector.ExportTraceServiceResponse{}, nil
}

// spans gives what has arrived, after everybody who sends has ended.
func (v *vendor) spans() []spans.Span { return drained(v.received) }

// newCertificate makes a certificate for 127.0.0.1 that vouches for itself,
// and a file with it for those who shall trust it.
func newCertificate(t *testing.T) (certificate tls.Certificate, authority string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "a backend of the workshop's tests"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	authority = filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key}, authority
}
