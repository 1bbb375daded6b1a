// Package saves tells when an editor saves a file of a folder.
package saves

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// quiet is how long nothing may happen in the folder until a save is over.
// Editors write, rename and lock files in a row, and several files at once.
const quiet = 60 * time.Millisecond

// Watch tells of each save in a folder when it began, until ctx ends. What is
// saved before the last one was taken belongs to that.
func Watch(ctx context.Context, folder string) (<-chan time.Time, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("cannot watch files here: %w", err)
	}
	folder, err = filepath.Abs(folder)
	// The folder above tells when this one is replaced, as git does.
	for _, watched := range []string{folder, filepath.Dir(folder)} {
		if err == nil {
			err = watcher.Add(watched)
		}
	}
	if err != nil {
		_ = watcher.Close()
		return nil, fmt.Errorf("cannot watch %s: %w", folder, err)
	}
	g := gatherer{folder: folder, again: watcher.Add, after: time.After, now: time.Now, saves: make(chan time.Time, 1)}
	go func() {
		defer watcher.Close()
		g.gather(ctx, watcher.Events, watcher.Errors)
	}()
	return g.saves, nil
}

// gatherer makes one save of the events that belong to it.
type gatherer struct {
	folder string
	again  func(folder string) error // watches one that was made anew
	after  func(time.Duration) <-chan time.Time
	now    func() time.Time
	saves  chan time.Time
}

func (g *gatherer) gather(ctx context.Context, events <-chan fsnotify.Event, errors <-chan error) {
	var over <-chan time.Time
	var began time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-events:
			if !g.isSave(event) {
				continue
			}
			if over == nil {
				began = g.now()
			}
			over = g.after(quiet)
		case <-errors: // some events are lost, and which is not known
			over, began = g.after(quiet), g.now()
		case <-over:
			over = nil
			select {
			case g.saves <- began:
			default: // the one that waits to be taken is of the same files
			}
		}
	}
}

// endings are those of the files that a step is made of.
var endings = []string{".go", ".yaml", ".yml", ".env", ".mod", ".sum"}

// isSave tells whether an event can be about a file of the program.
func (g *gatherer) isSave(event fsnotify.Event) bool {
	if event.Name == g.folder {
		return event.Has(fsnotify.Create) && g.again(g.folder) == nil
	}
	return filepath.Dir(event.Name) == g.folder && event.Op != fsnotify.Chmod && IsSource(filepath.Base(event.Name))
}

// IsSource tells a file of a program by its name from what editors keep beside it:
// .a.go.swp, a.go~, 4913, #a.go#.
func IsSource(name string) bool {
	return !strings.HasPrefix(name, ".") && slices.Contains(endings, filepath.Ext(name))
}
