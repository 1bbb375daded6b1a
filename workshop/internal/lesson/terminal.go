package lesson

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// patience is how long a command may take to print what is expected, the
// compiler's time on a busy machine included.
const patience = 2 * time.Minute

// WalkVariable is set for the commands of a document. A test that walks
// through documents does nothing then, so that no walk begins in a walk.
const WalkVariable = "LESSON_WALK"

// terminal is where the commands of a document are typed. It keeps what export
// and cd do for the commands after them.
type terminal struct {
	folder  string
	env     []string
	ports   *addresses
	setup   string   // the export and cd commands so far, one a line
	running *command // or nil
}

// command is a command that was typed.
type command struct {
	line        string // as the document has it
	cmd         *exec.Cmd
	expected    expectation
	printed     *proc.Transcript
	exited      chan struct{} // closed when it has exited
	err         error         // how it exited
	interrupted bool
}

// environment is what the commands of a document inherit: the variables of
// this process without those that would change what they do.
func environment() []string {
	env := slices.DeleteFunc(proc.WithoutTelemetry(os.Environ()), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return strings.HasPrefix(name, "TRACECHECK_") || name == "GOWORK"
	})
	// Where the last walk ended is of no interest to this one.
	return append(env, "NO_COLOR=1", "WORKSHOP_NO_BUILD=1", "WORKSHOP_PROGRESS="+os.DevNull, WalkVariable+"=1")
}

// typed is a command in a console block, with the lines under it; empty ones
// are left out.
type typed struct {
	command string // "" for lines before the first command
	lines   []string
}

func readConsole(text string) []typed {
	var all []typed
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); strings.TrimSpace(line) == "" {
			continue
		}
		if command, found := strings.CutPrefix(line, "$ "); found {
			all = append(all, typed{command: strings.TrimSpace(command)})
			continue
		}
		if len(all) == 0 {
			all = append(all, typed{})
		}
		last := &all[len(all)-1]
		last.lines = append(last.lines, line)
	}
	return all
}

// do types what is in a console block. If the last command may stay, it is
// left to itself once it has printed what is expected.
func (t *terminal) do(ctx context.Context, block string, mayStay bool) error {
	all := readConsole(block)
	for i, typed := range all {
		if typed.command != "" {
			if err := t.start(ctx, typed.command); err != nil {
				return err
			}
		}
		if t.running == nil {
			if typed.command == "" || len(typed.lines) > 0 {
				return fmt.Errorf("no command runs that could print %q", strings.Join(typed.lines, "\n"))
			}
			continue // export and cd print nothing
		}
		if err := t.follow(ctx, typed.lines); err != nil {
			t.discard()
			return err
		}
		if mayStay && i == len(all)-1 && !t.running.interrupted {
			return nil
		}
		if err := t.finish(ctx); err != nil {
			return err
		}
	}
	return nil
}

// start types a command.
func (t *terminal) start(ctx context.Context, line string) error {
	if t.running != nil {
		return fmt.Errorf("$ %s: %q still runs in this terminal: show ^C first", line, t.running.line)
	}
	replaced, err := t.ports.command(line)
	if err != nil {
		return err
	}
	if word, _, _ := strings.Cut(line, " "); slices.Contains([]string{"export", "unset", "cd"}, word) {
		t.setup += replaced + " || exit\n"
		return nil
	}
	c := &command{line: line, printed: &proc.Transcript{}, exited: make(chan struct{})}
	c.cmd = exec.CommandContext(ctx, "sh", "-c", t.setup+replaced)
	c.cmd.Dir, c.cmd.Env = t.folder, t.env
	c.cmd.Stdout, c.cmd.Stderr = c.printed, c.printed
	proc.OwnGroup(c.cmd)
	c.cmd.Cancel = func() error { proc.Kill(c.cmd.Process); return nil }
	ended, err := proc.Launch(c.cmd)
	if err != nil {
		return fmt.Errorf("$ %s: %w", line, err)
	}
	go func() {
		defer close(c.exited)
		c.err = <-ended
	}()
	t.running = c
	return nil
}

// follow waits for the lines that the running command should print now, and
// interrupts it where ^C stands among them.
func (t *terminal) follow(ctx context.Context, lines []string) error {
	for i, line := range lines {
		if line == "^C" {
			t.running.expected = append(t.running.expected, lines[:i]...)
			if err := t.await(ctx); err != nil {
				return err
			}
			t.running.interrupted = true
			if err := proc.Interrupt(t.running.cmd.Process); err != nil {
				return fmt.Errorf("$ %s: interrupt: %w", t.running.line, err)
			}
			return t.follow(ctx, lines[i+1:])
		}
	}
	t.running.expected = append(t.running.expected, lines...)
	return t.await(ctx)
}

// await waits until the output begins as expected, or the command exits.
func (t *terminal) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := t.running
	for {
		more := c.printed.More()
		text := t.ports.output(c.printed.String())
		if c.expected.begins(text) {
			return nil
		}
		if c.expected.hopeless(text) {
			return fmt.Errorf("$ %s: %w", c.line, c.expected.check(text))
		}
		select {
		case <-more:
		case <-c.exited:
			text = t.ports.output(c.printed.String())
			if c.expected.begins(text) {
				return nil
			}
			return fmt.Errorf("$ %s: %w", c.line, c.expected.check(text))
		case <-ctx.Done():
			return fmt.Errorf("$ %s: waiting: %w: %w", c.line, ctx.Err(), c.expected.check(text))
		}
	}
}

// failure is how a command that fails shows it.
var failure = regexp.MustCompile(`(?m)^(--- )?FAIL|^exit status|^curl: \(|^sh: `)

// finish waits for the end of the running command, and compares all that it
// printed.
func (t *terminal) finish(ctx context.Context) error {
	c := t.running
	defer t.discard()
	select {
	case <-c.exited:
	case <-ctx.Done():
		return fmt.Errorf("$ %s: %w", c.line, ctx.Err())
	case <-time.After(patience):
		return fmt.Errorf("$ %s: it still runs after %v; this is what it printed:\n%s", c.line, patience, c.printed)
	}
	if exit := new(exec.ExitError); c.err != nil && !errors.As(c.err, &exit) {
		return fmt.Errorf("$ %s: %w", c.line, c.err)
	}
	if err := c.expected.check(t.ports.output(c.printed.String())); err != nil {
		return fmt.Errorf("$ %s: %w", c.line, err)
	}
	shown := failure.MatchString(strings.Join(c.expected, "\n"))
	switch {
	case c.interrupted:
		return nil
	case c.err != nil && !shown:
		return fmt.Errorf("$ %s: it fails (%w), and the document does not show that", c.line, c.err)
	case c.err == nil && shown:
		return fmt.Errorf("$ %s: it succeeds, and the document shows a failure", c.line)
	}
	return nil
}

// discard ends the running command if it still runs, with all that it has
// started.
func (t *terminal) discard() {
	if t.running == nil {
		return
	}
	// First politely: then each process waits for those that it has started.
	_ = proc.Interrupt(t.running.cmd.Process)
	select {
	case <-t.running.exited:
	case <-time.After(10 * time.Second):
		proc.Kill(t.running.cmd.Process)
		<-t.running.exited
	}
	t.running = nil
}
