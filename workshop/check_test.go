package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// workshop runs the command and expects that it can do its work.
func workshop(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, &stdout, &stderr); code != exitOK || stderr.Len() > 0 {
		t.Errorf("exit code %d, stderr %q; want 0 and nothing", code, stderr.String())
	}
	return stdout.String()
}

func TestCheck(t *testing.T) {
	workshoptest.Repository(t, map[string]string{
		"step01-passes":  workshoptest.StepThatPasses,
		"step02-fails":   workshoptest.StepThatFails,
		"step03-broken":  workshoptest.StepThatDoesNotCompile,
		"step04-panics":  workshoptest.StepThatPanics,
		"step05-no-test": "",
	})
	if err := os.Remove("step05-no-test/step_test.go"); err != nil {
		t.Fatal(err)
	}
	t.Run("all steps", func(t *testing.T) {
		out := workshop(t)
		workshoptest.Contains(t, out, "✓ step01-passes\n", "→ step02-fails\n", "  There is a span.\n", "  ✗ There is none.\n", `color=""`,
			"Next\n",
			"  Read  step02-fails/README.md:5    section 2\n",
			"  Edit  step02-fails/journey.go:31  TODO(2)\n",
			"  Run   go run ./workshop", "to check again\n")
		workshoptest.Lacks(t, out, "step03", "Welcome", "\x1b", "\r") // "checking", too, where it takes its time
	})
	t.Run("a compiler error", func(t *testing.T) {
		out := workshop(t, "check", "step03-broken")
		workshoptest.Contains(t, out, "→ step03-broken\n", "cannot compile",
			"step03-broken/step_test.go:6: declared and not used: unused\n",
			"step03-broken/step_test.go:7: undefined: strings\n", "Import it: \"strings\"\n",
			"  Edit  step03-broken/step_test.go:6\n",
			"  Run   go run ./workshop check step03-broken", "to check again")
		workshoptest.Lacks(t, out, "FAIL", "# example.com", "\t")
	})
	t.Run("a panic before the checks", func(t *testing.T) {
		out := workshop(t, "check", "4")
		workshoptest.Contains(t, out, "→ step04-panics\n", "ended before it began", "panic: runtime error: integer divide by zero", "Next\n", "  Edit  step04-panics/step_test.go:5")
	})
	t.Run("one step that passes", func(t *testing.T) {
		workshoptest.Contains(t, workshop(t, "check", "./step01-passes/"), "✓ step01-passes\n")
	})
	t.Run("from the folder of a step", func(t *testing.T) {
		t.Chdir("step02-fails")
		workshoptest.Contains(t, workshop(t), "  Read  README.md:5", "  Edit  journey.go:31", "  Run   go run ../workshop")
	})
	t.Run("no such step", func(t *testing.T) {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), []string{"check", "step9"}, &stdout, &stderr); code != exitUsage {
			t.Errorf("exit code %d, want %d", code, exitUsage)
		}
		workshoptest.Contains(t, stderr.String(), "workshop: there is no step \"step9\": the steps are step01-passes, step02-fails, step03-broken, step04-panics\n")
	})
}

// TestCheckOfThisRepository runs the real steps, in whatever state they are.
func TestCheckOfThisRepository(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a step")
	}
	out := workshop(t)
	if strings.Contains(out, "Well done!") {
		return
	}
	workshoptest.Contains(t, out, "→ step0", "Next\n", "Edit  ", "Run   go run .")
	for _, place := range regexp.MustCompile(`(?m)^  (?:Read|Edit)  (\S+):(\d+)`).FindAllStringSubmatch(out, -1) {
		text, err := os.ReadFile(place[1])
		if line, _ := strconv.Atoi(place[2]); err != nil || line < 1 || line > strings.Count(string(text), "\n")+1 {
			t.Errorf("there is no %s (%v)", place[0], err)
		}
	}
}

func TestCheckOutsideTheRepository(t *testing.T) {
	t.Chdir(t.TempDir())
	checkFails(t, "is not in the tracing workshop: change to the folder that you cloned it into, then: go run ./workshop\n")
}

func TestCheckWithoutGo(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-passes": workshoptest.StepThatPasses})
	t.Setenv("PATH", t.TempDir())
	checkFails(t, "workshop: cannot find the go command: install Go from https://go.dev/dl and open a new terminal\n")
}

func TestCheckWhereGoCannotWork(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-passes": workshoptest.StepThatPasses})
	t.Setenv("GOFLAGS", "-mod=nonsense")
	checkFails(t, "workshop: go test cannot check step01-passes: ")
}

// checkFails expects that the workshop cannot do its work, and says so in one
// line on stderr.
func checkFails(t *testing.T, want string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), nil, &stdout, &stderr); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	workshoptest.Contains(t, stderr.String(), want)
	if stdout.Len() > 0 || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("stdout is %q, stderr is %q; want one line on stderr", stdout.String(), stderr.String())
	}
}

// TestCheckVets has what go test does not run, since its own vet finds
// something first.
func TestCheckVets(t *testing.T) {
	const wrong = "package main\n\nimport \"fmt\"\n\nfunc init() { _ = fmt.Sprintf(\"%d\", \"one\") }\n"
	const finding = "main_test.go:5: fmt.Sprintf format %d has arg \"one\" of wrong type string\n"
	workshoptest.Repository(t, map[string]string{"step01-vet": workshoptest.StepThatPasses, "step02-fails": workshoptest.StepThatFails, "step03-both": workshoptest.StepThatFails})
	for _, step := range []string{"step01-vet", "step03-both"} {
		if err := os.WriteFile(filepath.Join(step, "main_test.go"), []byte(wrong), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("the traces are right", func(t *testing.T) {
		out := workshop(t)
		workshoptest.Contains(t, out, "→ step01-vet\n\n  The traces are right. go vet, which go test runs as well, found", "  step01-vet/"+finding,
			"Next\n", "  Edit  step01-vet/main_test.go:5\n", "to check again\n")
		workshoptest.Lacks(t, out, "✓ step01-vet", "step02")
	})
	t.Run("and they are wrong", func(t *testing.T) {
		out := workshop(t, "check", "step03")
		workshoptest.Contains(t, out, "→ step03-both\n", "✗ There is none.\n", "Next\n", "And go vet,", "  step03-both/"+finding)
	})
	t.Run("only they are wrong", func(t *testing.T) {
		workshoptest.Lacks(t, workshop(t, "check", "step02"), "go vet")
	})
}

// TestBrokenWorkspace shows go's own reason where go.work is not as it must be,
// and what to do about that.
func TestBrokenWorkspace(t *testing.T) {
	for _, test := range []struct {
		name   string
		breaks func() error
		want   []string
	}{
		{"a syntax error", func() error {
			return os.WriteFile("go.work", []byte("go 1.26.0\nuse ./step01-passes\nuse (\n"), 0o600)
		}, []string{"errors parsing ", "go.work:4: syntax error (unterminated block started at ", "go.work as it was shipped comes back with: git restore go.work\n"}},
		{"a folder that is gone", func() error { return os.RemoveAll("step02-passes") },
			[]string{"cannot load module ", "step02-passes listed in go.work file: open ", "bring it back (what was shipped, with: git restore step02-passes), or take its line out of go.work\n"}},
		{"a go.mod that is gone", func() error { return os.Remove("step02-passes/go.mod") },
			[]string{"cannot load module ", "step02-passes listed in go.work file: open ", "git restore " + filepath.Join("step02-passes", "go.mod") + "), or take"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			workshoptest.Repository(t, map[string]string{"step01-passes": workshoptest.StepThatPasses, "step02-passes": workshoptest.StepThatPasses})
			if err := test.breaks(); err != nil {
				t.Fatal(err)
			}
			code, _, stderr := outcome(t, "check", "step01")
			if code != exitFailed || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit code %d, want %d and one line", code, exitFailed)
			}
			workshoptest.Contains(t, stderr, append([]string{"workshop: go test cannot check step01-passes: "}, test.want...)...)
		})
	}
}

// stepThatWaits calls the test that is behind the workshop, and waits for ever.
const stepThatWaits = `package main

import (
	"net"
	"os"
	"testing"
)

func TestStep(t *testing.T) {
	conn, err := net.Dial("tcp", os.Getenv("TEST_CALL"))
	if err != nil {
		t.Fatal(err)
	}
	conn.Write([]byte("running\n"))
	select {}
}
`

// waitingStep makes a repository whose step waits for ever. await gives a
// reader that ends when the process of the step does.
func waitingStep(t *testing.T) (await func() *bufio.Reader) {
	t.Helper()
	workshoptest.Repository(t, map[string]string{"step01-waits": stepThatWaits})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	t.Setenv("TEST_CALL", listener.Addr().String())
	return func() *bufio.Reader {
		t.Helper()
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		reader := bufio.NewReader(conn)
		if line, err := reader.ReadString('\n'); line != "running\n" {
			t.Fatal(fmt.Errorf("the step says %q: %w", line, err))
		}
		return reader
	}
}
