package solutions

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// TestMain sees to it that there is a Jaeger for the tests of step 5. The first
// time it is built, which takes minutes; this happens before the clock of go
// test's -timeout runs.
func TestMain(m *testing.M) {
	build := exec.Command("go", "run", "../workshop", "jaeger", "-build")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "solutions: cannot build Jaeger:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
