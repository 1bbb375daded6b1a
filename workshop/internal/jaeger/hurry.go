package jaeger

import (
	"context"
	"os"
	"time"
)

// A build that somebody waits for says so in a file beside the lock, again and
// again while it waits. One of the lowest priority looks for that file, and
// yields. A file that is older is that of a process which was killed.

const (
	hurryLasts = 5 * time.Second
	hurryBeat  = 500 * time.Millisecond // between two looks
)

func hurryFile(target string) string { return target + ".hurry" }

// writeHurry says that somebody waits. If nobody can read that, they wait.
func writeHurry(target string) { _ = os.WriteFile(hurryFile(target), nil, 0o644) }

func removeHurry(target string) { _ = os.Remove(hurryFile(target)) }

// hurried tells whether somebody waits at this moment.
func hurried(target string) bool {
	file, err := os.Stat(hurryFile(target))
	return err == nil && time.Since(file.ModTime()) < hurryLasts
}

// yielding gives a context that ends with [ErrYielded] when somebody waits.
func (w *builder) yielding(ctx context.Context) (yields context.Context, stop func()) {
	yields, cancel := context.WithCancelCause(ctx)
	go func() {
		ticker := time.NewTicker(hurryBeat)
		defer ticker.Stop()
		for {
			select {
			case <-yields.Done():
				return
			case <-ticker.C:
				if hurried(w.target) {
					cancel(ErrYielded)
				}
			}
		}
	}()
	return yields, func() { cancel(nil) }
}
