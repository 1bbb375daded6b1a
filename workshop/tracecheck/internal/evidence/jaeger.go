package evidence

import (
	"errors"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/spans"
)

// LookPatience is how long Jaeger may take to show what it was sent: 0.2 s with
// the batch processor of the lesson.
const LookPatience = 10 * time.Second

// Jaeger is what is known of the Jaeger of a play.
type Jaeger struct {
	Process *jaeger.Process
	Err     error  // why it does not run
	Build   string // where the build stands if there is no Jaeger and one is being built
	Wiring  *Wiring
	Looks   []Look
	Since   time.Time // when it was started the last time
}

// Look is what Jaeger held at one moment.
type Look struct {
	Services []string
	Spans    []spans.Span
}

// First and last give the spans of the first and the last look.
func (j *Jaeger) First() []spans.Span { return j.At(0).Spans }
func (j *Jaeger) Last() []spans.Span  { return j.At(len(j.Looks) - 1).Spans }

func (j *Jaeger) At(i int) Look {
	if i < 0 || i >= len(j.Looks) {
		return Look{}
	}
	return j.Looks[i]
}

// Missing tells whether there is no Jaeger on this machine.
func (j *Jaeger) Missing() bool { return errors.Is(j.Err, jaeger.ErrMissing) }

// Describes tells whether the file has a part of that kind under a heading,
// used or not.
func (j *Jaeger) Describes(heading, kind string) bool {
	parts, _ := j.Process.Config.At(heading).(map[string]any)
	for id := range parts {
		if name, _, _ := strings.Cut(id, "/"); name == kind {
			return true
		}
	}
	return false
}

// IsStorage tells whether the exporter with that id of Jaeger's configuration
// writes to a storage.
func IsStorage(exporter string) bool {
	kind, _, _ := strings.Cut(exporter, "/")
	return kind == "jaeger_storage_exporter"
}
