package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

func TestJaegerBuild(t *testing.T) {
	notes := workshoptest.WithoutJaeger(t, "works")
	for round, want := range [][]string{
		{"no Jaeger on this machine yet", "once", "Ctrl-C is\nfine",
			"downloading the source of Jaeger\n", "compiling Jaeger: 0 of 2 packages\n", "linking Jaeger\n",
			"Jaeger is built. It took ", "Jaeger 2.13.0 is here: "},
		{"Jaeger 2.13.0 is here: "},
	} {
		code, stdout, stderr := outcome(t, "jaeger", "-build")
		if code != exitOK || stderr != "" {
			t.Errorf("round %d: exit code %d, stderr %q", round, code, stderr)
		}
		workshoptest.Contains(t, stdout, want...)
	}
	if builds, _ := filepath.Glob(filepath.Join(notes, "build-*")); len(builds) != 1 {
		t.Errorf("%d builds, want 1", len(builds))
	}
}

func TestJaegerBuildThatFails(t *testing.T) {
	workshoptest.WithoutJaeger(t, "broken")
	code, _, stderr := outcome(t, "jaeger")
	if want := "workshop: the build of Jaeger failed: a.go:1:1: undefined: b\n"; code != exitFailed || stderr != want {
		t.Errorf("exit code %d, stderr %q; want %d, %q", code, stderr, exitFailed, want)
	}
}

// otherBuild is the command jaeger -build, which hangs until it may finish.
type otherBuild struct {
	*workshoptest.Screen
	notes string
	code  chan int
}

// startBuild begins such a build on a machine where the go command hangs.
func startBuild(t *testing.T, notes string) *otherBuild {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	b := &otherBuild{Screen: workshoptest.NewScreen(), notes: notes, code: make(chan int, 1)}
	go func() { b.code <- run(ctx, []string{"jaeger", "-build"}, b, b) }()
	t.Cleanup(func() { stop(); <-b.code })
	b.Await(t, "compiling Jaeger: 0 of 2 packages\n")
	workshoptest.Eventually(t, "the build runs", func() bool { return workshoptest.Builds(notes) > 0 })
	return b
}

func (b *otherBuild) finish(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.notes, "go-on"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b.Await(t, "Jaeger is built.")
	if code := <-b.code; code != exitOK {
		t.Errorf("exit code %d, want 0", code)
	}
	b.code <- exitOK
}

// TestPrefetchWaitsForAnotherBuild says what the other one does, and does not
// say that it was stopped when the waiting is.
func TestPrefetchWaitsForAnotherBuild(t *testing.T) {
	notes := workshoptest.WithoutJaeger(t, "hangs")
	other := startBuild(t, notes)
	state := fmt.Sprintf("process %d is compiling Jaeger: 0 of 2 packages", os.Getpid())

	_, stdout, _ := outcome(t, "doctor")
	workshoptest.Contains(t, stdout, "!   Jaeger   It is being built at this moment", state)

	module, err := jaeger.FindModule(".")
	if err != nil {
		t.Fatal(err)
	}
	prefetch := func(ctx context.Context) (*workshoptest.Screen, chan error) {
		out, ended := workshoptest.NewScreen(), make(chan error, 1)
		go func() {
			_, err := machine.Obtain(ctx, console.New(out), module, jaeger.BuildOptions{Urgent: true})
			ended <- err
		}()
		out.Await(t, "but it is being built: "+state+".\nThis one waits for that.")
		out.Await(t, "the build goes on.\n"+state+"\n")
		return out, ended
	}
	ctx, stop := context.WithCancel(t.Context())
	first, ended := prefetch(ctx)
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want that it was stopped", err)
	}
	workshoptest.Contains(t, first.String(), "Stopped waiting. The build of Jaeger goes on.\n")
	workshoptest.Lacks(t, first.String(), "was stopped", "6 to 15 minutes")

	second, ended := prefetch(t.Context())
	other.finish(t)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	workshoptest.Contains(t, second.String(), "Jaeger is built.")
	if n := workshoptest.Builds(notes); n != 1 {
		t.Errorf("%d builds, want 1", n)
	}
}

func TestIdleBuildLeavesItToAnother(t *testing.T) {
	notes := workshoptest.WithoutJaeger(t, "hangs")
	other := startBuild(t, notes)
	code, stdout, stderr := outcome(t, "jaeger", "-build", "-idle")
	if want := "Another process builds Jaeger already, so this one does not.\n"; code != exitOK || stdout != want || stderr != "" {
		t.Errorf("exit code %d, stdout %q, stderr %q; want 0 and %q", code, stdout, stderr, want)
	}
	other.finish(t)
}
