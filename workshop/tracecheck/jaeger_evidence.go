package tracecheck

import (
	"errors"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/spans"
)

// jaegerEvidence is what is known of the Jaeger of a play.
type jaegerEvidence struct {
	process *jaeger.Process
	err     error  // why it does not run
	build   string // where the build stands if there is no Jaeger and one is being built
	wiring  *wiring
	looks   []look
	since   time.Time // when it was started the last time
}

// look is what Jaeger held at one moment.
type look struct {
	services []string
	spans    []spans.Span
}

// first and last give the spans of the first and the last look.
func (j *jaegerEvidence) first() []spans.Span { return j.at(0).spans }
func (j *jaegerEvidence) last() []spans.Span  { return j.at(len(j.looks) - 1).spans }

func (j *jaegerEvidence) at(i int) look {
	if i < 0 || i >= len(j.looks) {
		return look{}
	}
	return j.looks[i]
}

// missing tells whether there is no Jaeger on this machine.
func (j *jaegerEvidence) missing() bool { return errors.Is(j.err, jaeger.ErrMissing) }

// describes tells whether the file has a part of that kind under a heading,
// used or not.
func (j *jaegerEvidence) describes(heading, kind string) bool {
	parts, _ := j.process.Config.At(heading).(map[string]any)
	for id := range parts {
		if name, _, _ := strings.Cut(id, "/"); name == kind {
			return true
		}
	}
	return false
}
