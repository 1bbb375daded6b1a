package console

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

func TestWaiting(t *testing.T) {
	t.Run("live", func(t *testing.T) {
		out := workshoptest.NewScreen()
		c := New(out)
		c.Live, c.slow, c.beat = true, 0, time.Millisecond
		done := c.Waiting("checking step01", "it takes a minute")
		out.Await(t, "checking step01 … 0 s (it takes a minute)")
		done()
		lines := strings.Split(strings.TrimSuffix(out.String(), "\r"), "\r")
		if last := lines[len(lines)-1]; strings.TrimSpace(last) != "" || len(last) < len("checking step01") {
			t.Errorf("the line is wiped with %q", last)
		}
	})
	t.Run("narrow", func(t *testing.T) {
		out := workshoptest.NewScreen()
		c := New(out)
		c.Live = true
		c.Waiting(strings.Repeat("long ", 40), "")()
		for _, line := range strings.Split(out.String(), "\r") {
			if len(line) > 79 {
				t.Errorf("a line of %d columns cannot be wiped", len(line))
			}
		}
	})
	t.Run("slow without a terminal", func(t *testing.T) {
		out := workshoptest.NewScreen()
		c := New(out)
		c.slow = 0
		done := c.Waiting("checking step01", "it takes a minute")
		out.Await(t, "checking step01 … (it takes a minute)\n")
		done()
	})
	t.Run("fast without a terminal", func(t *testing.T) {
		var out bytes.Buffer
		New(&out).Waiting("checking step01", "it takes a minute")()
		if out.Len() > 0 {
			t.Errorf("it says %q, want nothing", out.String())
		}
	})
}

// TestProgressOnATerminal changes one line.
func TestProgressOnATerminal(t *testing.T) {
	out := workshoptest.NewScreen()
	c := New(out)
	c.Live, c.beat = true, time.Millisecond
	p := c.Progress("starting")
	out.Await(t, "starting · 0 s")
	p.Say("looking at what there is to download")
	out.Await(t, "looking at what there is to download · 0 s")
	p.Count(12, "compiling: %d of %d packages", 12, 340)
	out.Await(t, "compiling: 12 of 340 packages · 0 s")
	p.Set("proof 3 of 10", "1 failed", "step01-spans starter")
	out.Await(t, "proof 3 of 10 · 0 s · 1 failed · step01-spans starter")
	p.End()
	workshoptest.Lacks(t, out.String(), "\n")
	if lines := strings.Split(strings.TrimSuffix(out.String(), "\r"), "\r"); strings.TrimSpace(lines[len(lines)-1]) != "" {
		t.Errorf("the line is not wiped: %q", lines[len(lines)-1])
	}
}

// TestProgressWithoutATerminal leaves a line for what is said, and for each
// hundredth that is counted.
func TestProgressWithoutATerminal(t *testing.T) {
	var out bytes.Buffer
	p := New(&out).Progress("starting")
	p.Say("looking")
	for i := range 201 {
		p.Count(i+1, "%d packages", i+1)
	}
	p.Set("linking")
	p.End()
	if want := "looking\n100 packages\n200 packages\n"; out.String() != want {
		t.Errorf("it says %q, want %q", out.String(), want)
	}
}

// Text is plain where no terminal is.
func Example_plain() {
	c := New(os.Stdout)
	fmt.Println(c.Green("✓"), c.Bold("step01"))
	// Output: ✓ step01
}
