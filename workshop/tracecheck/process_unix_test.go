//go:build unix

package tracecheck

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// untilInterrupted makes TestCtrlC the test of a step, in the middle of a play.
const untilInterrupted = "TRACECHECK_UNTIL_INTERRUPTED"

// TestCtrlC tells a test to stop: it leaves no folder behind.
func TestCtrlC(t *testing.T) {
	if os.Getenv(untilInterrupted) != "" {
		playOn(t)
		return
	}
	folder := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestCtrlC$")
	cmd.Env = append(os.Environ(), untilInterrupted+"=1", "TMPDIR="+folder)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if strings.Contains(lines.Text(), "ready") {
			if left, _ := os.ReadDir(folder); len(left) != 1 {
				t.Errorf("%d folders while the play is on, want 1", len(left))
			}
			_ = cmd.Process.Signal(os.Interrupt)
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Error("a test that was told to stop passes")
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

// playOn has a play that does not end by itself.
func playOn(t *testing.T) {
	t.Chdir("testdata/journey")
	play := NewPlay(func(s *Stage) {
		s.Limit(time.Hour)
		p := s.Start("sleep")
		p.Await("ready")
		fmt.Println("ready")
		p.Wait()
	})
	Run(t, lesson, []Check{{Name: "sleeps", Section: 1, Play: play, Expect: All()}})
}
