package prove

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestStepElsewhere is somebody who copies all files of a solution into the step.
func TestStepElsewhere(t *testing.T) {
	if os.Getenv("PROVE_ELSEWHERE") != "" {
		t.Chdir(t.TempDir())
		Step(t, "step01-spans")
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestStepElsewhere$")
	cmd.Env = append(os.Environ(), "PROVE_ELSEWHERE=1")
	out, err := cmd.CombinedOutput()
	if want := "belongs into solutions/step01-spans: remove it from here"; err == nil || !strings.Contains(string(out), want) {
		t.Errorf("%v: it does not say %q:\n%s", err, want, out)
	}
}
