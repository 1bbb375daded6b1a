package terminal

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// Keys that have no letter.
const (
	ControlC = '\x03'
	ControlD = '\x04'
	Enter    = '\r'
	Escape   = '\x1b'
)

// Keys gives each key that is typed on a terminal, at once and without an echo.
// Ctrl-C is a key then. restore makes the terminal what it was before; it can be
// called more than once. The channel is closed when the terminal is gone.
func Keys(in *os.File) (keys <-chan rune, restore func(), err error) {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, nil, fmt.Errorf("this terminal gives no single keys: %w", err)
	}
	stop := make(chan struct{})
	restore = sync.OnceFunc(func() {
		close(stop)
		_ = term.Restore(int(in.Fd()), before)
	})
	return read(in, stop), restore, nil
}

// read gives the keys that come from in. The goroutine that waits for the next
// one ends with in, or with the process.
func read(in io.Reader, stop <-chan struct{}) <-chan rune {
	keys := make(chan rune)
	go func() {
		defer close(keys)
		chunk := make([]byte, 64)
		for {
			n, err := in.Read(chunk)
			for _, key := range typed(chunk[:n]) {
				select {
				case keys <- key:
				case <-stop:
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return keys
}

// typed gives the keys in what a terminal sends at once. A key without a letter,
// such as an arrow, sends Escape and more, and is none here.
func typed(chunk []byte) []rune {
	if len(chunk) > 1 && chunk[0] == Escape {
		return nil
	}
	return []rune(string(chunk))
}
