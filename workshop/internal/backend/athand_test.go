package backend

import "testing"

// atHand gives a system that can be started, or skips the test and says what
// is missing.
func atHand(t *testing.T, name string) *System {
	t.Helper()
	s, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AtHand(); err != nil {
		t.Skip(err)
	}
	return s
}

// started starts a system on free ports, in a folder of its own.
func started(t *testing.T, s *System, o Options) *Process {
	t.Helper()
	o.Free = true
	if o.Folder == "" {
		o.Folder = t.TempDir()
	}
	p, err := s.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}
