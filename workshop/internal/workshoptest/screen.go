package workshoptest

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
)

// Screen is an output that can be waited for.
type Screen struct {
	mu    sync.Mutex
	text  bytes.Buffer
	grown chan struct{} // closed, and replaced, at every write
}

// NewScreen gives one that is empty.
func NewScreen() *Screen { return &Screen{grown: make(chan struct{})} }

func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.grown)
	s.grown = make(chan struct{})
	return s.text.Write(p)
}

func (s *Screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// More gives a channel that is closed at the next write.
func (s *Screen) More() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grown
}

// Await waits until the screen shows text.
func (s *Screen) Await(t *testing.T, text string) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		more := s.More()
		if strings.Contains(s.String(), text) {
			return
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("%q did not come up on the screen:\n%s", text, s)
		}
	}
}

// Eventually waits until something is so.
func Eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for late := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%s: not so after a minute", what)
		}
	}
}

// Contains expects all of want in got, in this order.
func Contains(t *testing.T, got string, want ...string) {
	t.Helper()
	rest := got
	for _, text := range want {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			t.Errorf("%q does not stand in, or not in that place:\n%s", text, got)
			return
		}
		rest = after
	}
}

// Lacks expects none of unwanted in got.
func Lacks(t *testing.T, got string, unwanted ...string) {
	t.Helper()
	for _, text := range unwanted {
		if strings.Contains(got, text) {
			t.Errorf("%q stands in:\n%s", text, got)
		}
	}
}
