package backend

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// fetched is a fake system that has something to fetch.
func fetched(t *testing.T, fetch func(ctx context.Context, home string, report func(Progress)) error) *System {
	t.Helper()
	ownCache(t)
	s := fake(t, "obeys")
	s.recipe.pin, s.recipe.fetch = "fake 1.0", fetch
	return s
}

func TestFetch(t *testing.T) {
	runs := 0
	s := fetched(t, func(_ context.Context, home string, report func(Progress)) error {
		runs++
		report(Progress{"downloading", runs, 2})
		return os.WriteFile(filepath.Join(home, "jar"), []byte("12345"), 0o644)
	})
	if bytes, all := s.Fetched(); bytes != 0 || all {
		t.Errorf("before: %d bytes, all: %v", bytes, all)
	}
	if _, err := s.Start(t.Context(), Options{Folder: t.TempDir()}); err == nil || err.Error() != "Fake 1.0 is not fetched yet" {
		t.Errorf("a start before gives %v", err)
	}
	for range 2 {
		if err := s.Fetch(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	if bytes, all := s.Fetched(); bytes != 5 || !all || runs != 1 {
		t.Errorf("after: %d bytes, all: %v, in %d runs", bytes, all, runs)
	}
	start(t, s, Options{Folder: t.TempDir()})
	s.recipe.pin = "fake 1.1"
	if _, all := s.Fetched(); all {
		t.Error("what another version needs is taken for what this one needs")
	}
}

func TestFetchGoesOn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	runs := 0
	s := fetched(t, func(ctx context.Context, home string, _ func(Progress)) error {
		if runs++; runs == 1 {
			cancel()
			return errors.Join(os.WriteFile(filepath.Join(home, "half"), nil, 0o644), ctx.Err())
		}
		_, err := os.Stat(filepath.Join(home, "half"))
		return err
	})
	err := s.Fetch(ctx, nil)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "what is here is kept") {
		t.Errorf("one that is stopped gives %v", err)
	}
	if _, all := s.Fetched(); all {
		t.Error("one that was stopped has all")
	}
	if err := s.Fetch(t.Context(), nil); err != nil {
		t.Errorf("the next one does not go on: %v", err)
	}
}

func TestTwoFetchesAtOnce(t *testing.T) {
	runs, waits := 0, make(chan Progress, 1)
	begun := make(chan bool)
	s := fetched(t, func(context.Context, string, func(Progress)) error {
		runs++
		close(begun)
		select {
		case <-waits:
			return nil
		case <-time.After(time.Minute):
			return errors.New("nobody waits")
		}
	})
	first := make(chan error, 1)
	go func() { first <- s.Fetch(t.Context(), nil) }()
	<-begun
	err := s.Fetch(t.Context(), func(p Progress) {
		if p.Stage == waiting {
			waits <- p
		}
	})
	if err := errors.Join(err, <-first); err != nil || runs != 1 {
		t.Errorf("%d of them fetch: %v", runs, err)
	}
}

// fakeMaven puts the test binary on PATH as mvn.
func fakeMaven(t *testing.T, brings string) (notes string) {
	t.Helper()
	folder, notes := t.TempDir(), t.TempDir()
	mvn := filepath.Join(folder, "mvn")
	if runtime.GOOS == "windows" {
		mvn += ".exe"
	}
	if err := os.Symlink(self(t), mvn); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	t.Setenv("PATH", folder)
	t.Setenv("FAKE", "maven")
	t.Setenv("FAKE_NOTES", notes)
	t.Setenv("FAKE_BRINGS", brings)
	return notes
}

// playMaven brings the files that it is told to.
func playMaven() int {
	note(filepath.Join(os.Getenv("FAKE_NOTES"), "runs"), strings.Join(os.Args[1:], " "))
	lib := ""
	for _, arg := range os.Args {
		if folder, ok := strings.CutPrefix(arg, "-DoutputDirectory="); ok {
			lib = folder
		}
	}
	if err := os.MkdirAll(lib, 0o755); err != nil {
		panic(err)
	}
	for _, name := range strings.Fields(os.Getenv("FAKE_BRINGS")) {
		if name == "offline" {
			fmt.Println("[INFO] Scanning for projects...")
			fmt.Println("[ERROR] Failed to execute goal on project servers: Could not resolve dependencies: repo.maven.apache.org: Name or service not known -> [Help 1]")
			fmt.Println("[ERROR] ")
			return 1
		}
		name, content, other := strings.Cut(name, "=")
		if !other {
			content = name
		}
		fmt.Printf("Downloaded from central: https://example.com/x/%s (5 B at 1 kB/s)\n", name)
		if err := os.WriteFile(filepath.Join(lib, name), []byte(content), 0o644); err != nil {
			panic(err)
		}
	}
	return 0
}

func TestFetchJars(t *testing.T) {
	home := t.TempDir()
	lib := filepath.Join(home, "lib")
	wanted := sums{}
	for _, name := range []string{"a.jar", "b.jar"} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
		sum, err := sumOf(file)
		if err != nil {
			t.Fatal(err)
		}
		wanted[name] = sum
	}
	var told []Progress
	fetch := func() error {
		told = nil
		return fetchJars(t.Context(), home, "fake", wanted, func(p Progress) { told = append(told, p) })
	}

	notes := fakeMaven(t, "offline")
	err := fetch()
	if want := "maven says: Could not resolve dependencies: repo.maven.apache.org: Name or service not known"; err == nil || err.Error() != want {
		t.Errorf("without a network the error is\n%v, want\n%s", err, want)
	}

	t.Setenv("FAKE_BRINGS", "a.jar b.jar=other")
	err = fetch()
	want := "b.jar was removed: its SHA-256 sum is d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa and should be " + wanted["b.jar"]
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("of a wrong jar the error is\n%v, want\n%s", err, want)
	}
	if absent := wanted.absent(lib); !slices.Equal(absent, []string{"b.jar"}) {
		t.Errorf("what is absent then: %v", absent)
	}

	t.Setenv("FAKE_BRINGS", "a.jar b.jar c.jar")
	if err := fetch(); err == nil || err.Error() != "c.jar was removed: it is none of the files that belong here" {
		t.Errorf("of a jar that nobody knows the error is %v", err)
	}

	runs := len(noted(notes, "runs"))
	if err := fetch(); err != nil || len(noted(notes, "runs")) != runs {
		t.Errorf("all is there, and Maven is asked again (%v)", err)
	}

	if err := os.WriteFile(filepath.Join(lib, "a.jar"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FAKE_BRINGS", "a.jar")
	if err := fetch(); err != nil {
		t.Errorf("a jar that was copied by half is not brought again: %v", err)
	}
	progress := []Progress{{"downloading", 0, 2}, {"downloading", 1, 2}, {"checking", 0, 2}}
	if !slices.Equal(told, progress) {
		t.Errorf("progress is %v, want %v", told, progress)
	}

	if err := os.Remove(filepath.Join(lib, "b.jar")); err != nil {
		t.Fatal(err)
	}
	if err := fetch(); err == nil || err.Error() != "maven has not brought b.jar" {
		t.Errorf("of a jar that does not come the error is %v", err)
	}
}
