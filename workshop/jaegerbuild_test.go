package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
)

func TestJaegerBuild(t *testing.T) {
	notes := withoutJaeger(t, "works")
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
		checkContains(t, stdout, want...)
	}
	if builds, _ := filepath.Glob(filepath.Join(notes, "build-*")); len(builds) != 1 {
		t.Errorf("%d builds, want 1", len(builds))
	}
}

func TestJaegerBuildThatFails(t *testing.T) {
	withoutJaeger(t, "broken")
	code, _, stderr := outcome(t, "jaeger")
	if want := "workshop: the build of Jaeger failed: a.go:1:1: undefined: b\n"; code != exitFailed || stderr != want {
		t.Errorf("exit code %d, stderr %q; want %d, %q", code, stderr, exitFailed, want)
	}
}

func TestBuildShowOnATerminal(t *testing.T) {
	out := newScreen()
	c := newConsole(out)
	c.live, c.beat = true, time.Millisecond
	p := showBuild(c)
	p.report(jaeger.Progress{Stage: jaeger.Compiling, Done: 312, Total: 1198})
	out.await(t, "compiling Jaeger: 312 of 1198 packages · 0 s")
	p.report(jaeger.Progress{Stage: jaeger.Linking})
	out.await(t, "linking Jaeger · 0 s")
	p.end()
	if lines := strings.Split(strings.TrimSuffix(out.String(), "\r"), "\r"); strings.TrimSpace(lines[len(lines)-1]) != "" {
		t.Errorf("the line is not wiped: %q", lines[len(lines)-1])
	}
}

func TestMinutes(t *testing.T) {
	for d, want := range map[time.Duration]string{
		59900 * time.Millisecond: "59 s",
		130 * time.Second:        "2 min 10 s",
	} {
		if got := minutes(d); got != want {
			t.Errorf("minutes(%v) is %q, want %q", d, got, want)
		}
	}
}
