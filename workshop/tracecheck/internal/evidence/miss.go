package evidence

import (
	"fmt"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
)

// Miss says how the evidence falls short of an expectation.
type Miss struct {
	What    Shortfall
	Says    string      // one sentence, as "The journey span has no attribute journey.stops."
	Span    *spans.Span // the span that falls short, or nil
	Trace   string      // id of the trace that falls short, if it is no span of it
	Name    string      // of the span or the event that was looked for
	Key     string      // of the attribute that was looked for
	Service string      // that the span should come from, if it matters
	Kind    spans.Kind  // that the span should have, if it matters
	Got     any         // the value found instead
	Want    any         // the value that was expected, where a cause needs it
	Unsure  bool        // the machine may be to blame: it has to show with longer pauses (Stage.Pause)

	Expected []Expected // the spans that were to be where none came
}

// Expected is a span that should have come.
type Expected struct {
	Name, Service string
	Kind          spans.Kind
	Says          string   // one sentence about it
	Trace         string   // the id of the trace that it belongs to, or "" for one of its own
	Parent        string   // the id of the span that it belongs below, or "" for a root
	Below         int      // or the place in the list, from 1, of the one that it belongs below
	Around        []string // ids of spans that it should have been open around
}

// Shortfall is the kind of a [Miss].
type Shortfall string

const (
	NoSpan      Shortfall = "no-span"      // a span is missing
	ExtraSpan   Shortfall = "extra-span"   // there are more spans than asked for
	NoAttribute Shortfall = "no-attribute" // a span lacks an attribute
	WrongType   Shortfall = "wrong-type"   // the value of an attribute has another type
	WrongValue  Shortfall = "wrong-value"  // the value of an attribute is another one
	NoEvent     Shortfall = "no-event"     // a span lacks an event
	NoResource  Shortfall = "no-resource"  // the resource lacks an attribute
	NoException Shortfall = "no-exception" // a failed span does not tell the error
	NoStatus    Shortfall = "no-status"    // a failed span is not marked as failed
	WrongExit   Shortfall = "wrong-exit"   // the program exits with another code
	WrongOutput Shortfall = "wrong-output" // the program writes something else
	TooSlow     Shortfall = "too-slow"     // the program takes too long
	WrongName   Shortfall = "wrong-name"   // a span is there under another name
	WrongKind   Shortfall = "wrong-kind"   // a span is there with another kind
	Severed     Shortfall = "severed"      // spans of one request are in several traces
	WrongParent Shortfall = "wrong-parent" // a span has another parent
	WrongStatus Shortfall = "wrong-status" // a span has another status
	FalseAlarm  Shortfall = "false-alarm"  // a span is marked as failed, and nothing failed
	WrongState  Shortfall = "wrong-state"  // a span has another tracestate
	WrongTime   Shortfall = "wrong-time"   // a span is open at another time than its work
	Outlives    Shortfall = "outlives"     // a span ends before a child of it
	WrongAnswer Shortfall = "wrong-answer" // a service answers something else
	Crashed     Shortfall = "crashed"      // the program did not end as programs end
)

// Show gives an attribute value as it stands in a sentence.
func Show(value any) string {
	const longest = 60
	switch value := value.(type) {
	case string:
		if quoted := fmt.Sprintf("%q", value); text.Width(quoted) <= longest {
			return quoted
		}
		return fmt.Sprintf("%q", text.Excerpt(value, longest-2))
	case bool, int64, float64:
		return fmt.Sprintf("%#v", value)
	}
	return text.Excerpt(fmt.Sprint(value), longest)
}

// TypeName names the type of an attribute value as OpenTelemetry does.
func TypeName(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case int64:
		return "an integer"
	case float64:
		return "a floating-point number"
	case []byte:
		return "bytes"
	case spans.Attributes:
		return "a map"
	}
	return "a list"
}

// Exit describes how the process ended.
func (p *Process) Exit() string {
	if signal := p.EndedBy(); signal != "" {
		return "was ended by a signal (" + signal + ")"
	}
	return fmt.Sprintf("exits with code %d", p.ExitCode())
}

// The ways in which a Jaeger can fall short.
const (
	NotStarted   Shortfall = "not-started"   // Jaeger does not start, or there is none
	NotListening Shortfall = "not-listening" // Jaeger takes no spans
	NotAnswering Shortfall = "not-answering" // Jaeger cannot be asked
	NotReported  Shortfall = "not-reported"  // Jaeger does not know a service
	NotKept      Shortfall = "not-kept"      // Jaeger has forgotten spans
	NoNews       Shortfall = "no-news"       // Jaeger takes no new spans after a restart
	WrongShare   Shortfall = "wrong-share"   // too many or too few traces are sampled
	Incomplete   Shortfall = "incomplete"    // a trace that should be sampled has holes
	WrongFinding Shortfall = "wrong-finding" // an answer is missing or wrong
)
