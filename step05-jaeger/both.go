package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// stopWithStdin is the environment variable that makes a service stop when its
// standard input ends. A parent can close a pipe on every operating system,
// signals are not that portable; and the pipe closes by itself when the parent
// dies, so that no service is left behind.
const stopWithStdin = "STOP_WITH_STDIN"

// killDelay is more than a service needs to drain and to send its last spans.
const killDelay = 15 * time.Second

// runBoth runs the two services as two processes, as they would run in
// production, until ctx ends or one of them stops.
func runBoth(ctx context.Context, cfg config) error {
	executable, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find the program to start it twice: %w", err)
	}
	jokeURL := os.Getenv("JOKE_URL")
	if jokeURL == "" {
		jokeURL = "http://" + cfg.jokeAddr + "/jokes/random"
	}

	ctx, stopBoth := context.WithCancel(ctx)
	defer stopBoth()
	var running sync.WaitGroup
	var userErr, jokeErr error
	running.Go(func() {
		defer stopBoth()
		userErr = runChild(ctx, executable, userServiceName, "-addr", cfg.userAddr, "-joke-url", jokeURL)
	})
	running.Go(func() {
		defer stopBoth()
		jokeErr = runChild(ctx, executable, jokeServiceName, "-addr", cfg.jokeAddr)
	})
	running.Wait()
	return errors.Join(userErr, jokeErr)
}

func runChild(ctx context.Context, executable, service string, flags ...string) error {
	cmd := exec.CommandContext(ctx, executable, append([]string{service}, flags...)...)
	cmd.Env = append(os.Environ(), stopWithStdin+"=1")
	stdout, stderr := newPrefixer(os.Stdout, service), newPrefixer(os.Stderr, service)
	defer stdout.flush()
	defer stderr.flush()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("cannot start %s: %w", service, err)
	}
	cmd.Cancel = func() error {
		stdin.Close()
		return os.ErrProcessDone // tells Wait that exit code 0 is a success
	}
	cmd.WaitDelay = killDelay
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s stopped, so both do: %w", service, err)
	}
	return nil
}

// withParent gives a context that ends when the parent process wants this one
// to stop. For a service that was started by hand, that is ctx itself.
func withParent(ctx context.Context) context.Context {
	if os.Getenv(stopWithStdin) == "" {
		return ctx
	}
	ctx, stop := context.WithCancel(ctx)
	go func() {
		defer stop()
		io.Copy(io.Discard, os.Stdin)
	}()
	return ctx
}

// prefixer writes whole lines, each with the name of the service before it.
type prefixer struct {
	out    io.Writer
	prefix string
	line   []byte // the start of a line whose end did not arrive yet
}

func newPrefixer(out io.Writer, service string) *prefixer {
	return &prefixer{out: out, prefix: service + " | "}
}

func (p *prefixer) Write(b []byte) (int, error) {
	p.line = append(p.line, b...)
	for {
		end := bytes.IndexByte(p.line, '\n')
		if end < 0 {
			return len(b), nil
		}
		// One write a line: the services share the terminal.
		if _, err := fmt.Fprintf(p.out, "%s%s", p.prefix, p.line[:end+1]); err != nil {
			return 0, err
		}
		p.line = p.line[end+1:]
	}
}

func (p *prefixer) flush() {
	if len(p.line) > 0 {
		p.Write([]byte("\n"))
	}
}
