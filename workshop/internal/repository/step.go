package repository

import (
	"cmp"
	"fmt"
	"os"
	"path"
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

// Parts gives the folders in those of steps that have a lesson and a module of
// their own, as step05-jaeger/production, with slashes. Each section of such a
// lesson has its own tests.
func (r *Repository) Parts() []string {
	lessons, _ := filepath.Glob(r.Path("step[0-9][0-9]-*", "*", "README.md")) // the pattern is right
	var names []string
	for _, lesson := range lessons {
		folder := filepath.Dir(lesson)
		name := filepath.Base(filepath.Dir(folder)) + "/" + filepath.Base(folder)
		if r.Has(name, "go.mod") {
			names = append(names, name)
		}
	}
	return names
}

// IsPart tells whether a name that [Repository.Step] gives is that of a part.
func IsPart(name string) bool { return strings.Contains(name, "/") }

// Step gives the one step that is meant: by its number, the beginning of its
// name or of what follows the number there, or a path in its folder. It gives a
// part, if that is meant: by the beginning of the name of its folder, or a path.
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
	if part := r.part(typed); len(found) == 0 && part != "" {
		return part, nil
	}
	if near := cmp.Or(spelling.Nearest(typed, append(names, r.partNames()...)), spelling.Nearest("step"+prefix, names)); len(found) == 0 && near != "" {
		return "", usage.Errorf("there is no step %q: did you mean %s?", typed, near)
	}
	if len(found) == 0 {
		return "", usage.Errorf("there is no step %q: the steps are %s", typed, strings.Join(append(names, r.Parts()...), ", "))
	}
	return "", usage.Errorf("%q can be any of %s: name one", typed, strings.Join(found, ", "))
}

// partNames gives the names of the parts' own folders, as production.
func (r *Repository) partNames() []string {
	names := r.Parts()
	for i, part := range names {
		names[i] = path.Base(part)
	}
	return names
}

// IsPartName tells whether a word is the name of a part's own folder.
func (r *Repository) IsPartName(word string) bool {
	return slices.Contains(r.partNames(), strings.ToLower(word))
}

// part gives the one part whose folder's name begins with what was typed, and ""
// if there is none. What stands before a slash says of which step.
func (r *Repository) part(typed string) string {
	typed = strings.ToLower(strings.Trim(filepath.ToSlash(typed), "./"))
	folder, name := path.Split(typed)
	found := slices.DeleteFunc(r.Parts(), func(part string) bool {
		return name == "" || !strings.HasPrefix(path.Base(part), name)
	})
	if len(found) != 1 {
		return ""
	}
	if folder != "" {
		if step, err := r.Step(folder); err != nil || step != path.Dir(found[0]) {
			return ""
		}
	}
	return found[0]
}

// StepAt gives the step whose folder a path is, or is in, and "" if there is
// no such path. In the folder of a part, it gives that.
func (r *Repository) StepAt(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.here, path)
	}
	inside, err := filepath.Rel(r.Root, path)
	if err != nil || !exists(path) {
		return ""
	}
	inside = filepath.ToSlash(inside)
	for _, part := range r.Parts() {
		if inside == part || strings.HasPrefix(inside, part+"/") {
			return part
		}
	}
	folder, _, _ := strings.Cut(inside, "/")
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
