// Package proc starts programs and ends them, with all that they start.
//
// Each program gets a process group of its own. So Ctrl-C on a terminal reaches
// this process alone, which then stops the programs itself: it is never told of
// a child that ended before it knows why.
package proc

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"runtime"
	"time"
)

// farewell is how long a program that was told to stop may take to do so.
const farewell = 3 * time.Second

// Command is [exec.CommandContext] for a program in a group of its own. When ctx
// ends, all of the group get Ctrl-C. [Run] runs it.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	OwnGroup(cmd)
	cmd.Cancel = func() error { return Interrupt(cmd.Process) }
	cmd.WaitDelay = farewell
	return cmd
}

// Run is cmd.Run for a command that [OwnGroup] has prepared. Of a command that
// fails, or is stopped, nothing is left running.
func Run(cmd *exec.Cmd) error {
	ended, err := Launch(cmd)
	if err != nil {
		return err
	}
	if err = <-ended; err != nil {
		Kill(cmd.Process)
	}
	return err
}

// Output is cmd.Output for a command that [OwnGroup] has prepared.
func Output(cmd *exec.Cmd) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := Run(cmd)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		exit.Stderr = stderr.Bytes()
	}
	return stdout.Bytes(), err
}

// Launch starts cmd, and tells on the channel when and how it ended. It stays
// on one thread as long as cmd runs: Linux ties a child to the thread that
// started it.
func Launch(cmd *exec.Cmd) (ended <-chan error, err error) {
	started, done := make(chan error, 1), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			done <- cmd.Wait()
		}
	}()
	return done, <-started
}
