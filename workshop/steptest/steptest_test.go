package steptest

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// failing is what go test -json prints for a step whose second check fails.
const failing = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestStep"}
{"Action":"output","Package":"p","Test":"TestStep","Output":"=== RUN   TestStep\n"}
{"Action":"attr","Package":"p","Test":"TestStep","Key":"tracecheck.check","Value":"plan pass"}
{"Action":"output","Package":"p","Test":"TestStep","Output":"=== ATTR  TestStep tracecheck.check plan pass\n"}
{"Action":"attr","Package":"p","Test":"TestStep","Key":"tracecheck.check","Value":"one-span fail"}
{"Action":"attr","Package":"p","Test":"TestStep","Key":"tracecheck.check","Value":"event pending"}
{"Action":"attr","Package":"p","Test":"TestStep","Key":"tracecheck.cause","Value":"no-provider"}
{"Action":"attr","Package":"p","Test":"TestStep","Key":"tracecheck.section","Value":"1"}
{"Action":"attr","Package":"p","Test":"TestStep","Key":"tracecheck.gap","Value":"tracing.go:12"}
{"Action":"attr","Package":"p","Test":"TestStep","Key":"somebody.else","Value":"x"}
{"Action":"output","Package":"p","Test":"TestStep","Output":"    One journey leaves one span.\n"}
{"Action":"output","Package":"p","Test":"TestStep","Output":"\n"}
{"Action":"output","Package":"p","Test":"TestStep","Output":"      (no span)\n"}
{"Action":"output","Package":"p","Test":"TestStep","Output":"--- FAIL: TestStep (0.01s)\n"}
{"Action":"fail","Package":"p","Test":"TestStep","Elapsed":0.01}
{"Action":"output","Package":"p","Output":"FAIL\n"}
{"Action":"fail","Package":"p","Elapsed":0.02}
`

func TestRead(t *testing.T) {
	got := read(strings.NewReader(failing))
	want := &Outcome{
		Verdict: "One journey leaves one span.\n\n  (no span)\n",
		Output: "=== RUN   TestStep\n=== ATTR  TestStep tracecheck.check plan pass\n" +
			"    One journey leaves one span.\n\n      (no span)\n--- FAIL: TestStep (0.01s)\nFAIL\n",
		Checks:  map[string]string{"plan": "pass", "one-span": "fail", "event": "pending"},
		Failing: "one-span",
		Cause:   "no-provider",
		Section: "1",
		Gap:     "tracing.go:12",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestReadWhatIsNotJSON keeps what the go command says outside of events, such
// as a compiler's errors, also where the last line has no end.
func TestReadWhatIsNotJSON(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":     "",
		"text":        "# example.com/step\n./journey.go:3:1: syntax error\n",
		"no line end": "go: no such tool",
		"not events":  "17\n\"text\"\n[]\n",
	} {
		t.Run(name, func(t *testing.T) {
			got := read(strings.NewReader(text))
			if diff := cmp.Diff(&Outcome{Output: text, Checks: map[string]string{}}, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	t.Run("between events", func(t *testing.T) {
		got := read(strings.NewReader("warning\n" + `{"Action":"output","Output":"FAIL\n"}` + "\n{\"Action\":"))
		if want := "warning\nFAIL\n{\"Action\":"; got.Output != want || got.Verdict != "" {
			t.Errorf("got the output %q, want %q", got.Output, want)
		}
	})
}

// TestReadLongLine reads a verdict line that is longer than any buffer.
func TestReadLongLine(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	got := read(strings.NewReader(`{"Action":"output","Test":"TestStep","Output":"    ` + long + `\n"}` + "\n"))
	if got.Verdict != long+"\n" {
		t.Errorf("%d bytes are left of %d", len(got.Verdict), len(long)+1)
	}
}

// TestJaeger has a machine without one: it is told at once what to type, and
// nothing is built.
func TestJaeger(t *testing.T) {
	empty := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, empty)
	}
	t.Setenv("JAEGER_BIN", "")
	t.Setenv("PATH", empty)
	err := Jaeger(".")
	if err == nil || !strings.Contains(err.Error(), "go run ./workshop jaeger -build") {
		t.Errorf("Jaeger gives %v; want what to type", err)
	}
	if left, _ := os.ReadDir(empty); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
}

// TestReadSkipped keeps why a test was skipped.
func TestReadSkipped(t *testing.T) {
	got := read(strings.NewReader(`{"Action":"output","Test":"TestDatabase","Output":"    database_test.go:9: Cassandra needs Java\n"}` + "\n" +
		`{"Action":"skip","Test":"TestDatabase"}` + "\n" + `{"Action":"skip","Package":"p"}` + "\n"))
	if want := "database_test.go:9: Cassandra needs Java"; got.Skipped != want {
		t.Errorf("skipped by %q, want %q", got.Skipped, want)
	}
}
