package backend

import "errors"

func python() *System {
	return &System{
		Name:  "python",
		Title: "Python, Flask 3.1",
		About: "not built yet",
		recipe: recipe{
			listens: func(Options) ([]listener, error) { return nil, errors.New("not built yet") },
			prepare: func(*run) ([]program, error) { return nil, errors.New("not built yet") },
		},
	}
}
