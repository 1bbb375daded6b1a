package tracecheck

import (
	"io/fs"

	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// Wire gives the programs that are started from here on the environment that a
// file of KEY=VALUE lines asks for. Where the file names an address at which
// the learner's Jaeger listens, they get the one at which the Jaeger on the
// stage listens; any other endpoint leads to nobody.
func (s *Stage) Wire(files fs.FS, name string) {
	w := &evidence.Wiring{Variables: map[string]string{}}
	text, err := fs.ReadFile(files, name)
	if err == nil {
		w.Variables, err = evidence.ReadEnvironment(name, string(text))
	}
	w.Err = err
	config := s.jaeger.Process.Config
	w.Lead(evidence.Doors{Grpc: config.Receives("grpc"), Http: config.Receives("http"), Query: config.Endpoints().Query, Tls: config.ReceivesTLS()})
	s.jaeger.Wiring = w
	for key, value := range w.Redirected(s.jaeger.Process.InPlaceOf, s.Nobody) {
		s.Setenv(key, value)
	}
}
