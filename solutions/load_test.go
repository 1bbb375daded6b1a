package solutions

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/steptest"
)

// TestNothingIsLostUnderLoad runs a test of its own in step 5, with the
// solution: 20,000 spans at full speed into a real Jaeger.
func TestNothingIsLostUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("20,000 spans take their time")
	}
	const step = "step05-jaeger"
	text, err := os.ReadFile(filepath.Join("testdata", "load", "load_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	p := readProgram(t, step)
	p["load_test.go"] = string(text)
	o, err := steptest.Run(t.Context(), filepath.Join("..", step), nil, "-overlay", overlay(t, step, p), "-run", "^TestLoad$", "-timeout", "5m")
	if err != nil {
		t.Fatal(err)
	}
	if !o.Passed {
		t.Error(o.Output)
	}
	t.Log(o.Verdict)
}

// TestWithoutJaeger runs step 5 on a machine that has no Jaeger: it fails at
// once, and says what to type.
func TestWithoutJaeger(t *testing.T) {
	const step = "step05-jaeger"
	empty := t.TempDir()
	env := []string{"JAEGER_BIN=", "XDG_CACHE_HOME=" + empty, "HOME=" + empty, "LocalAppData=" + empty, "GOCACHE=" + goEnv(t, "GOCACHE"), "GOMODCACHE=" + goEnv(t, "GOMODCACHE")}
	o := verdict(t, step, readProgram(t, step), env...)
	if o.Passed || o.Cause != "jaeger-missing" {
		t.Errorf("the cause is called %q:\n%s", o.Cause, o.Output)
	}
}

// goEnv gives what the go command says about a variable of its own.
func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
