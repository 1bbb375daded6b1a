package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// repository is the clone of the workshop that the learner works in.
type repository struct {
	root string
	here string // the current folder, which paths are shown relative to
}

// repositoryHere is the one that the current folder is in.
func repositoryHere() (*repository, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("cannot tell the current folder: %w", err)
	}
	return findRepository(here)
}

// findRepository looks from a folder upwards.
func findRepository(from string) (*repository, error) {
	for folder := from; ; folder = filepath.Dir(folder) {
		if exists(filepath.Join(folder, "go.work")) && exists(filepath.Join(folder, "workshop")) {
			return &repository{root: folder, here: from}, nil
		}
		if filepath.Dir(folder) == folder {
			return nil, fmt.Errorf("%s is not in the tracing workshop: change to the folder that you cloned it into, then: %s", from, invocation)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// steps gives the folders of the steps that can be checked, in order.
func (r *repository) steps() ([]string, error) {
	tests, err := filepath.Glob(filepath.Join(r.root, "step[0-9][0-9]-*", "step_test.go"))
	if err != nil || len(tests) == 0 {
		return nil, fmt.Errorf("there is no step in %s: clone the workshop anew", r.root)
	}
	var names []string
	for _, test := range tests {
		names = append(names, filepath.Base(filepath.Dir(test)))
	}
	slices.Sort(names)
	return names, nil
}

// step gives the one step that is meant: by its number, the beginning of its
// name or of what follows the number there, or a path in its folder.
func (r *repository) step(typed string) (string, error) {
	if at := r.stepAt(typed); at != "" {
		return at, nil
	}
	names, err := r.steps()
	if err != nil {
		return "", err
	}
	prefix := strings.ToLower(strings.Trim(typed, `./\`))
	prefix = strings.TrimLeft(strings.TrimPrefix(prefix, "step"), "-_ ")
	found := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		rest := strings.TrimPrefix(name, "step")
		_, title, _ := strings.Cut(rest, "-")
		return !strings.HasPrefix(rest, prefix) && !strings.HasPrefix(rest, "0"+prefix) && !strings.HasPrefix(title, prefix)
	})
	if len(found) == 1 {
		return found[0], nil
	}
	if near := cmp.Or(nearest(typed, names), nearest("step"+prefix, names)); len(found) == 0 && near != "" {
		return "", misuse("there is no step %q: did you mean %s?", typed, near)
	}
	if len(found) == 0 {
		return "", misuse("there is no step %q: the steps are %s", typed, strings.Join(names, ", "))
	}
	return "", misuse("%q can be any of %s: name one", typed, strings.Join(found, ", "))
}

// stepAt gives the step whose folder a path is, or is in, and "" if there is
// no such path.
func (r *repository) stepAt(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.here, path)
	}
	inside, err := filepath.Rel(r.root, path)
	if err != nil || !exists(path) {
		return ""
	}
	folder, _, _ := strings.Cut(filepath.ToSlash(inside), "/")
	if names, err := r.steps(); err != nil || !slices.Contains(names, folder) {
		return ""
	}
	return folder
}

// show gives a path in the repository as the learner types it from here.
func (r *repository) show(elements ...string) string {
	path := filepath.Join(append([]string{r.root}, elements...)...)
	if shown, err := filepath.Rel(r.here, path); err == nil {
		return shown
	}
	return path
}

// showPlace gives a place in a file of a step, as file:line, as show does.
func (r *repository) showPlace(step, place string) string {
	if filepath.IsAbs(place) {
		return place
	}
	return r.show(step, place)
}

// goArgument gives a folder of the repository as the go command takes it.
func (r *repository) goArgument(name string) string {
	shown := filepath.ToSlash(r.show(name))
	if shown == "." || strings.HasPrefix(shown, "../") || filepath.IsAbs(shown) {
		return shown
	}
	return "./" + shown
}

// section gives the line on which a section of a step's lesson begins.
func (r *repository) section(step, number string) (line int, err error) {
	text, err := os.ReadFile(filepath.Join(r.root, step, "README.md"))
	if err != nil {
		return 0, err
	}
	for i, content := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(content, "## "+number+". ") {
			return i + 1, nil
		}
	}
	return 0, fmt.Errorf("the lesson of %s has no section %s", step, number)
}
