// Package neighbour runs the systems of package backend for the person at the
// keyboard: it fetches them, says where they are and what to type next, stops
// them at Ctrl-C, and forgets what they have stored.
package neighbour

import (
	"io"
	"slices"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/disk"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/repository"
)

// Host runs systems.
type Host struct {
	*console.Console
	*repository.Repository
	Free   bool      // listen on ports that are free, in place of the usual ones
	Config string    // a file for a system that [TakesConfig], or ""
	Log    io.Writer // gets what the systems log, if not nil

	// What there is to run, and where. Tests say something else.
	all  []system
	room disk.Free
}

// New gives one for the systems that there are.
func New(c *console.Console, r *repository.Repository) *Host {
	return &Host{Console: c, Repository: r, all: realSystems(), room: proc.FreeSpace}
}

// Names gives the names of the systems, in the order of the list.
func Names() []string {
	var names []string
	for _, s := range realSystems() {
		names = append(names, s.name)
	}
	return names
}

// TakesConfig tells whether the system of that name takes a configuration file.
func TakesConfig(name string) bool { return name == "collector" || name == "prometheus" }

// choose gives the systems of these names, which there are.
func (h *Host) choose(names []string) []system {
	var chosen []system
	for _, s := range h.all {
		if slices.Contains(names, s.name) {
			chosen = append(chosen, s)
		}
	}
	return chosen
}
