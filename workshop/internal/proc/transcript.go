package proc

import (
	"errors"
	"io"
	"strings"
	"sync"
)

// Transcript is what a program has written to its output so far. The zero value
// keeps all of it. It is safe for use by several goroutines.
type Transcript struct {
	Most int       // more bytes than that are refused; 0 is no bound
	Full func()    // is told of each refusal, if not nil
	Last int       // keep that many bytes of the end at least, and not much more; 0 is all
	Also io.Writer // gets what is written as well, if not nil; its errors do not matter

	mu    sync.Mutex
	text  []byte
	grown chan struct{} // closed at the next write, and at the end; nil if nobody waits
	ended bool
}

// Write keeps what is written, unless it is too much.
func (t *Transcript) Write(chunk []byte) (int, error) {
	if !t.keep(chunk) {
		if t.Full != nil {
			t.Full()
		}
		return 0, errors.New("too much output")
	}
	return len(chunk), nil
}

func (t *Transcript) keep(chunk []byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wake()
	if t.Most > 0 && len(t.text)+len(chunk) > t.Most {
		return false
	}
	t.text = append(t.text, chunk...)
	if t.Last > 0 && len(t.text) > 2*t.Last {
		t.text = append([]byte(nil), t.text[len(t.text)-t.Last:]...)
	}
	if t.Also != nil {
		_, _ = t.Also.Write(chunk)
	}
	return true
}

func (t *Transcript) wake() {
	if t.grown != nil {
		close(t.grown)
		t.grown = nil
	}
}

// End says that nothing more will be written.
func (t *Transcript) End() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	t.wake()
}

// More gives a channel that is closed at the next write, and at the end. Who
// asks for it before looking at the text misses nothing.
func (t *Transcript) More() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.grown == nil {
		t.grown = make(chan struct{})
	}
	grown := t.grown
	if t.ended {
		t.wake()
	}
	return grown
}

// String is what has been written so far.
func (t *Transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}

// Size is how many bytes that are.
func (t *Transcript) Size() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.text)
}

// Lines gives the lines written so far.
func (t *Transcript) Lines() []string {
	text := strings.TrimRight(t.String(), "\r\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
