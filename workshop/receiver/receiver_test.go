package receiver_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/receiver"
	"example.com/tracing-workshop/workshop/spans"
)

func TestPortTaken(t *testing.T) {
	first := listen(t, receiver.Accept())

	_, err := receiver.Listen(first.Addr(), receiver.Accept())
	if err == nil {
		t.Fatal("two receivers listen on one port, want an error")
	}
	for _, want := range []string{first.Addr(), "another program listens there", "stop it"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not contain %q", err, want)
		}
	}
}

func TestAddressOfAnotherMachine(t *testing.T) {
	_, err := receiver.Listen("192.0.2.1:0", receiver.Accept()) // RFC 5737: nobody's address
	if err == nil {
		t.Fatal("a receiver listens on 192.0.2.1, want an error")
	}
	if want := "choose an address of this machine"; !strings.Contains(err.Error(), want) {
		t.Errorf("error %q does not contain %q", err, want)
	}
}

func TestNobodyConnects(t *testing.T) {
	r := listen(t, receiver.Accept())
	r.Close()
	r.Close()

	if n := len(r.Connections()) + len(r.Exports()) + len(r.Spans()); n != 0 {
		t.Errorf("the receiver noted %d things, want none", n)
	}
}

func TestEndpoint(t *testing.T) {
	r := listen(t, receiver.Accept())
	if got, want := r.Endpoint(), "http://"+r.Addr(); got != want {
		t.Errorf("Endpoint() = %q, want %q", got, want)
	}
	if !strings.HasPrefix(r.Addr(), "127.0.0.1:") || strings.HasSuffix(r.Addr(), ":0") {
		t.Errorf("Addr() = %q, want a port of 127.0.0.1", r.Addr())
	}
}

func TestWaitEnds(t *testing.T) {
	var (
		never  = func() bool { return false }
		always = func() bool { return true }
		reason = errors.New("the program ended")
	)
	ended, end := context.WithCancelCause(t.Context())
	end(reason)

	open := listen(t, receiver.Accept())
	closed := listen(t, receiver.Accept())
	closed.Close()

	for _, test := range []struct {
		name string
		r    *receiver.Receiver
		ctx  context.Context
		done func() bool
		want error
	}{
		{"the context ended", open, ended, never, reason},
		{"the receiver is closed", closed, t.Context(), never, net.ErrClosed},
		{"done wins over the context", open, ended, always, nil},
		{"done wins over the closed receiver", closed, t.Context(), always, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.r.Wait(test.ctx, test.done); !errors.Is(err, test.want) {
				t.Errorf("Wait() = %v, want %v", err, test.want)
			}
		})
	}
}

func TestCloseWakesWait(t *testing.T) {
	r := listen(t, receiver.Accept())
	asked := make(chan struct{}, 1)
	waited := make(chan error)
	go func() {
		waited <- r.Wait(context.Background(), func() bool {
			select {
			case asked <- struct{}{}:
			default:
			}
			return false
		})
	}()

	<-asked
	r.Close()
	if err := <-waited; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Wait() = %v, want %v", err, net.ErrClosed)
	}
}

// listen gives a receiver that is closed at the end of the test.
func listen(t *testing.T, behaviour receiver.Behaviour) *receiver.Receiver {
	t.Helper()
	r, err := receiver.Listen("127.0.0.1:0", behaviour)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// await fails the test if done does not come true.
func await(t *testing.T, r *receiver.Receiver, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), deadline())
	defer cancel()
	if err := r.Wait(ctx, done); err != nil {
		t.Fatalf("waiting for %s: %v", what, err)
	}
}

func checkNames(t *testing.T, received []spans.Span, want ...string) {
	t.Helper()
	var got []string
	for _, span := range received {
		got = append(got, span.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names of the received spans (-want +got):\n%s", diff)
	}
}
