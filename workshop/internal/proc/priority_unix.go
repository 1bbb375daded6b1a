//go:build unix

package proc

import "os/exec"

// LowPriority makes cmd and its children wait for everything else on this
// machine. Where there is no nice command they run like any other.
func LowPriority(cmd *exec.Cmd) {
	nice, err := exec.LookPath("nice")
	if err != nil || cmd.Err != nil {
		return
	}
	cmd.Args = append([]string{"nice", "-n", "19", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = nice
}
