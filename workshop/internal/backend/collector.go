package backend

import "errors"

func collector() *System {
	return &System{
		Name:  "collector",
		Title: "OpenTelemetry Collector 0.148",
		About: "not built yet",
		recipe: recipe{
			listens: func(Options) ([]listener, error) { return nil, errors.New("not built yet") },
			prepare: func(*run) ([]program, error) { return nil, errors.New("not built yet") },
		},
	}
}
