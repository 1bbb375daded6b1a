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

var mainBusy = regexp.MustCompile(`(?m)^goroutine 1 \[(run|GC )`)

// WhenBlocked prints "ready" as soon as the main goroutine waits for something.
func WhenBlocked() {
	go func() {
		stacks := make([]byte, 1<<20)
		for mainBusy.Match(stacks[:runtime.Stack(stacks, true)]) {
			time.Sleep(time.Millisecond)
		}
		fmt.Println("ready")
	}()
}
