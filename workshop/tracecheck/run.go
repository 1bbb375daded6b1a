package tracecheck

import (
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/verdict"
	"example.com/tracing-workshop/workshop/tracecheck/internal/cause"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
	"example.com/tracing-workshop/workshop/tracecheck/internal/recorder"
	"example.com/tracing-workshop/workshop/tracecheck/internal/report"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// Main is what a step's TestMain calls. It runs the tests, or, when a check
// has started this very binary as the learner's program, learnerMain. It does
// not return.
func Main(m *testing.M, learnerMain func()) { recorder.Main(m, learnerMain) }

// Causes gives the names of all causes that a verdict can name.
func Causes() []string { return cause.Names() }

// Check is one thing that must be true of the learner's program.
type Check struct {
	Name    string // stable, in kebab case
	Section int    // number of the lesson's section, and of the gap that it fills
	Setup   int    // number of the section that sets up the tracing, if that is another one
	Must    string // what must be true, in one sentence about the program
	Play    *Play  // what is done to the program before
	Expect  Expectation
}

// Run runs checks in the order of the lesson and writes the verdict. step
// holds the Go files and the README.md of the step. The first check that fails
// is explained, the ones after it are not looked at.
//
// If a page or a watcher of the workshop has asked for it, a record of the verdict
// is left in the user's cache folder (package internal/verdict).
//
// With go test -json the verdict is also told in attributes: tracecheck.check
// (name and pass, fail or pending, once for every check), and for the one that
// fails tracecheck.cause, tracecheck.section and tracecheck.gap.
func Run(t *testing.T, step fs.FS, checks []Check) {
	t.Helper()
	// Not t.TempDir, which stays when the test is told to stop.
	folder, err := os.MkdirTemp("", "tracecheck-")
	if err != nil {
		t.Fatal(err)
	}
	defer removeFolder(folder)
	begun := time.Now()
	v, err := examine(folder, step, checks)
	if err != nil {
		t.Fatal(err)
	}
	keep(v, begun)
	v.Attributes(t.Attr)
	if err := v.Write(t.Output()); err != nil {
		t.Fatal(err)
	}
	if v.Fault != nil {
		t.Fail()
	}
}

// keep leaves a record of the verdict, if somebody asks for one. That it cannot
// be kept changes nothing about the verdict.
func keep(v *report.Verdict, begun time.Time) {
	step, err := os.Getwd()
	if err != nil {
		return
	}
	if folder, asked := verdict.Asked(filepath.Dir(step)); asked {
		r := v.Record()
		r.Begun, r.Ended = begun, time.Now()
		_ = r.Write(folder)
	}
}

// examine lets the plays take place, with their files in folder, and reaches
// the verdict. An error means that the program could not be run at all.
func examine(folder string, step fs.FS, checks []Check) (*report.Verdict, error) {
	all := plays(checks)
	for _, play := range all {
		play.open(folder)
		defer play.close()
	}
	defer heedSignals(all, folder)()
	v := &report.Verdict{Step: facts.StepName(), Lesson: facts.LessonFolder(), Source: source.Read(step, source.Shipped(facts.StepName())...)}
	for _, c := range checks {
		v.Checks = append(v.Checks, report.Check{Name: c.Name, Section: c.Section, Setup: c.Setup, Must: c.Must})
	}
	for i, check := range checks {
		evidence, miss, err := check.look(v.Source)
		if err != nil {
			return nil, err
		}
		v.Checks[i].Evidence = evidence
		if miss == nil {
			continue
		}
		v.Failed = i
		v.Fault = &cause.Fault{Miss: miss, Evidence: evidence, Source: v.Source}
		if v.Diagnosis, err = cause.Diagnose(v.Fault); err != nil {
			return nil, err
		}
		break
	}
	return v, nil
}

// look judges what the play left behind. What a machine with much else to do may
// be to blame for has to show again with longer pauses, and is no miss if it is
// still unsure with the longest.
func (c Check) look(program *source.Program) (*Evidence, *Miss, error) {
	for {
		evidence, err := c.Play.await()
		if err != nil {
			return nil, nil, err
		}
		evidence.Learn(program)
		miss := judge(evidence, c.Expect)
		if miss == nil || !miss.Unsure {
			return evidence, miss, nil
		}
		if !c.Play.repeat() {
			return evidence, nil, nil
		}
	}
}

// heedSignals ends the plays, and this process, when it is told to stop: then
// no cleanup of the testing package runs. It does so until stop is called.
func heedSignals(all []*Play, folder string) (stop func()) {
	told, over := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(told, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-told:
			for _, play := range all {
				play.discard()
			}
			removeFolder(folder)
			os.Exit(1)
		case <-over:
		}
	}()
	return func() {
		signal.Stop(told)
		close(over)
	}
}

// removeFolder removes the folder of the plays. Where a program that has ended
// keeps its files for a moment, as on Windows, it takes another attempt.
func removeFolder(folder string) {
	for range 100 {
		if os.RemoveAll(folder) == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// judge finds what is wrong with the evidence. A program that crashed fails
// every check, whatever it did before, and so does a Jaeger that does not run.
func judge(e *Evidence, expect Expectation) *Miss {
	if e.Jaeger != nil && e.Jaeger.Err != nil {
		return Starts(e)
	}
	if c := e.Crash(); c != nil {
		return &Miss{What: evidence.Crashed, Says: c.Says}
	}
	return expect(e)
}

// plays gives the plays that the checks look at, each once.
func plays(checks []Check) []*Play {
	var all []*Play
	seen := map[*Play]bool{}
	for _, check := range checks {
		if !seen[check.Play] {
			seen[check.Play] = true
			all = append(all, check.Play)
		}
	}
	return all
}
