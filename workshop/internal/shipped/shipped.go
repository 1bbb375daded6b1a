// Package shipped knows the steps as they were shipped: what a learner has
// changed in them, and how to bring a file back. It needs no git.
package shipped

import (
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// archive holds the files of all steps and of their parts, but not what stands in
// other folders below them, and not the lessons. TestArchive writes it.
//
//go:embed steps.txtar
var archive []byte

// Steps are the files of steps and of their parts as they were shipped.
type Steps struct{ files []txtar.File }

// Parse reads an archive whose files are named step/file.
func Parse(text []byte) *Steps { return &Steps{txtar.Parse(text).Files} }

// Workshop gives the steps of the workshop.
func Workshop() *Steps { return Parse(archive) }

// Files gives the names of the files of a step, in the order of the alphabet,
// and none for a step that was not shipped.
func (s *Steps) Files(step string) []string {
	var names []string
	for _, file := range s.files {
		if folder, name := path.Split(file.Name); folder == step+"/" {
			names = append(names, name)
		}
	}
	return names
}

// Names gives the names of all files, each once.
func (s *Steps) Names() []string {
	var names []string
	for _, file := range s.files {
		if name := path.Base(file.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Owners gives the steps and parts that were shipped with a file of that name.
func (s *Steps) Owners(name string) []string {
	var steps []string
	for _, file := range s.files {
		if path.Base(file.Name) == name {
			steps = append(steps, path.Dir(file.Name))
		}
	}
	return steps
}

// Text gives a file of a step.
func (s *Steps) Text(step, name string) (text string, ok bool) {
	for _, file := range s.files {
		if file.Name == step+"/"+name {
			return string(file.Data), true
		}
	}
	return "", false
}

// Has tells whether a step was shipped with a file.
func (s *Steps) Has(step, name string) bool {
	_, ok := s.Text(step, name)
	return ok
}

// Changed gives the files of a step that the folder has otherwise, or lacks.
// Files that were added do not count.
func (s *Steps) Changed(step, folder string) ([]string, error) {
	var names []string
	for _, name := range s.Files(step) {
		want, _ := s.Text(step, name)
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err != nil || Unix(string(got)) != want {
			names = append(names, name)
		}
	}
	return names, nil
}

// Unix gives a text with the line endings that the workshop is shipped with: an
// editor that writes others has changed nothing.
func Unix(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }
