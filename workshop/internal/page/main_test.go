package page

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.uber.org/goleak"
	"google.golang.org/grpc/grpclog"

	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/verdict"
)

func TestMain(m *testing.M) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {})) // of exporters that fail on purpose
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
	goleak.VerifyTestMain(m)
}

// site is a page that is served while a test runs, and a client of it.
type site struct {
	*http.Client
	root, records string
	base          string // address
	status        Status
	stop          func() error // Ctrl-C; gives what Serve gave
}

// workshop makes a workshop with two steps, and gives its folder.
func workshop(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.work":               "go 1.26.0\n",
		"go.mod":                "secret\n",
		"workshop/main.go":      "package main\n",
		"docs/images/a.svg":     "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
		"docs/images/a.png":     "\x89PNG",
		"docs/notes.txt":        "secret",
		"solutions/a.png":       "secret",
		"step01-a/README.md":    "# Step 1: A\n\nHello <script>alert(1)</script>\n\n## 1. First\n\n![p](../docs/images/a.png)\n\n## 2. Second\n\n## 3. Third\n",
		"step01-a/step_test.go": "package main\n",
		"step01-a/a.go":         "package main\n\n// TODO(1): first\n// TODO(2): second\n// TODO(3): third\n",
		"step02-b/README.md":    "# Step 2: B\n\n## 1. First\n",
		"step02-b/step_test.go": "package main\n",
	} {
		write(t, filepath.Join(root, name), text)
	}
	return root
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// open serves a page of a workshop, with other options where edit sets them.
func open(t *testing.T, edit func(*Options)) *site {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	root := workshop(t)
	r, err := repository.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{root: root, Client: &http.Client{Transport: &http.Transport{}}}
	if s.records, err = verdict.Folder(root); err != nil {
		t.Fatal(err)
	}
	ready := make(chan Status, 1)
	o := Options{
		Repository: r, Jaeger: "http://" + closedAddress(t), Listen: "127.0.0.1:0",
		Check: func(context.Context, string, []string) (guide.Report, error) {
			return guide.Report{}, errors.New("nobody expects this check")
		},
		Ready: func(s Status) { ready <- s },
	}
	if edit != nil {
		edit(&o)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.base = "http://" + listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, listener, o) }()
	s.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		s.CloseIdleConnections()
		if err := s.stop(); err != nil {
			t.Errorf("the page ended with %v", err)
		}
	})
	s.status = <-ready
	return s
}

// closedAddress is one where nobody listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// ask makes a request, and gives the answer with all of its text.
func (s *site) ask(t *testing.T, method, path string, edit func(*http.Request)) (*http.Response, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, s.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(request)
	}
	response, err := s.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

// get gets JSON.
func (s *site) get(t *testing.T, path string, status int, into any) {
	t.Helper()
	response, text := s.ask(t, http.MethodGet, path, nil)
	if kind := response.Header.Get("Content-Type"); response.StatusCode != status || kind != "application/json" {
		t.Fatalf("%s: status %d as %s, want %d as JSON: %s", path, response.StatusCode, kind, status, text)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%s: %v in %s", path, err, text)
	}
}

// refusal gets the sentence of an error.
func (s *site) refusal(t *testing.T, path string, status int) string {
	t.Helper()
	var said struct{ Error string }
	s.get(t, path, status, &said)
	if said.Error == "" || !strings.HasSuffix(said.Error, ".") {
		t.Errorf("%s: the error is %q, want a sentence", path, said.Error)
	}
	return said.Error
}

func (s *site) token(t *testing.T) string {
	t.Helper()
	_, text := s.ask(t, http.MethodGet, "/", nil)
	match := tokenPlace.FindStringSubmatchIndex(text)
	if match == nil {
		t.Fatalf("there is no token in %s", text)
	}
	return text[match[3]:match[4]]
}

func (s *site) check(t *testing.T, step string) {
	t.Helper()
	token := s.token(t)
	response, text := s.ask(t, http.MethodPost, "/api/check/"+step, func(r *http.Request) { r.Header.Set(tokenHeader, token) })
	if response.StatusCode != http.StatusAccepted {
		t.Fatalf("status %d, want 202: %s", response.StatusCode, text)
	}
}

// events are those that a page hears.
type events struct {
	lines chan string
	close context.CancelFunc
}

func (s *site) listen(t *testing.T) *events {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if kind := response.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("it comes as %s", kind)
	}
	e := &events{lines: make(chan string, 1000), close: cancel}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(e.lines)
		defer response.Body.Close()
		name := ""
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			if told, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = told
			}
			if content, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				e.lines <- name + " " + content
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	return e
}

// await waits for an event that begins so, and gives what it says.
func (e *events) await(t *testing.T, want string) string {
	t.Helper()
	late := time.After(time.Minute)
	var heard []string
	for {
		select {
		case line, open := <-e.lines:
			if !open {
				t.Fatalf("it ended before %s; heard %q", want, heard)
			}
			if strings.HasPrefix(line, want) {
				return line
			}
			heard = append(heard, line)
		case <-late:
			t.Fatalf("%s did not come; heard %q", want, heard)
		}
	}
}
