package deployment

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"example.com/tracing-workshop/workshop/tracecheck"
)

// killInThePlay makes TestVerdictOnAPartThatIsGone the test of a section.
const killInThePlay = "DEPLOYMENT_KILL_IN_THE_PLAY"

// TestVerdictOnAPartThatIsGone reads the verdict on a play in whose middle
// somebody else kills the storage.
func TestVerdictOnAPartThatIsGone(t *testing.T) {
	if os.Getenv(killInThePlay) != "" {
		playAndKill(t)
		return
	}
	if _, err := Binary(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestVerdictOnAPartThatIsGone$")
	cmd.Env = append(os.Environ(), killInThePlay+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Error("the play passes")
	}
	verdict := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{
		"The storage is gone: the running Jaeger has ended by itself: signal: killed.",
		"with all in place: 300 of 300 spans can be found storage has ended by itself",
		"Nobody told the storage to end",
		"(part-ended)",
	} {
		if !strings.Contains(verdict, want) {
			t.Errorf("the verdict does not say %q", want)
		}
	}
	if strings.Contains(verdict, "TODO") {
		t.Error("the verdict sends people to a gap")
	}
	t.Logf("%s", out)
}

func playAndKill(t *testing.T) {
	files := os.DirFS(filepath.Join("..", "..", "step05-jaeger", "production"))
	play := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		d := New(s, files)
		d.Jaeger("storage.yaml")
		collector, query := d.Jaeger("collector.yaml"), d.Jaeger("query.yaml")
		d.Send(collector, Visits(100))
		d.Look(query, "with all in place")
		if err := killChild("storage.yaml"); err != nil {
			t.Error(err)
		}
		d.Send(collector, Visits(5000))
		d.Look(query, "without the storage")
	})
	tracecheck.Run(t, files, []tracecheck.Check{
		{Name: "nothing-lost", Section: 1, Must: "Every span can be found.", Play: play, Expect: tracecheck.All(TakesAll, NothingIsLost)},
	})
}

// killChild kills the child of this process that has a word in its command, as
// somebody outside of the play would.
func killChild(word string) error {
	threads, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		return err
	}
	for _, thread := range threads {
		children, _ := os.ReadFile(thread) // none, if the thread has ended since
		for _, child := range strings.Fields(string(children)) {
			command, _ := os.ReadFile(filepath.Join("/proc", child, "cmdline"))
			if !strings.Contains(string(command), word) {
				continue
			}
			pid, err := strconv.Atoi(child)
			if err != nil {
				return err
			}
			return syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	return fmt.Errorf("no child of this process has %q in its command", word)
}
