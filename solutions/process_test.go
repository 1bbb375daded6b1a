package solutions

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/solutions/prove"
)

// build builds a step's program with p in the place of its files, and with the
// probe of testdata in it. It gives the path of the executable.
func build(t testing.TB, step string, p prove.Program) string {
	t.Helper()
	probe, err := os.ReadFile(filepath.Join("testdata", "probe", "probe.go"))
	if err != nil {
		t.Fatal(err)
	}
	p["probe.go"] = string(probe)
	executable := filepath.Join(t.TempDir(), step+".exe")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-overlay", prove.Overlay(t, step, p), "-o", executable, ".")
	cmd.Dir = filepath.Join("..", step)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s cannot be built: %v\n%s", step, err, output)
	}
	return executable
}

// service is a service that runs as a process of its own.
type service struct {
	URL   string
	probe string // the URL of its probe
	cmd   *exec.Cmd
}

var (
	probeLine     = regexp.MustCompile(`probe at (\S+)`)
	listeningLine = regexp.MustCompile(`msg=listening addr=(\S+)`)
)

// startService starts a service on a port that the system picks, and stops it
// when the test is over.
func startService(t testing.TB, executable, name string, env []string, args ...string) *service {
	t.Helper()
	cmd := exec.Command(executable, append([]string{name, "-addr", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), append(env, "PROBE_ADDR=127.0.0.1:0")...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	log := bufio.NewReader(stderr)
	s := &service{cmd: cmd}
	s.probe = "http://" + awaitLine(t, log, probeLine)
	s.URL = "http://" + awaitLine(t, log, listeningLine)
	go func() { _, _ = io.Copy(io.Discard, log) }()
	return s
}

func awaitLine(t testing.TB, log *bufio.Reader, pattern *regexp.Regexp) string {
	t.Helper()
	for {
		line, err := log.ReadString('\n')
		if match := pattern.FindStringSubmatch(line); match != nil {
			return match[1]
		}
		if err != nil {
			t.Fatalf("the service ended before it said %q", pattern)
		}
	}
}

// reading is what the probe tells of a process.
type reading struct {
	Goroutines int
	Heap       int64 // bytes in use after a garbage collection
	Mallocs    int64 // objects allocated since the start
	Allocated  int64 // bytes allocated since the start
}

func (s *service) read(t testing.TB) reading {
	t.Helper()
	response, err := http.Get(s.probe)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var r reading
	if err := json.NewDecoder(response.Body).Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

// settled reads the probe until there are at most as many goroutines as asked
// for, or it gives up.
func (s *service) settled(t testing.TB, goroutines int) reading {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		r := s.read(t)
		if r.Goroutines <= goroutines || time.Now().After(deadline) {
			return r
		}
	}
}

// fetch sends a request and expects the status 200.
func fetch(client *http.Client, url string) error {
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, strings.TrimSpace(string(body)))
	}
	return err
}
