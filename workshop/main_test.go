package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.uber.org/goleak"
	"google.golang.org/grpc/grpclog"
)

// asWorkshop makes the test binary run as the workshop command.
const asWorkshop = "TEST_AS_WORKSHOP"

func TestMain(m *testing.M) {
	if played, code := play(); played {
		os.Exit(code)
	}
	if os.Getenv(asWorkshop) != "" {
		os.Unsetenv(asWorkshop)
		main()
		return
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {})) // of exporters that fail on purpose
	// Neither these tests nor what they start build Jaeger in the background.
	os.Setenv(noBuild, "1")
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
	goleak.VerifyTestMain(m)
}

// screen is an output that can be waited for.
type screen struct {
	mu    sync.Mutex
	text  bytes.Buffer
	grown chan struct{} // closed, and replaced, at every write
}

func newScreen() *screen { return &screen{grown: make(chan struct{})} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.grown)
	s.grown = make(chan struct{})
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) more() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grown
}

// await waits until the screen shows text.
func (s *screen) await(t *testing.T, text string) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		more := s.more()
		if strings.Contains(s.String(), text) {
			return
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("%q did not come up on the screen:\n%s", text, s)
		}
	}
}

// checkContains expects all of want in got, in this order.
func checkContains(t *testing.T, got string, want ...string) {
	t.Helper()
	rest := got
	for _, text := range want {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			t.Errorf("%q does not stand in, or not in that place:\n%s", text, got)
			return
		}
		rest = after
	}
}

func checkLacks(t *testing.T, got string, unwanted ...string) {
	t.Helper()
	for _, text := range unwanted {
		if strings.Contains(got, text) {
			t.Errorf("%q stands in:\n%s", text, got)
		}
	}
}

func TestCommandLine(t *testing.T) {
	for _, test := range []struct {
		args   string
		code   int
		stdout string
		stderr string // all of it
	}{
		{"help", exitOK, "go run ./workshop traces", ""},
		{"-h", exitOK, "go run ./workshop check [step]", ""},
		{"--help", exitOK, "go run ./workshop", ""},
		{"help traces", exitOK, "-listen address", ""},
		{"traces -h", exitOK, "(default 127.0.0.1:4317)", ""},
		{"help pack", exitOK, "-for platforms", ""},
		{"pack", exitUsage, "", "workshop: pack: name the folder of the stick, and nothing else after it, as: go run ./workshop pack /media/stick"},
		{"pack -for linux /media/stick", exitUsage, "", `workshop: pack: -for: "linux" is no system with a processor, as linux/amd64`},
		{"pack -for plan9/386 /media/stick", exitUsage, "", "workshop: pack: -for: the workshop is not for plan9/386: choose from linux/amd64, linux/arm64, darwin/amd64, darwin/arm64, windows/amd64, windows/arm64"},
		{"help", exitOK, "WORKSHOP_NO_BUILD=1 keeps Jaeger", ""},
		{"help help", exitOK, "go run ./workshop traces", ""},
		{"traces help", exitOK, "(default 127.0.0.1:4317)", ""},
	} {
		t.Run(test.args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), strings.Fields(test.args), &stdout, &stderr); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			checkContains(t, stdout.String(), test.stdout)
			if test.stdout == "" && stdout.Len() > 0 {
				t.Errorf("stdout is %q, want nothing", stdout.String())
			}
			if got := strings.TrimSuffix(stderr.String(), "\n"); got != test.stderr {
				t.Errorf("stderr is\n%s\nwant\n%s", got, test.stderr)
			}
		})
	}
}

// TestHelpFits80Columns keeps the summaries short.
func TestHelpFits80Columns(t *testing.T) {
	var out bytes.Buffer
	if code := run(t.Context(), []string{"help"}, &out, &out); code != exitOK {
		t.Fatalf("exit code %d", code)
	}
	for line := range strings.Lines(out.String()) {
		if len(strings.TrimRight(line, "\n")) > 80 {
			t.Errorf("longer than 80 columns: %q", line)
		}
	}
}

func TestWaiting(t *testing.T) {
	t.Run("live", func(t *testing.T) {
		out := newScreen()
		c := newConsole(out)
		c.live, c.slow, c.beat = true, 0, time.Millisecond
		done := c.waiting("checking step01", "it takes a minute")
		out.await(t, "checking step01 … 0 s (it takes a minute)")
		done()
		lines := strings.Split(strings.TrimSuffix(out.String(), "\r"), "\r")
		if last := lines[len(lines)-1]; strings.TrimSpace(last) != "" || len(last) < len("checking step01") {
			t.Errorf("the line is wiped with %q", last)
		}
	})
	t.Run("narrow", func(t *testing.T) {
		out := newScreen()
		c := newConsole(out)
		c.live = true
		c.waiting(strings.Repeat("long ", 40), "")()
		for _, line := range strings.Split(out.String(), "\r") {
			if len(line) > 79 {
				t.Errorf("a line of %d columns cannot be wiped", len(line))
			}
		}
	})
	t.Run("slow without a terminal", func(t *testing.T) {
		out := newScreen()
		c := newConsole(out)
		c.slow = 0
		done := c.waiting("checking step01", "it takes a minute")
		out.await(t, "checking step01 … (it takes a minute)\n")
		done()
	})
	t.Run("fast without a terminal", func(t *testing.T) {
		var out bytes.Buffer
		newConsole(&out).waiting("checking step01", "it takes a minute")()
		if out.Len() > 0 {
			t.Errorf("it says %q, want nothing", out.String())
		}
	})
}

// Text is plain where no terminal is.
func Example_plain() {
	c := newConsole(os.Stdout)
	fmt.Println(c.green("✓"), c.bold("step01"))
	// Output: ✓ step01
}
