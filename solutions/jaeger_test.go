package solutions

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracing-workshop/solutions/prove"
)

// TestNothingIsLostUnderLoad sends 20,000 spans of the solution of step 5 at
// full speed into a real Jaeger.
func TestNothingIsLostUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("20,000 spans take their time")
	}
	prove.NeedJaeger(t)
	runInStep(t, "step05-jaeger", filepath.Join("testdata", "load", "load_test.go"))
}

// TestSeeds holds what the check of step 5 finds in the traces of a seed to
// what is wrong with it.
func TestSeeds(t *testing.T) {
	t.Parallel()
	prove.NeedJaeger(t)
	runInStep(t, "step05-jaeger", filepath.Join("testdata", "seeds", "seeds_test.go"))
}

// runInStep runs the tests of a file as if it stood in a step, with the
// solution in the place of the learner's files.
func runInStep(t *testing.T, step, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := prove.Solution(t, step)
	p[filepath.Base(file)] = string(text)
	o := prove.GoTest(t, step, p, nil, "-skip", "^TestStep$", "-timeout", "5m")
	if !o.Passed {
		t.Error(o.Output)
	}
	t.Log(o.Verdict)
}

// TestWithoutJaeger runs step 5 on a machine that has no Jaeger: it fails at
// once, says what to type, and builds none.
func TestWithoutJaeger(t *testing.T) {
	const step = "step05-jaeger"
	empty := t.TempDir()
	env := withoutJaeger(t, empty)
	o := prove.Verdict(t, step, prove.Solution(t, step), env...)
	if o.Passed || o.Cause != "jaeger-missing" {
		t.Errorf("the cause is called %q:\n%s", o.Cause, o.Output)
	}
	checkNoBuild(t, empty)
}

// TestBenchmarksBuildNoJaeger runs the package whose benchmarks a lesson shows
// as that does, on a machine that has no Jaeger.
func TestBenchmarksBuildNoJaeger(t *testing.T) {
	empty := t.TempDir()
	cmd := exec.Command("go", "test", ".", "-run", "^$", "-bench", "^$")
	cmd.Env = append(os.Environ(), withoutJaeger(t, empty)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	checkNoBuild(t, empty)
}

// withoutJaeger gives the environment of a machine that has none: its caches
// and its home are in an empty folder.
func withoutJaeger(t *testing.T, empty string) []string {
	return []string{
		"JAEGER_BIN=", "XDG_CACHE_HOME=" + empty, "HOME=" + empty, "LocalAppData=" + empty,
		"GOCACHE=" + goEnv(t, "GOCACHE"), "GOMODCACHE=" + goEnv(t, "GOMODCACHE"),
	}
}

// checkNoBuild looks for what a build of Jaeger begins with.
func checkNoBuild(t *testing.T, cache string) {
	t.Helper()
	err := filepath.WalkDir(cache, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(entry.Name(), "jaeger-") {
			t.Errorf("a build of Jaeger was begun: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
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
