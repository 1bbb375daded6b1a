package evidence

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/port"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// start runs a program of package journey. It is gone when the test is over.
func start(t *testing.T, args ...string) *Process {
	t.Helper()
	// The step's name is that of the folder in which its test runs.
	if facts.StepName() != "journey" {
		t.Chdir("../../testdata/journey")
	}
	p := Start(t.TempDir(), args, Environment(), time.Minute)
	if p.StartErr != nil {
		t.Fatal(p.StartErr)
	}
	t.Cleanup(p.Discard)
	return p
}

// ends are programs that come to an end by themselves.
var ends = []struct {
	program  string
	exitCode int
	crash    string // the cause's name, or "" if it is no crash
	says     string // pattern for what is said of a crash
}{
	{"nothing", 0, "", ""},
	{"exit-3", 3, "", ""},
	{"exit-2", 2, "", ""},
	{"log-fatal", 1, "", ""},
	{"read-stdin", 0, "", ""},
	{"panic", 2, "panic", `^Your program panicked at journey\.go:\d+: no trains today$`},
	{"panic-error", 2, "panic", `^Your program panicked at journey\.go:\d+: no trains$`},
	{"panic-nil-map", 2, "panic", `^Your program panicked at panic\.go:6: assignment to entry in nil map$`},
	{"panic-in-span", 2, "panic", `^Your program panicked at panic\.go:6: assignment to entry in nil map$`},
	{"panic-elsewhere", 2, "panic", `^Your program panicked at panic\.go:6: assignment to entry in nil map$`},
	{"long-then-panic", 2, "panic", `^Your program panicked at panic\.go:6: assignment to entry in nil map$`},
	{"stack-overflow", 2, "panic", `^Your program panicked at journey\.go:\d+: stack overflow$`},
	{"concurrent-map", 2, "panic", `^Your program panicked at journey\.go:\d+: concurrent map (writes|read and map write)$`},
	{"flood-stdout", -1, "endless-output", `^Your program wrote more than 16 MB and was stopped\.$`},
	{"flood-stderr", -1, "endless-output", `^Your program wrote more than 16 MB and was stopped\.$`},
}

func TestPrograms(t *testing.T) {
	for _, c := range ends {
		t.Run(c.program, func(t *testing.T) {
			p := start(t, c.program)
			p.Wait()
			if p.ExitCode() != c.exitCode && c.exitCode >= 0 {
				t.Errorf("the exit code is %d, want %d", p.ExitCode(), c.exitCode)
			}
			checkCrash(t, p, c.crash, c.says)
		})
	}
}

// hangs are programs that print "ready" and then never end.
var hangs = []struct {
	program string
	crash   string
	says    string
}{
	{"sleep", "never-exits", `^Your program did not end within 1m0s and was stopped; it was waiting at journey\.go:\d+\.$`},
	{"loop", "endless-loop", `^Your program did not end within 1m0s and was stopped; it was still busy (at|in) journey\.go(:\d+)?\.$`},
	{"loop-elsewhere", "endless-loop", `; it was still busy (at|in) journey\.go(:\d+)?\.$`},
	{"deadlock-channel", "deadlock", `; it was waiting \(chan receive\) at journey\.go:\d+\.$`},
	{"deadlock-mutex", "deadlock", `; it was waiting \(sync\.Mutex\.Lock\) at journey\.go:\d+\.$`},
	{"sleeper", "never-exits", `; it was waiting at service\.go:\d+\.$`},
	{"sender", "deadlock", `; it was waiting \(sync\.WaitGroup\.Wait\) at service\.go:\d+\.$`},
	{"timer", "never-exits", `; it was waiting \(chan receive\) at service\.go:\d+\.$`},
	{"timer-in-select", "never-exits", `; it was waiting \(select\) at service\.go:\d+\.$`},
	{"deadlock-group", "deadlock", `; it was waiting \(sync\.WaitGroup\.Wait\) at journey\.go:\d+\.$`},
}

func TestProgramsThatHang(t *testing.T) {
	for _, c := range hangs {
		t.Run(c.program, func(t *testing.T) {
			p := start(t, c.program)
			p.source = source.Read(os.DirFS("."))
			if !p.Await("ready") {
				t.Fatalf("it ended too soon: %s", p.Stderr)
			}
			p.Expire() // as its limit does
			p.Wait()
			checkCrash(t, p, c.crash, c.says)
		})
	}
}

// checkCrash compares what is said of a crash. Nothing of the kit may be in it.
func checkCrash(t *testing.T, p *Process, cause, says string) {
	t.Helper()
	c := p.crash()
	switch {
	case c == nil && cause != "":
		t.Errorf("it is not taken for a crash; want %s. Its stderr:\n%s", cause, p.Stderr)
	case c == nil:
	case c.Cause != cause:
		t.Errorf("the cause is %q (%s), want %q", c.Cause, c.Says, cause)
	case !regexp.MustCompile(says).MatchString(c.Says):
		t.Errorf("it says %q, want %s", c.Says, says)
	case strings.Contains(c.Says, "\n") || strings.Contains(c.Says, "tracecheck"):
		t.Errorf("the kit shows in %q", c.Says)
	}
}

// TestLimit lets the limit itself end a program, whose time is up at once.
func TestLimit(t *testing.T) {
	p := Start(t.TempDir(), []string{"sleep"}, Environment(), 0)
	p.Wait()
	if p.killedFor != killedForTime || p.crash() == nil {
		t.Errorf("it was stopped for %q, want %q", p.killedFor, killedForTime)
	}
}

// TestSlowFlood is out of time before it has written enough for a flood, as on
// a machine that has other things to do.
func TestSlowFlood(t *testing.T) {
	p := start(t, "long-then-hang")
	p.Await("ready")
	p.Expire()
	p.Wait()
	checkCrash(t, p, "endless-output", `^Your program did not end within 1m0s and was stopped; it had written more than 1 MB\.$`)
}

// TestFilesLandElsewhere has a program that writes a file into the folder that
// it runs in: that is not the step's.
func TestFilesLandElsewhere(t *testing.T) {
	t.Chdir("../../testdata/journey")
	folder := t.TempDir()
	Start(folder, []string{"leave-file"}, Environment(), time.Minute).Wait()
	if _, err := os.Stat(filepath.Join(folder, "left-behind.txt")); err != nil {
		t.Errorf("the program did not write its file into the folder of the play: %v", err)
	}
	if _, err := os.Stat("left-behind.txt"); err == nil {
		_ = os.Remove("left-behind.txt")
		t.Error("the program wrote its file into the folder of the step")
	}
}

func TestStop(t *testing.T) {
	p := start(t, "stop-at-once")
	p.Await("ready")
	p.Stop()
	if p.killedFor != "" || p.ExitCode() != 0 || !strings.HasSuffix(p.Stdout.String(), "stopped\n") {
		t.Errorf("killed for %q, exit code %d, stdout %q", p.killedFor, p.ExitCode(), p.Stdout)
	}
	p.Stop() // does nothing
}

func TestStopByForce(t *testing.T) {
	p := start(t, "ignore-interrupt")
	p.Grace = 10 * time.Millisecond
	p.Await("ready")
	p.Stop()
	checkCrash(t, p, "stop-ignored", `^Your program was told to stop, did not within 10ms, and was stopped by force: it ignores the signal \(interrupt\)\.$`)
}

func TestStopWithoutSignalHandler(t *testing.T) {
	p := start(t, "open-span")
	p.Await("ready")
	p.Stop()
	if got := proc.EndedBy(p.cmd.ProcessState); got != "interrupt" {
		t.Errorf("signalled gives %q", got)
	}
	if c := p.crash(); c != nil {
		t.Errorf("it is taken for a crash: %s", c.Says)
	}
}

// TestDiscard ends a program that is of no interest any more: no crash.
func TestDiscard(t *testing.T) {
	p := start(t, "sleep")
	p.Discard()
	if c := p.crash(); c != nil {
		t.Errorf("it is taken for a crash: %s", c.Says)
	}
}

// TestParentGone closes the pipe that closes by itself when the process of
// the check is gone.
func TestParentGone(t *testing.T) {
	p := start(t, "loop")
	p.Await("ready")
	if err := p.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	p.Wait()
	if p.ExitCode() == 0 || p.killedFor != "" {
		t.Errorf("exit code %d, killed for %q", p.ExitCode(), p.killedFor)
	}
}

// TestGrandchild does not wait for what holds the output open, and leaves no
// process behind.
func TestGrandchild(t *testing.T) {
	p := start(t, "grandchild")
	p.Wait()
	if !p.Await("started") || p.ExitCode() != 0 || p.crash() != nil {
		t.Fatalf("stdout %q, exit code %d", p.Stdout, p.ExitCode())
	}
	awaitSilence(t, p)
}

// TestGrandchildOfTheOrphaned leaves no process behind either when it is the
// test that is gone.
func TestGrandchildOfTheOrphaned(t *testing.T) {
	p := start(t, "grandchild", "loop")
	p.Await("started")
	if err := p.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	p.Wait()
	awaitSilence(t, p)
}

// awaitSilence waits until nothing listens any more at the address that a
// grandchild has printed: then it is gone.
func awaitSilence(t *testing.T, p *Process) {
	t.Helper()
	match := p.AwaitMatch(regexp.MustCompile(`listens on (\S+)`))
	if match == nil {
		t.Fatalf("the grandchild listens nowhere: %q", p.Stdout)
	}
	for deadline := time.Now().Add(time.Minute); port.Open(match[1]); {
		if time.Now().After(deadline) {
			t.Fatal("the grandchild still runs")
		}
	}
}

func TestAwaitMatch(t *testing.T) {
	p := start(t, "print", "addr=127.0.0.1:8080")
	got := p.AwaitMatch(regexp.MustCompile(`addr=(\S+):(\d+)`))
	if want := []string{"addr=127.0.0.1:8080", "127.0.0.1", "8080"}; !slices.Equal(got, want) {
		t.Errorf("AwaitMatch gives %q, want %q", got, want)
	}
	if p.Await("never written") {
		t.Error("Await finds what is not there")
	}
	if q := start(t, "complain", "no trains"); !q.Await("no trains") {
		t.Error("Await overlooks stderr")
	}
}

// TestAwaitAtTheEnd has a program that says its last words and exits right after
// its output was looked at: it is looked at once more.
func TestAwaitAtTheEnd(t *testing.T) {
	p := &Process{Stdout: &proc.Transcript{}, Stderr: &proc.Transcript{}, exited: make(chan struct{})}
	looks := 0
	found := p.awaitThat(func() bool {
		seen := strings.Contains(p.Stdout.String(), "listening")
		if looks++; looks == 1 {
			_, _ = p.Stdout.Write([]byte("listening"))
			p.finish()
		}
		return seen
	})
	if !found || looks != 2 {
		t.Errorf("what was written last is overlooked (looked %d times)", looks)
	}
}

// TestSpansAfterMuchOutput finds spans behind two megabytes of text.
func TestSpansAfterMuchOutput(t *testing.T) {
	p := start(t, "long-then-span")
	p.Wait()
	if got := len(SpansIn(p.Stdout)); got != 1 || p.crash() != nil {
		t.Errorf("%d spans found in %d bytes, want 1", got, len(p.Stdout.String()))
	}
}

// TestEnvironment keeps the telemetry settings of the person at the keyboard
// away from the program, and lets what a check sets through.
func TestEnvironment(t *testing.T) {
	t.Setenv("OTEL_SERVICE_NAME", "of-the-keyboard")
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://elsewhere:4317")
	t.Setenv("GOTRACEBACK", "none")
	t.Setenv("TRAIN_CLASS", "2")
	env := append(Environment(), "OTEL_SERVICE_NAME=of-the-check")
	p := Start(t.TempDir(), []string{"environment"}, env, time.Minute)
	p.Wait()
	lines := p.Stdout.Lines()
	for _, want := range []string{"OTEL_SERVICE_NAME=of-the-check", "TRAIN_CLASS=2"} {
		if !slices.Contains(lines, want) {
			t.Errorf("%s is not there", want)
		}
	}
	for _, line := range lines {
		for _, unwanted := range []string{"of-the-keyboard", "elsewhere", "GOTRACEBACK", facts.WatchVariable} {
			if strings.Contains(line, unwanted) {
				t.Errorf("%s is there", line)
			}
		}
	}
}

func TestCommand(t *testing.T) {
	t.Chdir("../../testdata/journey")
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "go run ./journey"},
		{[]string{"-to", "Zurich"}, "go run ./journey -to Zurich"},
		{[]string{"-to", "New York"}, `go run ./journey -to "New York"`},
		{[]string{"-to", ""}, `go run ./journey -to ""`},
		{[]string{"-url", "http://127.0.0.1/?a=1&b=2"}, `go run ./journey -url "http://127.0.0.1/?a=1&b=2"`},
	} {
		if got := (&Process{Args: c.args}).Command(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// TestNotes asks programs what they did to OpenTelemetry's globals.
func TestNotes(t *testing.T) {
	for _, c := range []struct {
		program []string
		state   facts.ProviderState // "" if main does not return
		made    []facts.ProviderNote
	}{
		{[]string{"nothing"}, facts.ProviderNone, nil},
		{[]string{"exit-3"}, "", nil},
		{[]string{"provider"}, facts.ProviderNone, []facts.ProviderNote{{Sampler: "trace.parentBased"}}},
		{[]string{"provider", "register"}, facts.ProviderRecords, []facts.ProviderNote{{Sampler: "trace.parentBased"}}},
		{[]string{"provider", "register", "shutdown"}, facts.ProviderShutDown, []facts.ProviderNote{{Sampler: "trace.parentBased"}}},
		{[]string{"provider", "register", "never-sample"}, facts.ProviderDrops, []facts.ProviderNote{{Sampler: "trace.alwaysOffSampler"}}},
		{[]string{"provider", "register", "batch"}, facts.ProviderRecords,
			[]facts.ProviderNote{{Sampler: "trace.parentBased", Processors: []string{"*trace.batchSpanProcessor"}}}},
		{[]string{"provider", "register", "sync"}, facts.ProviderRecords,
			[]facts.ProviderNote{{Sampler: "trace.parentBased", Processors: []string{"*trace.simpleSpanProcessor"}}}},
	} {
		t.Run(strings.Join(c.program, "-"), func(t *testing.T) {
			p := start(t, c.program...)
			p.Wait()
			var state facts.ProviderState
			if note := p.Returned(); note != nil {
				state = note.Provider
			}
			if state != c.state {
				t.Errorf("the global provider is %q, want %q", state, c.state)
			}
			made := p.Providers()
			if len(made) != len(c.made) {
				t.Fatalf("%d providers were made, want %d", len(made), len(c.made))
			}
			for i, want := range c.made {
				if made[i].Sampler != want.Sampler || !slices.Equal(made[i].Processors, want.Processors) {
					t.Errorf("made %+v, want %+v", *made[i], want)
				}
			}
		})
	}
}

func TestFlushTimeout(t *testing.T) {
	for args, want := range map[string]time.Duration{
		"":                               0,
		"user-service":                   0,
		"user-service -flush-timeout":    0,
		"x -flush-timeout 30s -addr :0":  30 * time.Second,
		"x -flush-timeout soon -addr :0": 0,
	} {
		if got := flushTimeout(strings.Fields(args)); got != want {
			t.Errorf("%q: %v, want %v", args, got, want)
		}
	}
}
