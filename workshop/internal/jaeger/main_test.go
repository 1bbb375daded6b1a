package jaeger

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary play the go command and Jaeger.
func TestMain(m *testing.M) {
	if role := os.Getenv("FAKE"); role != "" && len(os.Args) > 1 {
		os.Exit(play(role, os.Args[1]))
	}
	os.Exit(m.Run())
}

func play(role, verb string) int {
	switch {
	case verb == "list":
		return fakeList(role)
	case verb == "build":
		return fakeBuild(role)
	case verb == "version":
		return fakeVersion(role)
	case verb == "print-config":
		return fakePrintConfig()
	case strings.HasPrefix(verb, "--config="):
		return fakeRun(role)
	}
	fmt.Fprintf(os.Stderr, "unexpected arguments %q\n", os.Args[1:])
	return 2
}

func fakeList(role string) int {
	fmt.Fprintln(os.Stderr, "go: downloading example.com/a v1.0.0")
	fmt.Fprintln(os.Stderr, "go: downloading example.com/b v1.0.0")
	if role == "offline" {
		fmt.Fprintln(os.Stderr, "go: example.com/b@v1.0.0: dial tcp: lookup proxy.golang.org: no such host")
		return 1
	}
	fmt.Print("x\n\nx\n\nx\n")
	return 0
}

func fakeBuild(role string) int {
	builds := leaveTrace("build")
	switch role {
	case "hang-once":
		if builds == 1 {
			time.Sleep(time.Minute)
		}
	case "hang":
		time.Sleep(time.Minute)
	case "broken":
		fmt.Fprintf(os.Stderr, "example.com/a\n# example.com/a\na.go:1:1: undefined: b\n")
		return 1
	case "slow":
		time.Sleep(300 * time.Millisecond)
	}
	fmt.Fprintf(os.Stderr, "example.com/a\nexample.com/b\n%s\n", command)
	return copySelf(argument("-o"))
}

func fakeVersion(role string) int {
	switch role {
	case "v1":
		fmt.Println(`{"gitCommit":"","gitVersion":"v1.60.0","buildDate":""}`)
	case "other":
		fmt.Println("jaeger, a tool for hunting, 3.1")
	default:
		fmt.Println(`{"gitCommit":"","gitVersion":"v2.13.0","buildDate":""}`)
	}
	return 0
}

// fakePrintConfig takes the file for its own answer.
func fakePrintConfig() int {
	content, err := os.ReadFile(flagValue("--config="))
	if err != nil || !json.Valid(content) {
		fmt.Fprintln(os.Stderr, "Error: failed to get config: yaml: line 2: it is broken")
		fmt.Fprintln(os.Stderr, "2026/11/22 19:47:30 failed to get config: yaml: line 2: it is broken")
		return 1
	}
	os.Stdout.Write(content)
	return 0
}

func fakeRun(role string) int {
	tries := leaveTrace("run")
	address := overlaid("receivers", "otlp", "protocols", "grpc", "endpoint")
	switch {
	case role == "unlucky" && tries < 3, role == "shared":
		fmt.Fprintf(os.Stderr, "Error: cannot start pipelines: failed to start \"otlp\" receiver: listen tcp %s: bind: address already in use\n", address)
		return 1
	case role == "never-ready":
		time.Sleep(time.Minute)
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	if l, err := net.Listen("tcp", address); err == nil {
		defer l.Close()
	}
	fmt.Fprintf(os.Stderr, "info\t%s Begin running and processing data.\n", ready)
	if role == "dies" {
		fmt.Fprintln(os.Stderr, "Error: the disk is full")
		return 1
	}
	if role == "panics" {
		fmt.Fprint(os.Stderr, "panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\nmain.main()\n")
		return 2
	}
	<-interrupted
	if role == "deaf" {
		time.Sleep(time.Minute)
	}
	return 0
}

// overlaid gives what the second --config lays over the file.
func overlaid(path ...string) string {
	var c Config
	_ = json.Unmarshal([]byte(flagValue("--config=yaml:")), &c.tree)
	return c.text(path...)
}

func flagValue(prefix string) string {
	for _, arg := range os.Args[1:] {
		if value, ok := strings.CutPrefix(arg, prefix); ok {
			return value
		}
	}
	return ""
}

func argument(name string) string {
	for i, arg := range os.Args {
		if arg == name {
			return os.Args[i+1]
		}
	}
	return ""
}

// leaveTrace notes the run, and gives how many there were.
func leaveTrace(name string) int {
	folder := os.Getenv("FAKE_TRACES")
	file, err := os.CreateTemp(folder, name+"-*")
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(file, "%d\n%s\n", os.Getpid(), strings.Join(os.Environ(), "\n"))
	file.Close()
	runs, _ := filepath.Glob(filepath.Join(folder, name+"-*"))
	return len(runs)
}

func copySelf(to string) int {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	from, err := os.Open(self)
	if err != nil {
		panic(err)
	}
	defer from.Close()
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	if _, err := io.Copy(file, from); err != nil {
		panic(err)
	}
	return 0
}

// fake makes the test binary play that role, gives its path, and keeps what
// it builds and notes in folders of the test.
func fake(t *testing.T, role string) (self, traces string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	traces, cache := t.TempDir(), t.TempDir()
	t.Setenv("FAKE", role)
	t.Setenv("FAKE_TRACES", traces)
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, cache)
	}
	t.Setenv("JAEGER_BIN", "")
	t.Setenv("PATH", os.Getenv("PATH"))
	return self, traces
}

// module makes a module to build from.
func module(t *testing.T) Module {
	t.Helper()
	m := Module{Dir: t.TempDir()}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := os.WriteFile(filepath.Join(m.Dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return m
}
