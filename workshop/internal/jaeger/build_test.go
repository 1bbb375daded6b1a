package jaeger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestBuildReportsEachStage(t *testing.T) {
	self, traces := fake(t, "quick")
	m := module(t)
	if _, err := Find(m); !errors.Is(err, ErrMissing) {
		t.Fatalf("Find before the build gives %v, want ErrMissing", err)
	}
	var got []Progress
	built, err := Build(t.Context(), m, BuildOptions{Go: self, Report: func(p Progress) { got = append(got, p) }})
	if err != nil {
		t.Fatal(err)
	}
	want := []Progress{
		{Stage: Downloading}, {Stage: Downloading, Done: 1}, {Stage: Downloading, Done: 2},
		{Stage: Compiling, Total: 3}, {Stage: Compiling, Done: 1, Total: 3},
		{Stage: Compiling, Done: 2, Total: 3}, {Stage: Compiling, Done: 3, Total: 3},
		{Stage: Linking, Done: 3, Total: 3},
	}
	if !slices.Equal(got, want) {
		t.Errorf("progress is\n%v, want\n%v", got, want)
	}
	found, err := Find(m)
	if err != nil || found != built || found.Origin != FromCache || found.Version != "2.13.0" {
		t.Errorf("Find gives %+v, %v, want the built %+v", found, err, built)
	}
	again, err := Build(t.Context(), m, BuildOptions{Go: "does-not-exist"})
	if err != nil || again != built {
		t.Errorf("the second Build gives %+v, %v, want the first one's", again, err)
	}
	checkEnvironment(t, traces)
}

func checkEnvironment(t *testing.T, traces string) {
	t.Helper()
	runs, _ := filepath.Glob(filepath.Join(traces, "build-*"))
	if len(runs) != 1 {
		t.Fatalf("%d builds, want 1", len(runs))
	}
	environment, err := os.ReadFile(runs[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"GOWORK=off", "GOFLAGS=-mod=readonly", "CGO_ENABLED=0"} {
		if !slices.Contains(strings.Split(string(environment), "\n"), want) {
			t.Errorf("the build runs without %s", want)
		}
	}
}

func TestBuildsAtOnceBuildOnce(t *testing.T) {
	self, traces := fake(t, "slow")
	m := module(t)
	var waited sync.Map
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			_, err := Build(t.Context(), m, BuildOptions{Go: self, Report: func(p Progress) {
				if p.Stage == Waiting || p.Process != 0 {
					waited.Store(i, true)
				}
			}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if runs, _ := filepath.Glob(filepath.Join(traces, "build-*")); len(runs) != 1 {
		t.Errorf("%d builds, want 1", len(runs))
	}
	n := 0
	waited.Range(func(any, any) bool { n++; return true })
	if n != 3 {
		t.Errorf("%d say that they wait, want 3", n)
	}
}

func TestBuildStopsWithItsContext(t *testing.T) {
	self, traces := fake(t, "hang")
	m := module(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for len(glob(traces, "build-*")) == 0 && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	started := time.Now()
	_, err := Build(ctx, m, BuildOptions{Go: self})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the next one goes on from there") {
		t.Errorf("a stopped build gives %v", err)
	}
	if took := time.Since(started); took > 20*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	target, _ := m.Target()
	if left := glob(filepath.Dir(target), "*.work"); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
	if _, err := Find(m); !errors.Is(err, ErrMissing) {
		t.Errorf("Find gives %v, want ErrMissing", err)
	}
}

func TestBuildSaysWhatTheGoCommandSays(t *testing.T) {
	for role, want := range map[string]string{
		"offline": "the source of Jaeger could not be fetched: go: example.com/b@v1.0.0: dial tcp: lookup proxy.golang.org: no such host",
		"broken":  "the build of Jaeger failed: # example.com/a; a.go:1:1: undefined: b",
	} {
		t.Run(role, func(t *testing.T) {
			self, _ := fake(t, role)
			if _, err := Build(t.Context(), module(t), BuildOptions{Go: self}); err == nil || err.Error() != want {
				t.Errorf("the error is\n%v, want\n%v", err, want)
			}
		})
	}
}

func TestBuildAlone(t *testing.T) {
	self, traces := fake(t, "hang")
	m := module(t)
	if _, building := Building(m); building {
		t.Error("a build runs, and none was started")
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := Build(ctx, m, BuildOptions{Go: self})
		ended <- err
	}()
	for len(glob(traces, "build-*")) == 0 && len(ended) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	want := Progress{Stage: Compiling, Total: 3, Process: os.Getpid(), Yields: true}
	if now, building := Building(m); !building || now != want {
		t.Errorf("a build runs: %v, %+v; want %+v", building, now, want)
	}
	if _, err := Build(t.Context(), m, BuildOptions{Go: self, Alone: true}); !errors.Is(err, ErrBuilding) {
		t.Errorf("another build gives %v, want ErrBuilding", err)
	}
	cancel()
	<-ended
	if now, building := Building(m); building {
		t.Errorf("a build runs, and it was stopped: %+v", now)
	}
	target, _ := m.Target()
	if left := glob(filepath.Dir(target), "*.progress*"); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
}

// TestBuildIsWaitedFor has one build wait for another one: it reports how far
// that is, and when it gives up, the other one goes on.
func TestBuildIsWaitedFor(t *testing.T) {
	self, traces := fake(t, "hang")
	m := module(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := Build(ctx, m, BuildOptions{Go: self})
		ended <- err
	}()
	defer func() { cancel(); <-ended }()
	for len(glob(traces, "build-*")) == 0 && len(ended) == 0 {
		time.Sleep(5 * time.Millisecond)
	}

	target, _ := m.Target()
	waits, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	var got []Progress
	_, err := Build(waits, m, BuildOptions{Go: self, Report: func(p Progress) {
		if got = append(got, p); len(got) == 1 {
			writeStanding(target, Progress{Stage: Compiling, Done: 2, Total: 3})
		} else {
			giveUp()
		}
	}})
	want := []Progress{
		{Stage: Compiling, Total: 3, Process: os.Getpid(), Yields: true},
		{Stage: Compiling, Done: 2, Total: 3, Process: os.Getpid()},
	}
	if !slices.Equal(got, want) {
		t.Errorf("progress is\n%v, want\n%v", got, want)
	}
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "was stopped") {
		t.Errorf("who waits no more gets %v", err)
	}
	if _, building := Building(m); !building || len(ended) > 0 {
		t.Error("the other build has ended")
	}
}

// TestBuildYields has somebody wait who is in a hurry: the build of the lowest
// priority makes way.
func TestBuildYields(t *testing.T) {
	self, traces := fake(t, "hang-once")
	m := module(t)
	idle := make(chan error, 1)
	go func() {
		_, err := Build(t.Context(), m, BuildOptions{Go: self})
		idle <- err
	}()
	for len(glob(traces, "build-*")) == 0 && len(idle) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	if now, building := Building(m); !building || !now.Yields {
		t.Errorf("a build that yields: %v, %+v", building, now)
	}
	if _, err := Build(t.Context(), m, BuildOptions{Go: self, Urgent: true}); err != nil {
		t.Errorf("who is in a hurry gets %v", err)
	}
	if err := <-idle; !errors.Is(err, ErrYielded) {
		t.Errorf("the other build ends with %v, want %v", err, ErrYielded)
	}
	target, _ := m.Target()
	if left := glob(filepath.Dir(target), "*.hurry"); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
}

// TestHurryOfAKilledProcess does not last.
func TestHurryOfAKilledProcess(t *testing.T) {
	target := filepath.Join(t.TempDir(), "jaeger")
	if hurried(target) {
		t.Error("somebody is in a hurry, and nobody is there")
	}
	writeHurry(target)
	if !hurried(target) {
		t.Error("nobody is in a hurry")
	}
	old := time.Now().Add(-time.Minute)
	if err := os.Chtimes(hurryFile(target), old, old); err != nil {
		t.Fatal(err)
	}
	if hurried(target) {
		t.Error("somebody was in a hurry a minute ago")
	}
}

// TestWhatAKilledBuildLeavesMeansNothing reads no file that nobody stands for.
func TestWhatAKilledBuildLeavesMeansNothing(t *testing.T) {
	self, _ := fake(t, "quick")
	m := module(t)
	target, _ := m.Target()
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		t.Fatal(err)
	}
	writeStanding(target, Progress{Stage: Linking})
	if now, building := Building(m); building {
		t.Errorf("a build runs, and none was started: %+v", now)
	}
	w := &builder{module: m, target: target, options: BuildOptions{Go: self}.withDefaults()}
	unlock, err := w.lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if now, building := Building(m); !building || now != (Progress{}) {
		t.Errorf("a build that has not begun yet: %v, %+v", building, now)
	}
	unlock()
}

func glob(folder, pattern string) []string {
	files, _ := filepath.Glob(filepath.Join(folder, pattern))
	return files
}
