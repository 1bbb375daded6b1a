package machine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"example.com/tracing-workshop/workshop/internal/backend"
	"example.com/tracing-workshop/workshop/internal/repository"
)

// system is what can stand beside Jaeger.
type system struct {
	name  string
	lacks func() error // what this machine lacks to run it, or nil
}

// besideJaeger are all of them.
func besideJaeger() []system {
	var all []system
	for _, s := range backend.All() {
		all = append(all, system{s.Name, s.Lacks})
	}
	return all
}

// examineBackends looks whether what may follow the steps can run here.
func (d *Doctor) examineBackends(context.Context) {
	var reasons []string
	lacking := map[string][]string{} // the systems that lack the same
	for _, s := range d.systems {
		if err := s.lacks(); err != nil {
			what := lack(err)
			if lacking[what] == nil {
				reasons = append(reasons, what)
			}
			lacking[what] = append(lacking[what], s.name)
		}
	}
	command := d.Bold(repository.Invocation + " backend")
	if len(reasons) == 0 {
		d.ok("backend", "all of %s can run here, which is for after the steps", command)
		return
	}
	about := fmt.Sprintf("Some of %s cannot run here. No step needs them.", command)
	for _, what := range reasons {
		about += fmt.Sprintf("\n%s: %s", strings.Join(lacking[what], ", "), what)
	}
	d.note("backend", "%s", about)
}

// lack is what brings what is missing, or what that is. Systems that need
// different versions can have the same one of the former.
func lack(err error) string {
	var missing *backend.Missing
	switch {
	case !errors.As(err, &missing):
		return err.Error()
	case missing.Get == "":
		return missing.What
	}
	return "what is lacking comes with\n" + missing.Get
}
