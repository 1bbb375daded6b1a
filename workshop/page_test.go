package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// theSite is the command page while it runs.
type theSite struct {
	*workshoptest.Screen
	stop context.CancelFunc
	code chan int
}

func startPage(t *testing.T, flags ...string) *theSite {
	t.Helper()
	workshoptest.Repository(t, map[string]string{"step01-fails": workshoptest.StepThatFails})
	cache := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, cache)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &theSite{Screen: workshoptest.NewScreen(), stop: stop, code: make(chan int, 1)}
	args := append([]string{"page", "-port", "0", "-listen", "127.0.0.1:0"}, flags...)
	go func() { s.code <- run(ctx, args, s, s) }()
	t.Cleanup(func() { s.end(t) })
	s.Await(t, "Ctrl-C ends it")
	return s
}

// end is Ctrl-C.
func (s *theSite) end(t *testing.T) {
	t.Helper()
	s.stop()
	code := <-s.code
	if code != exitOK {
		t.Errorf("exit code %d, want 0", code)
	}
	s.code <- code
}

var pageAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/\S*`)

func TestPage(t *testing.T) {
	s := startPage(t, "1")
	address := pageAddress.FindString(s.String())
	base, hash, _ := strings.Cut(address, "#")
	if hash != "/learn/step01-fails" {
		t.Errorf("the page is at %s", address)
	}
	workshoptest.Contains(t, s.String(), "The page is at", "It receives spans on 127.0.0.1:", "Ctrl-C ends it.")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(base)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v", response.StatusCode, err)
	}
	workshoptest.Contains(t, string(text), `<meta name="token" content="`)
	listens := regexp.MustCompile(`receives spans on (\S+)`).FindStringSubmatch(s.String())[1]
	if base = strings.TrimSuffix(base, "/"); !receives(t.Context(), base, listens) || receives(t.Context(), base, "127.0.0.1:1") || receives(t.Context(), "http://127.0.0.1:1", listens) {
		t.Errorf("the page at %s receives spans on %s, and it is not told so", base, listens)
	}
	s.end(t)
	if _, err := client.Get(base); err == nil {
		t.Error("somebody answers still")
	}
}

func TestPageOpens(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("there is always a browser")
	}
	t.Setenv("PATH", t.TempDir()) // and so no program that opens one
	s := startPage(t, "-open")
	s.Await(t, "No browser could be opened: open the address yourself.")
}

func TestPageWhileSpansGoElsewhere(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	s := startPage(t, "-listen", other.Addr().String(), "-from", "127.0.0.1:1")
	s.Await(t, "! Another program listens on "+other.Addr().String())
	workshoptest.Contains(t, s.String(), "as well, end this page and type go run ./workshop page -listen 127.0.0.1:14317.")
	workshoptest.Lacks(t, s.String(), "It receives spans")
}

func TestPageOnTakenPort(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-fails": workshoptest.StepThatFails})
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	port := strconv.Itoa(other.Addr().(*net.TCPAddr).Port)
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"page", "-port", port}, &stdout, &stderr); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	want := "workshop: page: another program has port " + port + ", perhaps a page that runs already: end it, or choose another port, as in go run ./workshop page -port 7777\n"
	if stdout.Len() > 0 || stderr.String() != want {
		t.Errorf("stdout %q, stderr %q; want %q", stdout.String(), stderr.String(), want)
	}
}

// TestPageBeside opens the page twice from another command: it is one page, on a
// port of its own where the usual one is taken, and it ends with the command.
func TestPageBeside(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-fails": workshoptest.StepThatFails})
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, t.TempDir())
	}
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	taken := other.Addr().(*net.TCPAddr).Port
	var opened []string
	b := &beside{repository: workshoptest.Here(t), port: taken, listen: "127.0.0.1:0", browse: func(address string) error {
		opened = append(opened, address)
		if len(opened) == 2 {
			return errors.New("no browser")
		}
		return nil
	}}
	b.close() // which nobody has opened
	first, err := b.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.open(t.Context())
	if err != nil || second != first+": open it in a browser" || len(opened) != 2 || opened[0] != first || opened[1] != first {
		t.Errorf("it was opened at %q, and is said to be at %s and %s (%v)", opened, first, second, err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(first)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	b.close()
	if _, err := client.Get(first); err == nil || strings.HasSuffix(first, ":"+strconv.Itoa(taken)) {
		t.Errorf("somebody answers still at %s", first)
	}
}

func TestWrongPage(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-fails": workshoptest.StepThatFails})
	for args, want := range map[string]string{
		"page -port x":       `page: invalid value "x" for flag -port: it is a whole number (see go run ./workshop page -h)`,
		"page -port 70000":   "page: -port 70000 is no port: that is a number up to 65535, as 7778",
		"page -port -1":      "page: -port -1 is no port: that is a number up to 65535, as 7778",
		"page -listen 4318":  "page: -listen 4318 is a port without a host: write -listen 127.0.0.1:4318",
		"page -listen here":  "page: -listen here is no address: that is a host and a port, as 127.0.0.1:14317",
		"page -from 16686":   "page: -from 16686 is a port without a host: write -from http://127.0.0.1:16686",
		"page -from ftp://x": "page: -from ftp://x is no address of a Jaeger: that is written as http://127.0.0.1:16686",
		"page 1 2":           `page: "2" is one argument too many: name one step, or none`,
		"page 7":             `there is no step "7": the steps are step01-fails`,
		"page -prot 1":       "page: there is no flag -prot: did you mean -port? (see go run ./workshop page -h)",
		"pag":                `there is no command "pag": did you mean go run ./workshop page?`,
	} {
		t.Run(args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), strings.Fields(args), &stdout, &stderr); code != exitUsage {
				t.Errorf("exit code %d, want %d", code, exitUsage)
			}
			if got := strings.TrimPrefix(stderr.String(), "workshop: "); got != want+"\n" || stdout.Len() > 0 {
				t.Errorf("got  %swant %s", got, want)
			}
		})
	}
}
