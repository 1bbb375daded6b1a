package neighbour

import (
	"context"

	"example.com/tracing-workshop/workshop/internal/backend"
)

// system is a [backend.System] as this command needs it. Tests play others.
type system struct {
	name, title, about string

	lacks   func() error
	fetched func() (bytes int64, all bool)
	fetch   func(context.Context, func(backend.Progress)) error
	start   func(context.Context, backend.Options) (running, error)
}

// running is a system that was started.
type running struct {
	process
	addresses []backend.Address
}

type process interface {
	Stop() error
	Kill()
	Done() <-chan struct{}
	Err() error
}

// realSystems gives those of package backend.
func realSystems() []system {
	var all []system
	for _, s := range backend.All() {
		all = append(all, system{
			name: s.Name, title: s.Title, about: s.About,
			lacks: s.Lacks, fetched: s.Fetched, fetch: s.Fetch,
			start: func(ctx context.Context, o backend.Options) (running, error) {
				p, err := s.Start(ctx, o)
				if err != nil {
					return running{}, err
				}
				return running{process: p, addresses: p.Addresses}, nil
			},
		})
	}
	return all
}
