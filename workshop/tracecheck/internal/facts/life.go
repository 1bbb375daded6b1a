package facts

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Life is what the SDK counted of a span.
type Life struct {
	Start *Start
	End   *End // nil if it did not end
}

// Is tells whether a span has, or had when it started, this name, or this kind
// where one is given: instrumentation names its spans itself.
func (l Life) Is(name, kind string) bool {
	if kind != "" {
		return l.Start.Kind == kind
	}
	return l.Start.Name == name || l.End != nil && l.End.Name == name
}

// ByHTTP tells whether the instrumentation of net/http made the span.
func (l Life) ByHTTP() bool { return strings.HasSuffix(l.Start.Scope, "/otelhttp") }

// Inside is the place of the learner's that is the innermost of a stack, as
// "journey.go:31", or "".
func (s Stack) Inside() string {
	for _, frame := range s {
		if file := filepath.ToSlash(frame); strings.Contains(file, "/"+StepName()+"/") {
			return filepath.Base(file)
		}
	}
	return ""
}

// At is a place as it follows a verb, or "" if it is not known.
func At(s Stack) string {
	if place := s.Inside(); place != "" {
		return " at " + place
	}
	return ""
}

// Bracketed is a place in brackets, after a space, or "" if it is not known.
func Bracketed(s Stack) string {
	if place := s.Inside(); place != "" {
		return " (" + place + ")"
	}
	return ""
}

// StepName is the name of the step's folder, in which its tests run.
func StepName() string {
	folder, err := os.Getwd()
	if err != nil {
		return "."
	}
	return filepath.Base(folder)
}

var stepFolder = regexp.MustCompile(`^step\d`)

// LessonFolder is the folder of the step's lesson as a learner types it, from the
// root of the workshop: step05-jaeger/production for a part of a step.
func LessonFolder() string {
	folder, err := os.Getwd()
	if err != nil {
		return "."
	}
	if parent := filepath.Base(filepath.Dir(folder)); stepFolder.MatchString(parent) {
		return parent + "/" + filepath.Base(folder)
	}
	return filepath.Base(folder)
}
