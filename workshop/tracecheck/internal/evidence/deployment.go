package evidence

import (
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/spans"
)

// Deployment is what is known of several Jaegers that work together, and of the
// spans that went through them.
type Deployment struct {
	Parts    []*Part
	Account  []string // what was done and what came of it, a line each, for people
	Sendings []Sending
	Looks    []Held
	Without  []spans.Span // what was shown while the database was away
	Measured Measured
	Slow     time.Duration // from how long on a trace counts as slow
	Apart    time.Duration // how much later than the first spans of a trace its last ones were sent
	Err      error         // why a part of it does not run
}

// Part is one of the Jaegers.
type Part struct {
	File     string // its configuration, as the learner calls it
	Process  *jaeger.Process
	Policies []Policy // by which it keeps a trace or not
	Log      *proc.Transcript
	Killed   bool // at some time in the play, though it may run again
}

// Gone is why a part does not run any more that the play has not ended.
type Gone struct {
	Part string // what it is in the account, as "the storage"
	Err  error  // with its last words
}

func (g *Gone) Error() string { return g.Part + " is gone: " + g.Err.Error() }

func (g *Gone) Unwrap() error { return g.Err }

// Sending is what a collector was sent in one go.
type Sending struct {
	To      string // the file of the collector
	Spans   []spans.Span
	Refused int    // of these spans; the collector said no, or nothing
	Why     string // what it said of the first that it refused
	Away    string // what was away at that time, as "the storage", or ""
}

// Held is what a query process showed at one moment.
type Held struct {
	When     string // after what, as "after the storage came back"
	Spans    []spans.Span
	Sendings int // how many there were before
}

// Part gives the part that runs, or ran last, with a file, or nil.
func (d *Deployment) Part(file string) *Part {
	for i := len(d.Parts) - 1; i >= 0; i-- {
		if d.Parts[i].File == file {
			return d.Parts[i]
		}
	}
	return nil
}

// Setting gives what the configuration of a part says at a path, with its
// defaults, or nil.
func (d *Deployment) Setting(file string, path ...string) any {
	part := d.Part(file)
	if part == nil || part.Process == nil {
		return nil
	}
	return part.Process.Config.At(path...)
}

// Sent gives all spans that were sent, and how many of them were refused.
func (d *Deployment) Sent() (all []spans.Span, refused int) {
	for _, s := range d.Sendings {
		all = append(all, s.Spans...)
		refused += s.Refused
	}
	return all, refused
}

// Last gives what was shown at the last look.
func (d *Deployment) Last() []spans.Span {
	if len(d.Looks) == 0 {
		return nil
	}
	return d.Looks[len(d.Looks)-1].Spans
}

// The ways in which a deployment can fall short.
const (
	Refused    Shortfall = "refused"    // a collector takes no spans
	Lost       Shortfall = "lost"       // spans were taken, and cannot be found
	Elsewhere  Shortfall = "elsewhere"  // spans can be found though what should hold them is away
	Doubled    Shortfall = "doubled"    // spans are there more than once
	Unkept     Shortfall = "unkept"     // a trace is thrown away that should be kept
	Kept       Shortfall = "kept"       // a trace is kept that should be thrown away
	Torn       Shortfall = "torn"       // a part of a trace is kept, and a part thrown away
	Miscounted Shortfall = "miscounted" // a metric says something else than the spans
	Surplus    Shortfall = "surplus"    // a span has an attribute, or a kind, that was not expected
)
