package page

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"example.com/tracing-workshop/workshop/internal/saves"
)

// watcher notices that a record was written, whoever made the check, and that a
// file of a step was saved.
type watcher struct {
	notify  *fsnotify.Watcher
	records string   // the folder of the records
	root    string   // of the workshop
	steps   []string // whose folders are watched
	verdict func(step string)
	saved   func(step string)
}

// settle is how long it waits for more changes of files: an editor makes several
// for one save.
const settle = 100 * time.Millisecond

// watch begins to watch. The folder of the records is made if it is not there,
// which is also what asks for records.
func (w *watcher) watch() error {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("changes of files cannot be noticed: %w", err)
	}
	w.notify = notify
	if err := w.add(); err != nil {
		notify.Close()
		return err
	}
	return nil
}

func (w *watcher) add() error {
	if err := os.MkdirAll(w.records, 0o755); err != nil {
		return fmt.Errorf("there is no folder to keep verdicts in: %w", err)
	}
	folders := []string{w.records, w.root}
	for _, step := range w.steps {
		folders = append(folders, filepath.Join(w.root, step))
	}
	for _, folder := range folders {
		if err := w.notify.Add(folder); err != nil {
			return fmt.Errorf("changes in %s cannot be noticed: %w", folder, err)
		}
	}
	return nil
}

// run tells of changes until ctx ends.
func (w *watcher) run(ctx context.Context) {
	defer w.notify.Close()
	var changed []string
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			for _, step := range changed {
				w.saved(step)
			}
			changed = nil
		case _, open := <-w.notify.Errors:
			if !open {
				return
			}
			// Some changes were lost, and nobody knows which.
			for _, step := range w.steps {
				w.verdict(step)
			}
			changed = slices.Clone(w.steps)
			timer.Reset(settle)
		case e, open := <-w.notify.Events:
			if !open {
				return
			}
			if step := w.see(e); step != "" {
				if !slices.Contains(changed, step) {
					changed = append(changed, step)
				}
				timer.Reset(settle)
			}
		}
	}
}

// see looks at one change, and gives the step whose file has changed, if one has.
func (w *watcher) see(e fsnotify.Event) string {
	folder, name := filepath.Dir(e.Name), filepath.Base(e.Name)
	switch {
	case e.Has(fsnotify.Remove|fsnotify.Rename) && e.Name == w.records:
		_ = w.add() // somebody has emptied the cache
	case e.Op == fsnotify.Chmod:
	case folder == w.records:
		if step, isRecord := strings.CutSuffix(name, ".json"); isRecord && slices.Contains(w.steps, step) {
			w.verdict(step)
		}
	case folder == w.root:
		if slices.Contains(w.steps, name) && e.Has(fsnotify.Create) {
			_ = w.notify.Add(e.Name) // its folder was put in place of the one before
			return name
		}
	case slices.Contains(w.steps, filepath.Base(folder)) && (saves.IsSource(name) || name == "README.md"):
		return filepath.Base(folder)
	}
	return ""
}
