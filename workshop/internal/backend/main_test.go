package backend

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/port"
)

// TestMain lets the test binary play a system, Java and Maven.
func TestMain(m *testing.M) {
	if role := os.Getenv("FAKE"); role != "" {
		os.Exit(play(role))
	}
	os.Exit(m.Run())
}

func play(role string) int {
	switch role {
	case "maven":
		return playMaven()
	case "java 8", "java 17":
		return playJava(role)
	}
	return playSystem(role)
}

// playSystem notes its start in the folder that it runs in, and listens at the
// address that it is given.
func playSystem(role string) int {
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, os.Interrupt, syscall.SIGTERM)
	note("starts", role)
	switch role {
	case "dies":
		fmt.Print("INFO one is starting\nERROR main: it cannot be\n" +
			"java.lang.IllegalStateException: no disk\n\tat a.B.c(B.java:1)\n\t... 3 more\n" +
			"Caused by: java.io.IOException: the disk is full\n\tat a.B.d(B.java:2)\n")
		return 3
	case "never ready":
		<-stopped
		return 0
	case "parent": // of one that listens
		child := exec.Command(os.Args[0], os.Args[1:]...)
		child.Env = append(os.Environ(), "FAKE=deaf")
		if err := child.Start(); err != nil {
			panic(err)
		}
		_ = child.Wait()
		return 0
	}
	l, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		panic(err)
	}
	fmt.Println("listening, as", role)
	if role == "dies later" {
		for {
			conn, err := l.Accept()
			if err != nil {
				panic(err)
			}
			word := make([]byte, 3)
			if _, err := conn.Read(word); err == nil && string(word) == "die" {
				fmt.Println("level=error the storage is gone")
				return 1
			}
		}
	}
	<-stopped
	if role == "deaf" {
		time.Sleep(time.Minute)
	}
	note("stops", role)
	return map[string]int{"java": 143, "stops badly": 1}[role]
}

func note(name, text string) {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(file, text)
	file.Close()
}

// noted gives the lines of a note.
func noted(folder, name string) []string {
	text, _ := os.ReadFile(filepath.Join(folder, name))
	return strings.Fields(strings.ReplaceAll(string(text), " ", "-"))
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// fake is a system of programs that the test binary plays, each at an address
// of its own.
func fake(t *testing.T, roles ...string) *System {
	t.Helper()
	path := self(t)
	return &System{Name: "fake", Title: "Fake 1.0", Docker: "docker run fake", recipe: recipe{
		listens: func(Options) ([]listener, error) {
			listeners := make([]listener, len(roles))
			for i, role := range roles {
				listeners[i] = listener{what: role}
			}
			return listeners, nil
		},
		prepare: func(r *run) ([]program, error) {
			var programs []program
			for i, role := range roles {
				programs = append(programs, program{
					path: path, args: []string{r.at[i]}, env: []string{"FAKE=" + role},
					ready: func(context.Context) error {
						if !port.Open(r.at[i]) {
							return errors.New("nobody listens")
						}
						return nil
					},
				})
			}
			return programs, nil
		},
	}}
}

// ownCache gives a test a user cache folder of its own.
func ownCache(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, folder)
	}
}
