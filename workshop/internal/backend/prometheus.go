package backend

import "errors"

func prometheus() *System {
	return &System{
		Name:  "prometheus",
		Title: "Prometheus",
		About: "not built yet",
		recipe: recipe{
			listens: func(Options) ([]listener, error) { return nil, errors.New("not built yet") },
			prepare: func(*run) ([]program, error) { return nil, errors.New("not built yet") },
		},
	}
}
