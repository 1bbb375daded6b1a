package backend

import (
	"os"
	"path/filepath"
	"strings"

	"example.com/tracing-workshop/workshop/internal/repository"
)

// source is a folder of the workshop that a system is made from: a module of
// its own, or services of a learner.
type source struct {
	dir string
	err error // why it cannot be had
}

func findSource(elements ...string) source {
	r, err := repository.Here()
	return source{dir: pathIn(r, elements), err: err}
}

func pathIn(r *repository.Repository, elements []string) string {
	if r == nil {
		return ""
	}
	return r.Path(elements...)
}

func (s source) path(name string) string { return filepath.Join(s.dir, name) }

// pin gives what the files say together. Where they cannot be read it is not
// empty either: there is something to fetch.
func (s source) pin(names ...string) string {
	all := []string{strings.Join(names, " ")}
	for _, name := range names {
		text, _ := os.ReadFile(s.path(name))
		all = append(all, string(text))
	}
	return strings.Join(all, "\x00")
}

// missing says that the folder is not there, or nil.
func (s source) missing() *Missing {
	if s.err != nil {
		return &Missing{What: s.err.Error()}
	}
	if _, err := os.Stat(s.dir); err != nil {
		return &Missing{What: "the workshop lacks the folder " + s.dir + ", which a clone of it has"}
	}
	return nil
}
