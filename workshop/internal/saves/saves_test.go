package saves

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// clock is a time that goes on when a test says so.
type clock struct {
	asked chan chan time.Time // what after gave, in order
	hour  time.Time
}

func (c *clock) after(time.Duration) <-chan time.Time {
	over := make(chan time.Time, 1)
	c.asked <- over
	return over
}

func (c *clock) now() time.Time {
	c.hour = c.hour.Add(time.Second)
	return c.hour
}

// gathering starts a gatherer that gets its events and its time from the test.
func gathering(t *testing.T) (events chan<- fsnotify.Event, c *clock, saved <-chan time.Time) {
	t.Helper()
	all := make(chan fsnotify.Event)
	c = &clock{asked: make(chan chan time.Time, 10)}
	g := gatherer{folder: "/step", again: func(string) error { return nil }, after: c.after, now: c.now, saves: make(chan time.Time, 1)}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		g.gather(ctx, all, nil)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return all, c, g.saves
}

// TestSeveralSavesAreOne has an editor save three files in a row.
func TestSeveralSavesAreOne(t *testing.T) {
	events, c, saved := gathering(t)
	var last chan time.Time
	for _, name := range []string{"/step/a.go", "/step/b.go", "/step/a.go"} {
		events <- fsnotify.Event{Name: name, Op: fsnotify.Write}
		last = <-c.asked
	}
	if len(saved) > 0 {
		t.Error("it does not wait for the last one")
	}
	last <- time.Time{}
	if began := <-saved; !began.Equal(time.Time{}.Add(time.Second)) {
		t.Errorf("the save began at %v, want the time of the first event", began)
	}
	events <- fsnotify.Event{Name: "/step/a.go", Op: fsnotify.Write}
	<-c.asked <- time.Time{}
	if began := <-saved; !began.Equal(time.Time{}.Add(2 * time.Second)) {
		t.Errorf("the next save began at %v", began)
	}
}

// TestSaveThatNobodyTakes does not hold up the next ones.
func TestSaveThatNobodyTakes(t *testing.T) {
	events, c, saved := gathering(t)
	for range 3 {
		events <- fsnotify.Event{Name: "/step/a.go", Op: fsnotify.Write}
		<-c.asked <- time.Time{}
	}
	events <- fsnotify.Event{Name: "/step/a.go", Op: fsnotify.Write} // the third one is over
	if len(saved) != 1 {
		t.Errorf("%d saves wait to be taken, want 1", len(saved))
	}
}

func TestIsSave(t *testing.T) {
	again := ""
	g := gatherer{folder: "/step", again: func(folder string) error { again = folder; return nil }}
	for _, c := range []struct {
		event fsnotify.Event
		want  bool
	}{
		{fsnotify.Event{Name: "/step/a.go", Op: fsnotify.Write}, true},
		{fsnotify.Event{Name: "/step/a.go", Op: fsnotify.Create}, true}, // renamed to it
		{fsnotify.Event{Name: "/step/a.go", Op: fsnotify.Remove}, true},
		{fsnotify.Event{Name: "/step/a.go", Op: fsnotify.Create | fsnotify.Chmod}, true},
		{fsnotify.Event{Name: "/step/services.env", Op: fsnotify.Write}, true},
		{fsnotify.Event{Name: "/step/a.go", Op: fsnotify.Chmod}, false},
		{fsnotify.Event{Name: "/step/.a.go.swp", Op: fsnotify.Create}, false},
		{fsnotify.Event{Name: "/step/.#a.go", Op: fsnotify.Create}, false},
		{fsnotify.Event{Name: "/step/#a.go#", Op: fsnotify.Create}, false},
		{fsnotify.Event{Name: "/step/a.go~", Op: fsnotify.Create}, false},
		{fsnotify.Event{Name: "/step/a.go___jb_tmp___", Op: fsnotify.Create}, false},
		{fsnotify.Event{Name: "/step/4913", Op: fsnotify.Create}, false},
		{fsnotify.Event{Name: "/step/README.md", Op: fsnotify.Write}, false},
		{fsnotify.Event{Name: "/go.work.sum", Op: fsnotify.Write}, false},
		{fsnotify.Event{Name: "/step", Op: fsnotify.Remove}, false},
		{fsnotify.Event{Name: "/step", Op: fsnotify.Create}, true},
	} {
		if got := g.isSave(c.event); got != c.want {
			t.Errorf("%v is a save: %v, want %v", c.event, got, c.want)
		}
	}
	if again != "/step" {
		t.Error("a folder that was made anew is not watched")
	}
}

// TestWatch saves real files in the ways of editors, and replaces the folder.
func TestWatch(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "step")
	file := filepath.Join(folder, "a.go")
	mustDo(t, os.Mkdir(folder, 0o700))
	mustDo(t, os.WriteFile(file, nil, 0o600))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	saved, err := Watch(ctx, folder)
	mustDo(t, err)
	for name, save := range map[string]func() error{
		"in place": func() error { return os.WriteFile(file, []byte("a"), 0o600) },
		"renamed": func() error {
			if err := os.WriteFile(file+"~", []byte("b"), 0o600); err != nil {
				return err
			}
			return os.Rename(file+"~", file)
		},
		"the old one kept": func() error {
			if err := os.Rename(file, file+"~"); err != nil {
				return err
			}
			return os.WriteFile(file, []byte("c"), 0o600)
		},
		"the folder made anew": func() error {
			if err := os.RemoveAll(folder); err != nil {
				return err
			}
			if err := os.Mkdir(folder, 0o700); err != nil {
				return err
			}
			return os.WriteFile(file, []byte("d"), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			mustDo(t, save())
			awaitSave(t, saved, began)
		})
	}
}

// awaitSave takes the saves that come, until one of this test.
func awaitSave(t *testing.T, saved <-chan time.Time, after time.Time) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case at := <-saved:
			if !at.Before(after) {
				return
			}
		case <-late:
			t.Fatal("no save is told of")
		}
	}
}

func TestWatchWhatIsNotThere(t *testing.T) {
	if _, err := Watch(t.Context(), filepath.Join(t.TempDir(), "gone")); err == nil {
		t.Error("there is no error")
	}
}

func mustDo(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
