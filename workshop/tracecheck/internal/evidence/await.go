package evidence

import (
	"time"

	"example.com/tracing-workshop/workshop/internal/port"
)

// pause is the time between one look at a port and the next.
const pause = 2 * time.Millisecond

// AwaitOpen waits until connections to the address are accepted, and tells
// whether that came about before the program exited, which it does when its
// time is up. That leaves no span: nothing is asked.
func (p *Process) AwaitOpen(address string) bool {
	for !port.Open(address) {
		select {
		case <-p.exited:
			return false
		case <-time.After(pause):
		}
	}
	return !p.hasExited()
}

// AwaitClosed waits until connections to the address are not accepted any more,
// the program exits, or patience ends.
func (p *Process) AwaitClosed(address string, patience time.Duration) {
	for deadline := time.Now().Add(patience); port.Open(address) && time.Now().Before(deadline); {
		select {
		case <-p.exited:
			return
		case <-time.After(pause):
		}
	}
}

// AwaitReason waits until the program exits, logs that a handler panicked, or
// patience ends.
func (p *Process) AwaitReason(patience time.Duration) {
	for deadline := time.Now().Add(patience); p.HandlerPanic() == nil && time.Now().Before(deadline); {
		select {
		case <-p.exited:
			return
		case <-time.After(pause):
		}
	}
}
