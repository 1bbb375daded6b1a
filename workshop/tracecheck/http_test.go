package tracecheck

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/port"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// newStage is empty when the test is over.
func newStage(t *testing.T) *Stage {
	s := &Stage{folder: t.TempDir(), env: evidence.Environment(), limit: time.Minute}
	t.Cleanup(func() {
		s.discard()
		s.end()
	})
	return s
}

// TestService starts a service that logs nothing, and tells it to stop while it
// answers: when Terminate comes back, it listens no more, and it still answers.
func TestService(t *testing.T) {
	s := newStage(t)
	url := s.Service("serve")
	address := s.processes[0].Address()
	if url != "http://"+address || !port.Open(address) {
		t.Fatalf("the service at %s does not listen on %s", url, address)
	}
	open := true
	other := s.Upstream(func(w http.ResponseWriter, _ *http.Request) {
		s.Terminate("serve")
		open = port.Open(address)
		_, _ = io.WriteString(w, "four stops")
	})
	if x := s.Get(url + "/?ask=" + other); x.Status != http.StatusOK || x.Body != "four stops" {
		t.Errorf("the request under way got %s, %q", x.Says(), x.Body)
	}
	if open {
		t.Error("Terminate comes back while the service listens")
	}
	s.processes[0].Wait()
	if code := s.processes[0].ExitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestServicePortTaken lets a client take the port before the service opens it.
func TestServicePortTaken(t *testing.T) {
	s := newStage(t)
	asked := 0
	reserve := func() (*port.Reserved, error) {
		at, err := port.Reserve()
		asked++
		// A port from which a connection was closed a moment ago is free for a
		// service, and not for a client.
		for err == nil && asked <= 2 && !take(t, at.Address) {
			at.Release()
			at, err = port.Reserve()
		}
		return at, err
	}
	url := s.serve(reserve, "serve", nil)
	if asked != 3 || len(s.processes) != 1 {
		t.Fatalf("%d ports were tried, and %d processes are left; want 3 and 1", asked, len(s.processes))
	}
	if address := s.processes[0].Address(); url != "http://"+address || !port.Open(address) {
		t.Errorf("the service at %s does not listen on %s", url, address)
	}
}

// take makes the address that of a client's connection, and tells whether it
// could.
func take(t *testing.T, address string) bool {
	t.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	local, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	client, err := (&net.Dialer{LocalAddr: local}).Dial("tcp", server.Addr().String())
	if err != nil {
		return false
	}
	t.Cleanup(func() { client.Close() })
	return true
}

// TestServiceThatExits is started once: its port is free, so it is its own
// fault.
func TestServiceThatExits(t *testing.T) {
	s := newStage(t)
	url := s.Service("exit-3")
	if len(s.processes) != 1 || url == "http://"+s.processes[0].Address() {
		t.Errorf("%d processes, and the URL %s", len(s.processes), url)
	}
	if x := s.Get(url); x.Err == nil {
		t.Errorf("somebody answers in its place: %s", x.Says())
	}
}
