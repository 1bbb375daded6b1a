package repository

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/spelling"
	"example.com/tracing-workshop/workshop/internal/usage"
)

// Steps gives the folders of the steps that can be checked, in order.
func (r *Repository) Steps() ([]string, error) {
	tests, err := filepath.Glob(r.Path("step[0-9][0-9]-*", "step_test.go"))
	if err != nil || len(tests) == 0 {
		return nil, fmt.Errorf("there is no step in %s: clone the workshop anew", r.Root)
	}
	var names []string
	for _, test := range tests {
		names = append(names, filepath.Base(filepath.Dir(test)))
	}
	slices.Sort(names)
	return names, nil
}

// Step gives the one step that is meant: by its number, the beginning of its
// name or of what follows the number there, or a path in its folder.
func (r *Repository) Step(typed string) (string, error) {
	if at := r.StepAt(typed); at != "" {
		return at, nil
	}
	names, err := r.Steps()
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
	if near := cmp.Or(spelling.Nearest(typed, names), spelling.Nearest("step"+prefix, names)); len(found) == 0 && near != "" {
		return "", usage.Errorf("there is no step %q: did you mean %s?", typed, near)
	}
	if len(found) == 0 {
		return "", usage.Errorf("there is no step %q: the steps are %s", typed, strings.Join(names, ", "))
	}
	return "", usage.Errorf("%q can be any of %s: name one", typed, strings.Join(found, ", "))
}

// StepAt gives the step whose folder a path is, or is in, and "" if there is
// no such path.
func (r *Repository) StepAt(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.here, path)
	}
	inside, err := filepath.Rel(r.Root, path)
	if err != nil || !exists(path) {
		return ""
	}
	folder, _, _ := strings.Cut(filepath.ToSlash(inside), "/")
	if names, err := r.Steps(); err != nil || !slices.Contains(names, folder) {
		return ""
	}
	return folder
}

// Section gives the line on which a section of a step's lesson begins.
func (r *Repository) Section(step, number string) (line int, err error) {
	text, err := os.ReadFile(r.Path(step, "README.md"))
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
