package evidence

import (
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// TestHandlerPanic reads what net/http logs, by itself and through a logger
// that makes a line of it.
func TestHandlerPanic(t *testing.T) {
	t.Chdir("../../testdata/journey")
	const plain = "2025/03/01 12:00:00 http: panic serving 127.0.0.1:5: no \"trains\"\n" +
		"goroutine 21 [running]:\nnet/http.(*conn).serve.func1()\n\t/usr/local/go/src/net/http/server.go:1943 +0xd3\n" +
		"panic({0xe1, 0xf1})\n\t/usr/local/go/src/runtime/panic.go:783 +0x132\n" +
		"main.ride(0x5)\n\t/home/ann/journey/ride.go:12 +0x1d\nmain.main()\n\t/home/ann/journey/journey.go:7 +0x1d\n"
	escaped := strings.NewReplacer("\n", `\n`, "\t", `\t`, `"`, `\"`).Replace(plain)
	for name, stderr := range map[string]string{
		"log":  "level=INFO msg=listening\n" + plain,
		"slog": "level=INFO msg=listening\nlevel=WARN msg=\"" + escaped + "\"\nlevel=INFO msg=request",
	} {
		p := &Process{Stderr: &proc.Transcript{}}
		_, _ = p.Stderr.Write([]byte(stderr))
		got := p.HandlerPanic()
		if got == nil || got.Message != `no "trains"` || got.At != " at ride.go:12" {
			t.Errorf("%s: got %+v", name, got)
		}
		if lines := p.Complaints(); len(lines) > 0 && strings.Contains(strings.Join(lines, ""), "goroutine") {
			t.Errorf("%s: a stack is shown: %q", name, lines)
		}
	}
	quiet := &Process{Stderr: &proc.Transcript{}}
	_, _ = quiet.Stderr.Write([]byte("journey: no trains\n"))
	if got := quiet.HandlerPanic(); got != nil {
		t.Errorf("got %+v of a program that did not panic", got)
	}
}

// TestRaceIn reads a report of the race detector.
func TestRaceIn(t *testing.T) {
	t.Chdir("../../testdata/journey")
	const report = "==================\nWARNING: DATA RACE\nRead at 0x00c000014108 by goroutine 8:\n" +
		"  main.ride.func1()\n      /home/ann/journey/ride.go:31 +0x35\n\n" +
		"Previous write at 0x00c000014108 by goroutine 7:\n" +
		"  sync.(*WaitGroup).Go.func1()\n      /usr/local/go/src/sync/waitgroup.go:239 +0x5d\n  main.ride.func2()\n      /home/ann/journey/stops.go:35 +0x44\n\n" +
		"Goroutine 8 (running) created at:\n  main.ride()\n      /home/ann/journey/ride.go:30 +0x88\n==================\n"
	const want = "Your program has a data race: a read at ride.go:31, and a previous write at stops.go:35, at the same time."
	if got := raceIn(report); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := raceIn("WARNING: DATA RACE ahead\n"); got != "" {
		t.Errorf("got %s", got)
	}
}

// TestRace runs a program with a data race: with -race it fails for that, and
// without nothing is said of it.
func TestRace(t *testing.T) {
	p := start(t, "race")
	p.Wait()
	if !raceDetector {
		checkCrash(t, p, "", "")
		return
	}
	checkCrash(t, p, "data-race", `^Your program has a data race: a .* at service\.go:\d+, and a previous .* at service\.go:\d+, at the same time\.$`)
}
