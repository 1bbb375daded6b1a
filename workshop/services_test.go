package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
	"example.com/tracing-workshop/workshop/spans"
)

// buildServices builds the solution of step 4 as it is.
func buildServices(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "services")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./step04-manual-spans")
	cmd.Dir = filepath.Join("..", "solutions")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// fetch lets the two services handle one request and stop, and gives what
// they wrote to stderr. By then they have sent their spans, or given up.
func fetch(t *testing.T, services string, env ...string) string {
	t.Helper()
	jokes := startService(t, services, "joke-service", nil, env...)
	users := startService(t, services, "user-service", []string{"-joke-url=" + jokes.url + "/jokes/random"}, env...)
	if code := get(t, users.url+"/fetch-external"); code != http.StatusOK {
		t.Errorf("user-service answers %d", code)
	}
	users.stdin.Close()
	jokes.stdin.Close() // now both send at the same time
	return users.stop(t) + jokes.stop(t)
}

// checkFetch expects the three spans of that request.
func checkFetch(t *testing.T, got []spans.Span) {
	t.Helper()
	if len(got) != 3 || len(spans.Group(got)) != 1 {
		t.Errorf("%d spans in %d traces arrived, want 3 in 1:\n%+v", len(got), len(spans.Group(got)), got)
		return
	}
	server, client, jokes := named(t, got, "GET /fetch-external"), named(t, got, "HTTP GET"), named(t, got, "GET /jokes/random")
	if client.ParentID != server.SpanID || jokes.ParentID != client.SpanID || server.Service() != "user-service" || jokes.Service() != "joke-service" {
		t.Errorf("the spans do not hang together:\n%+v", got)
	}
}

func named(t *testing.T, all []spans.Span, name string) spans.Span {
	t.Helper()
	i := slices.IndexFunc(all, func(s spans.Span) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("there is no span %q in\n%+v", name, all)
	}
	return all[i]
}

// service is a process that runs a service.
type service struct {
	cmd   *exec.Cmd
	stdin io.Closer
	log   *workshoptest.Screen
	url   string
}

var listening = regexp.MustCompile(`msg=listening addr=(\S+)`)

// startService runs a service that has these OTEL_ variables and no others.
// It has more time for its last spans than an exporter for one export.
func startService(t *testing.T, program, name string, flags []string, env ...string) *service {
	t.Helper()
	s := &service{log: workshoptest.NewScreen()}
	s.cmd = exec.Command(program, append([]string{name, "-addr=127.0.0.1:0", "-flush-timeout=20s"}, flags...)...)
	s.cmd.Env = append(proc.WithoutTelemetry(os.Environ()), "STOP_WITH_STDIN=1")
	s.cmd.Env = append(s.cmd.Env, env...)
	s.cmd.Stderr = s.log
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.stdin = stdin
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.cmd.ProcessState == nil { // the test has failed in between
			_ = s.cmd.Process.Kill()
			_ = s.cmd.Wait()
		}
	})
	s.log.Await(t, "msg=listening addr=")
	s.log.Await(t, "\n")
	s.url = "http://" + listening.FindStringSubmatch(s.log.String())[1]
	return s
}

// stop ends the service as its parent would, and gives its log.
func (s *service) stop(t *testing.T) string {
	t.Helper()
	s.stdin.Close()
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", s.cmd, err, s.log)
	}
	return s.log.String()
}

// oneRequest leaves no connection behind.
var oneRequest = &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}

func get(t *testing.T, url string) int {
	t.Helper()
	response, err := oneRequest.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}
