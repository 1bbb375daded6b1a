package evidence

import (
	"net"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/port"
)

// TestAwaitClosed does not wait for a service that goes on listening.
func TestAwaitClosed(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	p := &Process{exited: make(chan struct{})}
	p.AwaitClosed(listener.Addr().String(), 20*time.Millisecond)
	if !port.Open(listener.Addr().String()) {
		t.Error("nobody listens")
	}
	close(p.exited)
	p.AwaitClosed(listener.Addr().String(), time.Hour)
}
