package tracecheck

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/tracecheck/receiver"
	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// Evidence is what a play left behind.
type Evidence struct {
	Processes []*Process
	Collector *receiver.Receiver // nil if the play had none
	Received  []spans.Span       // what the collector received
	Printed   []spans.Span       // what the programs printed on stdout
	Jaeger    *Jaeger            // nil if the play had none
	Held      []spans.Span       // what Jaeger held at the first look

	Exchanges []*Exchange   // the requests to the services, with their answers
	Upstream  []http.Header // the headers of requests that the services sent to Stage.Upstream and Stage.Relay

	deaf     bool           // the collector takes no spans
	together bool           // several requests came at once
	ending   map[string]int // for a span's id, its place in the order in which spans ended; see endedBefore
}

func newEvidence(s *Stage) *Evidence {
	e := &Evidence{Processes: s.processes, Collector: s.collector, Exchanges: s.exchanges, Upstream: s.upstream, deaf: s.deaf, together: s.together}
	for _, p := range s.processes {
		e.Printed = append(e.Printed, spansIn(p.Stdout)...)
	}
	e.ending = ending(e.Printed)
	if s.collector != nil {
		e.Received = slices.Clone(s.collector.Spans())
		e.ending = ending(e.Received)
		// In which order they arrive is chance.
		slices.SortStableFunc(e.Received, func(a, b spans.Span) int { return a.Start.Compare(b.Start) })
	}
	if s.jaeger != nil {
		e.Jaeger, e.Held = s.jaeger, s.jaeger.first()
	}
	return e
}

// ending notes the order in which spans arrived. A span is handed to its
// processor when it ends, and a process exports one batch after the other, so
// for two spans of one process that is the order in which they ended.
func ending(arrived []spans.Span) map[string]int {
	order := map[string]int{}
	for i, s := range arrived {
		order[s.SpanID] = i
	}
	return order
}

// endedBefore tells whether one span of a process ended before another one. The
// times alone do not tell: the SDK adds what a monotonic clock measured to the
// wall clock's time at the start, and a process that loses its processor
// between reading the one and the other gives a span an end that is up to
// milliseconds too early. So the order in which they arrived has to say the
// same. Jaeger does not keep that order; then nothing is claimed.
func (e *Evidence) endedBefore(first, second spans.Span) bool {
	i, known := e.ending[first.SpanID]
	j, both := e.ending[second.SpanID]
	return known && both && i < j && first.End.Before(second.End)
}

// Spans gives the spans that arrived where the play expects them: in Jaeger, at
// the collector, or on stdout if there was neither.
func (e *Evidence) Spans() []spans.Span {
	if e.Jaeger != nil {
		return e.Held
	}
	if e.Collector != nil {
		return e.Received
	}
	return e.Printed
}

// Named gives the spans of that name that arrived.
func (e *Evidence) Named(name string) []spans.Span {
	var found []spans.Span
	for _, s := range e.Spans() {
		if s.Name == name {
			found = append(found, s)
		}
	}
	return found
}

// spansIn gives the spans in what a program printed.
func spansIn(o *Output) []spans.Span { return spans.ParseStdout([]byte(o.String())) }

// crash is a process that did not end as programs end.
type crash struct {
	process *Process
	cause   string // its name in the catalogue
	says    string
}

var (
	panicLine = regexp.MustCompile(`(?m)^(?:panic|fatal error): (.+?)(?: \[recovered[^\]]*\])?\r?$`)
	// stackEntry has the path of a file, its name, and the line.
	stackEntry = regexp.MustCompile(`(?m)^\t(.*/([^/\n]+\.go):(\d+))`)
	// goroutineDump has the number of a goroutine, its state, and its stack.
	goroutineDump = regexp.MustCompile(`(?m)^goroutine (\d+) [^\[\n]*\[([^\],]+)[^\]\n]*\]:\n((?:.+\n?)*)`)
)

// crash gives the first process that panicked, hung or wrote without end.
func (e *Evidence) crash() *crash {
	for _, p := range e.Processes {
		if c := p.crash(); c != nil {
			return c
		}
	}
	return nil
}

func (p *Process) crash() *crash {
	if p.killedFor == killedForFlood {
		return &crash{p, "endless-output", "Your program wrote more than 16 MB and was stopped."}
	}
	if p.ranOut() {
		return p.hang()
	}
	message := panicLine.FindStringSubmatch(p.Stderr.String())
	if message == nil || p.ExitCode() != 2 {
		return nil
	}
	at := place(p.Stderr.String())
	if strings.Contains(message[1], "all goroutines are asleep") {
		return &crash{p, "deadlock", "Every goroutine of your program waits for another" + at + "."}
	}
	return &crash{p, "panic", "Your program panicked" + at + ": " + clip(message[1], 200)}
}

// hang describes a program that had to be stopped, from what its goroutines
// were at, if it could still show that.
func (p *Process) hang() *crash {
	says := "Your program did not end within " + p.limit.String() + " and was stopped"
	if p.killedFor == killedForGrace {
		says = "Your program was told to stop, did not within " + p.grace.String() + ", and was stopped by force"
	}
	if p.Stdout.size()+p.Stderr.size() > muchOutput {
		return &crash{p, "endless-output", says + "; it had written more than 1 MB."}
	}
	dump := goroutineDump.FindAllStringSubmatch(p.Stderr.String(), -1)
	for _, goroutine := range dump {
		if at := place(goroutine[3]); at != "" && busy(goroutine[2]) {
			return &crash{p, "endless-loop", says + "; it was still busy" + at + "."}
		}
	}
	main := slices.IndexFunc(dump, func(goroutine []string) bool { return goroutine[1] == "1" })
	if main < 0 {
		return &crash{p, "never-exits", says + "."}
	}
	switch state, at := dump[main][2], place(dump[main][3]); {
	case busy(state):
		return &crash{p, "endless-loop", says + "; it was still busy."}
	case state == "sleep" || state == "IO wait" || state == "syscall":
		return &crash{p, "never-exits", says + "; it was waiting" + at + "."}
	default:
		return &crash{p, "deadlock", says + "; it was waiting (" + state + ")" + at + "."}
	}
}

// busy tells whether a goroutine in that state has work to do.
func busy(state string) bool {
	return strings.HasPrefix(state, "run") || state == "preempted" || strings.HasPrefix(state, "GC ")
}

// place gives the line of the learner's that stands highest in a stack, as
// " at journey.go:31", or "".
func place(stack string) string {
	for _, entry := range stackEntry.FindAllStringSubmatch(stack, -1) {
		if strings.Contains(entry[1], "/"+stepName()+"/") && !strings.HasSuffix(entry[2], "_test.go") {
			if entry[3] == "1" { // no code is there; it is what the compiler says of a bare loop
				return " in " + entry[2]
			}
			return " at " + entry[2] + ":" + entry[3]
		}
	}
	return ""
}
