// Package repository is the clone of the workshop that the learner works in:
// where it is, which steps it has, and how its paths are typed.
package repository

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Invocation is how a learner types the name of the workshop's command in the
// root of the repository.
const Invocation = "go run ./workshop"

// Repository is a clone.
type Repository struct {
	Root string
	here string // the current folder, which paths are shown relative to
}

// Here is the one that the current folder is in.
func Here() (*Repository, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("cannot tell the current folder: %w", err)
	}
	return Find(here)
}

// Find looks from a folder upwards, and shows paths relative to it.
func Find(from string) (*Repository, error) {
	for folder := from; ; folder = filepath.Dir(folder) {
		r := &Repository{Root: folder, here: from}
		if r.Has("go.work") && r.Has("workshop") {
			return r, nil
		}
		if filepath.Dir(folder) == folder {
			return nil, fmt.Errorf("%s is not in the tracing workshop: change to the folder that you cloned it into, then: %s", from, Invocation)
		}
	}
}

// Path is where a file of the repository is.
func (r *Repository) Path(elements ...string) string {
	return filepath.Join(append([]string{r.Root}, elements...)...)
}

// Has tells whether there is such a file or folder in the repository.
func (r *Repository) Has(elements ...string) bool { return exists(r.Path(elements...)) }

// Show gives a path in the repository as the learner types it from here.
func (r *Repository) Show(elements ...string) string {
	path := r.Path(elements...)
	if shown, err := filepath.Rel(r.here, path); err == nil {
		return shown
	}
	return path
}

// ShowPlace gives a place in a file of a step, as file:line, as Show does.
func (r *Repository) ShowPlace(step, place string) string {
	if filepath.IsAbs(place) {
		return place
	}
	return r.Show(step, place)
}

// GoArgument gives a folder of the repository as the go command takes it.
func (r *Repository) GoArgument(name string) string {
	shown := filepath.ToSlash(r.Show(name))
	if shown == "." || strings.HasPrefix(shown, "../") || filepath.IsAbs(shown) {
		return shown
	}
	return "./" + shown
}

// Command is the workshop's command as the learner types it from here.
func (r *Repository) Command() string { return "go run " + r.GoArgument("workshop") }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
