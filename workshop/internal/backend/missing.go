package backend

import (
	"fmt"
	"runtime"
)

// Missing is what this machine lacks to run a system.
type Missing struct {
	System string // its title
	What   string // a clause, as "no Java is on PATH or in JAVA_HOME, and it needs 17 or later"
	Get    string // the command that brings it, or ""
	Docker string // the command that does the same without it, or ""
}

// Error says it in one line.
func (m *Missing) Error() string {
	text := fmt.Sprintf("%s cannot run here: %s", m.System, m.What)
	switch {
	case m.Get != "" && m.Docker != "":
		return fmt.Sprintf("%s; get it with %s, or run %s", text, m.Get, m.Docker)
	case m.Get != "":
		return fmt.Sprintf("%s; get it with %s", text, m.Get)
	case m.Docker != "":
		return fmt.Sprintf("%s; run %s", text, m.Docker)
	}
	return text
}

// Lacks gives what this machine lacks to run the system, or to fetch it where
// that is not done yet: a [*Missing], or nil.
func (s *System) Lacks() error {
	m := s.recipe.missing()
	if m == nil && s.recipe.brings != nil {
		if _, fetched := s.Fetched(); !fetched {
			m = s.recipe.brings()
		}
	}
	if m == nil {
		return nil
	}
	m.System, m.Docker = s.Title, s.Docker
	return m
}

// AtHand is nil for a system that can be started at once. Else it says what this
// machine lacks, or how to fetch what the system needs.
func (s *System) AtHand() error {
	if err := s.Lacks(); err != nil {
		return err
	}
	if _, all := s.Fetched(); !all {
		return fmt.Errorf("%s is not fetched yet: go run ./workshop backend -fetch %s", s.Title, s.Name)
	}
	return nil
}

func (r recipe) missing() *Missing {
	if r.lacks == nil {
		return nil
	}
	return r.lacks()
}

// packages are the names of what brings a program, for the package managers of
// the usual systems.
type packages struct{ apt, brew, winget string }

// command is what people type on this system.
func (p packages) command() string {
	switch {
	case runtime.GOOS == "darwin" && p.brew != "":
		return "brew install " + p.brew
	case runtime.GOOS == "windows" && p.winget != "":
		return "winget install " + p.winget
	case runtime.GOOS == "linux" && p.apt != "":
		return "sudo apt install " + p.apt
	}
	return ""
}
