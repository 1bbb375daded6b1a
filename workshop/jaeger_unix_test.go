//go:build unix

package main

import (
	"testing"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

func TestControlCWhileJaegerRuns(t *testing.T) {
	realJaeger(t)
	p := startProcess(t, "jaeger", "-config", onPorts(t, "127.0.0.1:0", "127.0.0.1:0"))
	p.Await(t, "See the traces that it holds:")
	p.controlC(t)
	p.checkEnd(t, exitOK)
	workshoptest.Contains(t, p.String(), "Ctrl-C stops it.", "Jaeger has stopped.\n")
}

func TestControlCWhileJaegerIsBuilt(t *testing.T) {
	notes := workshoptest.WithoutJaeger(t, "hangs")
	p := startProcess(t, "jaeger")
	workshoptest.Eventually(t, "the build runs", func() bool { return workshoptest.Builds(notes) == 1 })
	p.controlC(t)
	p.checkEnd(t, exitInterrupted)
	workshoptest.Contains(t, p.String(), "The build of Jaeger was stopped. What was compiled is kept: the next build goes on from there.\n")
}

// TestControlCWhilePrefetching stops, and goes on the next time.
func TestControlCWhilePrefetching(t *testing.T) {
	notes := withoutAnything(t, "hangs")
	p := startProcess(t, "doctor", "-prefetch")
	workshoptest.Eventually(t, "the build runs", func() bool { return workshoptest.Builds(notes) == 1 })
	p.controlC(t)
	p.checkEnd(t, exitInterrupted)
	workshoptest.Contains(t, p.String(), "compiling what the steps are made of\n", "Stopped. What is here is kept: the next go run ./workshop doctor -prefetch goes on from there.\n")
	workshoptest.Lacks(t, p.String(), "✗", "modules")
}
