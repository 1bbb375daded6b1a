package main

import (
	"testing"

	"example.com/tracing-workshop/workshop/internal/backend"
)

// fetchedSystem gives a system that can be started, or skips the test with one line
// that says what is missing.
func fetchedSystem(t *testing.T, name string) *backend.System {
	t.Helper()
	s, err := backend.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AtHand(); err != nil {
		t.Skip(err)
	}
	return s
}

// startSystem starts a system on free ports, in a folder of its own.
func startSystem(t *testing.T, s *backend.System, o backend.Options) *backend.Process {
	t.Helper()
	o.Free, o.Folder = true, t.TempDir()
	p, err := s.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}
