package workshoptest

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// Notes is the variable that names the folder in which the fake go command
// leaves its notes.
const Notes = "TEST_FAKE_NOTES"

// fakeRole is how it builds: "works", "broken", or "hangs" until a file "go-on"
// comes up where its notes are.
const fakeRole = "TEST_FAKE_ROLE"

// Play plays the go command, and the Jaeger that it builds, if the test binary
// was started as one of them.
func Play() (played bool, code int) {
	role := os.Getenv(fakeRole)
	if role == "" || len(os.Args) < 2 {
		return false, 0
	}
	switch filepath.Base(os.Args[0]) {
	case "go":
		return true, fakeGo(role)
	case "jaeger":
		fmt.Println(`{"gitVersion":"v2.13.0"}`)
		return true, 0
	}
	return false, 0
}

func fakeGo(role string) int {
	switch os.Args[1] {
	case "env":
		if slices.Contains(os.Args, "-json") {
			fmt.Printf(`{"GOVERSION": "go1.26.0", "GOMODCACHE": %q}`, os.Getenv(Notes))
			return 0
		}
		fmt.Printf("%s\n%s\n", os.Getenv(Notes), os.Getenv(Notes))
		return 0
	case "list":
		fakeDownload()
		fmt.Fprintln(os.Stderr, "go: downloading example.com/a v1.0.0")
		fmt.Print("x\nx\n")
		return 0
	case "test":
		return 0
	}
	note, err := os.CreateTemp(os.Getenv(Notes), "build-*")
	if err != nil {
		panic(err)
	}
	note.Close()
	if role == "hangs" && !awaitFile(filepath.Join(os.Getenv(Notes), "go-on")) {
		return 1
	}
	if role == "broken" {
		fmt.Fprintln(os.Stderr, "a.go:1:1: undefined: b")
		return 1
	}
	fmt.Fprint(os.Stderr, "example.com/a\ngithub.com/jaegertracing/jaeger/cmd/jaeger\n")
	if i := slices.Index(os.Args, "-o"); i >= 0 {
		if err := copySelf(os.Args[i+1]); err != nil {
			panic(err)
		}
	}
	return 0
}

// awaitFile waits for a file, or for Ctrl-C.
func awaitFile(name string) bool {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	late := time.After(time.Minute)
	for {
		if _, err := os.Stat(name); err == nil {
			return true
		}
		select {
		case <-interrupted:
			return false
		case <-late:
			return false
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func copySelf(name string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	from, err := os.Open(self)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	defer to.Close()
	_, err = io.Copy(to, from)
	return err
}

// WithoutJaeger makes a repository, and a machine without Jaeger whose go
// command plays a role. It gives the folder of its notes.
func WithoutJaeger(t *testing.T, role string) (notes string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the test binary is started by other names, through symbolic links")
	}
	Repository(t, map[string]string{"step01-fails": StepThatFails})
	if err := os.MkdirAll("step05-jaeger/jaeger", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := os.WriteFile(filepath.Join("step05-jaeger/jaeger", name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	programs, cache, notes := t.TempDir(), t.TempDir(), t.TempDir()
	if err := os.Symlink(self, filepath.Join(programs, "go")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", programs)
	t.Setenv("JAEGER_BIN", "")
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	t.Setenv(fakeRole, role)
	t.Setenv(Notes, notes)
	return notes
}

// Builds tells how often the go command was asked to build.
func Builds(notes string) int {
	builds, _ := filepath.Glob(filepath.Join(notes, "build-*"))
	return len(builds)
}

// fakeDownload notes the environment of the go command that the test binary
// plays, and puts a module into its module cache, if it is given one.
func fakeDownload() {
	environment := "\n" + strings.Join(os.Environ(), "\n") + "\n"
	notes, err := os.OpenFile(filepath.Join(os.Getenv(Notes), "environment"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer notes.Close()
	fmt.Fprint(notes, environment)
	cache := os.Getenv("GOMODCACHE")
	if cache == "" {
		return
	}
	folder := filepath.Join(cache, "cache", "download", "example.com", "!a", "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		panic(err)
	}
	for _, name := range []string{"list", "v1.0.0.info", "v1.0.0.mod", "v1.0.0.zip", "v1.0.0.ziphash"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(name), 0o644); err != nil {
			panic(err)
		}
	}
}
