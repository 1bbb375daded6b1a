// Package announce tells the tests of tracecheck when a program hangs. It is a
// package of its own because the check takes everything in the folder of a
// step for the learner's.
package announce

import (
	"fmt"
	"regexp"
	"runtime"
	"time"
)

// When prints "ready" as soon as condition is true.
func When(condition func() bool) {
	go func() {
		for !condition() {
			time.Sleep(time.Millisecond)
		}
		fmt.Println("ready")
	}()
}

// WhenBlocked prints "ready" as soon as the main goroutine waits for something.
func WhenBlocked() {
	stacks := make([]byte, 1<<20)
	When(func() bool { return !mainBusy.Match(stacks[:runtime.Stack(stacks, true)]) })
}

var mainBusy = regexp.MustCompile(`(?m)^goroutine 1 \[(run|GC )`)
