package jaeger

import (
	"os/exec"
	"runtime"
)

// run is cmd.Run for a command that [ownGroup] has prepared.
func run(cmd *exec.Cmd) error {
	ended, err := launch(cmd)
	if err != nil {
		return err
	}
	return <-ended
}

// launch starts cmd, and tells on the channel when and how it ended. It stays
// on one thread as long as cmd runs: Linux ties a child to the thread that
// started it.
func launch(cmd *exec.Cmd) (ended <-chan error, err error) {
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
