package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/proc"
)

// prefetch downloads and compiles what the steps and Jaeger need. What is in
// the caches of Go already is not made again, so that it goes on where it was
// stopped. An error means that somebody stopped it: what did not work is told
// in a line.
func (d *doctor) prefetch(ctx context.Context) error {
	err := d.prefetchSteps(ctx)
	if err == nil {
		err = d.prefetchJaeger(ctx)
	}
	if ctx.Err() != nil {
		d.printf("Stopped. What is here is kept: the next %s doctor -prefetch goes on from there.\n", invocation)
		return ctx.Err()
	}
	if err != nil {
		d.fail("fetch", "%v", err)
	}
	return nil
}

func (d *doctor) prefetchJaeger(ctx context.Context) error {
	module, err := jaeger.FindModule(d.root)
	if err != nil {
		return err
	}
	if _, err := jaeger.Find(module); !errors.Is(err, jaeger.ErrMissing) {
		return nil // the line about Jaeger tells about another error
	}
	_, err = obtain(ctx, d.console, module, false)
	return err
}

func (d *doctor) prefetchSteps(ctx context.Context) error {
	patterns, err := d.needed()
	if err != nil {
		return err
	}
	steps, err := d.steps()
	if err != nil {
		return err
	}
	// The tests say what the learners' programs have to be, so those may not
	// compile at this moment. All else must.
	given := patterns[len(steps):]
	show := showFetching(d.console)
	defer show.end()

	stale, err := d.download(ctx, show, patterns)
	if err != nil {
		return fmt.Errorf("not everything could be downloaded: %w", err)
	}
	if len(given) > 0 {
		if err := d.compile(ctx, show, stale, given); err != nil {
			return fmt.Errorf("not everything could be compiled: %w", err)
		}
	}
	return d.compileTests(ctx, show, patterns[:len(steps)])
}

// download fetches the source of the packages and of all that they and their
// tests import, and gives how many of them are not compiled yet.
func (d *doctor) download(ctx context.Context, show *fetchShow, patterns []string) (stale int, err error) {
	show.say("looking at what there is to download")
	modules := 0
	out, err := d.goTells(ctx, func(line string) {
		if strings.HasPrefix(line, "go: downloading ") {
			modules++
			show.count("downloading the modules: %d", modules)
		}
	}, append([]string{"list", "-e", "-deps", "-test", "-f", "{{with .Error}}{{.}}\n{{end}}{{if .Stale}}x{{end}}"}, patterns...)...)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); line == "x" {
			stale++
		} else if moduleTrouble(line) {
			return 0, errors.New(line)
		}
	}
	return stale, nil
}

// moduleTrouble tells errors about modules from those in a learner's program.
func moduleTrouble(line string) bool {
	for _, sign := range []string{"module lookup disabled", "Get \"", "dial tcp", "checksum", "reading http", "reading file", "missing go.sum entry"} {
		if strings.Contains(line, sign) {
			return true
		}
	}
	return false
}

// compile builds packages, and throws the programs away.
func (d *doctor) compile(ctx context.Context, show *fetchShow, total int, patterns []string) error {
	show.say("compiling what the steps are made of")
	done := 0
	_, err := d.goTells(ctx, func(line string) {
		if !strings.ContainsAny(line, " \t") { // the name of a package
			done++
			show.count("compiling what the steps are made of: %d of %d packages", done, max(total, done))
		}
	}, append([]string{"build", "-v"}, patterns...)...)
	return err
}

// compileTests makes the tests of the steps, which no other command leaves in
// the cache. That a learner's own program does not compile is for its lesson.
func (d *doctor) compileTests(ctx context.Context, show *fetchShow, steps []string) error {
	show.say("compiling the tests of the steps")
	_, err := d.goTells(ctx, func(string) {}, append([]string{"test", "-run", "^$"}, steps...)...)
	if ctx.Err() != nil {
		return err
	}
	return nil
}

// goTells runs the go command in the root of the workshop, gives each line of
// its stderr to told, and gives what it prints. Its last words are the error.
func (d *doctor) goTells(ctx context.Context, told func(line string), args ...string) (string, error) {
	cmd := goCommand(ctx, d.root, args...)
	cmd.Env = append(cmd.Environ(), d.goSettings...)
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	pipe, stderr := io.Pipe()
	cmd.Stderr = stderr
	last := make(chan string, 1)
	go func() { last <- lastTold(told, pipe) }()
	err := proc.Run(cmd)
	stderr.Close()
	words := <-last
	if err != nil && words != "" && ctx.Err() == nil {
		err = errors.New(strings.TrimPrefix(words, "go: "))
	}
	return stdout.String(), err
}

func lastTold(told func(line string), from io.Reader) (last string) {
	scanner := bufio.NewScanner(from)
	for scanner.Scan() {
		last = strings.TrimRight(scanner.Text(), "\r")
		told(last)
	}
	_, _ = io.Copy(io.Discard, from) // a line that is too long must not block the writer
	return last
}

// fetchShow shows how far it is: on one line that changes, or, where lines
// cannot be wiped, on a line for every stage.
type fetchShow struct {
	*console
	began time.Time
	stop  chan struct{}
	group sync.WaitGroup

	mu  sync.Mutex
	now string
}

func showFetching(c *console) *fetchShow {
	s := &fetchShow{console: c, began: time.Now(), stop: make(chan struct{}), now: "starting"}
	if c.live {
		s.group.Go(func() { c.showLine(s.stop, s.text) })
	}
	return s
}

func (s *fetchShow) end() {
	close(s.stop)
	s.group.Wait()
}

func (s *fetchShow) text(took time.Duration) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%s · %s", s.now, minutes(took))
}

// say tells the next stage.
func (s *fetchShow) say(stage string) {
	s.set(stage)
	if !s.live {
		s.printf("%s\n", stage)
	}
}

// count tells how far a stage is; where lines stay, only from time to time.
func (s *fetchShow) count(format string, done int, more ...any) {
	text := fmt.Sprintf(format, append([]any{done}, more...)...)
	s.set(text)
	if !s.live && done%100 == 0 {
		s.printf("%s\n", text)
	}
}

func (s *fetchShow) set(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = text
}
