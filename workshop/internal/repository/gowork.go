package repository

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

var goDirective = regexp.MustCompile(`(?m)^go (\S+)`)

// NeededGo gives the version that go.work asks for, as go1.26.0.
func (r *Repository) NeededGo() string {
	text, err := os.ReadFile(r.Path("go.work"))
	match := goDirective.FindSubmatch(text)
	if err != nil || match == nil {
		return "go1"
	}
	return "go" + string(match[1])
}

// Packages gives the patterns of all packages of the workshop, as the go
// command takes them in its root: a learner's own, one for each step, and those
// that are given.
func (r *Repository) Packages() (steps, given []string, err error) {
	names, err := r.Steps()
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		steps = append(steps, "./"+name)
	}
	for _, folder := range []string{"solutions", "workshop"} {
		if r.Has(folder, "go.mod") {
			given = append(given, "./"+folder+"/...")
		}
	}
	return steps, given, nil
}

var (
	brokenWork = regexp.MustCompile(`\bgo\.work:\d+: `)
	notInWork  = regexp.MustCompile(`^cannot load module (.+) listed in go\.work`)
)

// Advice says what to do about a problem that the go command had in a folder,
// and nothing where that is not known.
func (r *Repository) Advice(folder, problem string) string {
	if brokenWork.MatchString(problem) {
		return "go.work as it was shipped comes back with: git restore " + r.Show("go.work")
	}
	match := notInWork.FindStringSubmatch(problem)
	if match == nil {
		return ""
	}
	module := match[1]
	if !filepath.IsAbs(module) {
		module = filepath.Join(folder, module)
	}
	if inside, err := filepath.Rel(r.Root, module); err == nil {
		module = inside
	}
	back := r.Show(module)
	if r.Has(module) { // it may hold edits
		back = r.Show(module, "go.mod")
	}
	return fmt.Sprintf("bring it back (what was shipped, with: git restore %s), or take its line out of go.work", back)
}
