// Package backend fetches, starts and stops the systems that stand beside
// Jaeger: databases, a broker, other backends, and services in another
// language. They run as processes of this machine, on 127.0.0.1, without Docker.
package backend

import (
	"fmt"
	"strings"

	"example.com/tracing-workshop/workshop/internal/spelling"
)

// System is one that the workshop can run beside Jaeger.
type System struct {
	Name   string // as typed: "cassandra"
	Title  string // "Cassandra 5.0.6"
	About  string // what it is here for, in one line
	Docker string // the docker command that starts the same, or ""

	recipe recipe
}

// All gives the systems, in the order in which a list shows them.
func All() []*System {
	java := javas() // one question for all
	return []*System{
		cassandra(java), openSearch(java), elasticsearch(java), kafka(java), zipkin(java),
		prometheus(), collector(), python(),
	}
}

// Find gives the system of that name. The error names the one that was meant,
// or all.
func Find(name string) (*System, error) {
	var names []string
	for _, s := range All() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	if near := spelling.Nearest(name, names); near != "" {
		return nil, fmt.Errorf("there is no system %q: do you mean %s?", name, near)
	}
	return nil, fmt.Errorf("there is no system %q: take one of %s", name, strings.Join(names, ", "))
}
