package tracecheck

import (
	"regexp"
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

	deaf bool // the collector takes no spans
}

func newEvidence(s *Stage) *Evidence {
	e := &Evidence{Processes: s.processes, Collector: s.collector, deaf: s.deaf}
	for _, p := range s.processes {
		e.Printed = append(e.Printed, spansIn(p.Stdout)...)
	}
	if s.collector != nil {
		e.Received = s.collector.Spans()
	}
	return e
}

// Spans gives the spans that arrived where the play expects them: at the
// collector, or on stdout if there was no collector.
func (e *Evidence) Spans() []spans.Span {
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
	panicLine  = regexp.MustCompile(`(?m)^(?:panic|fatal error): (.+)$`)
	stackEntry = regexp.MustCompile(`(?m)^\s+(\S+/([\w.-]+\.go):(\d+))`)
	goroutine1 = regexp.MustCompile(`(?ms)^goroutine 1 (?:gp=\S+ m=\S+(?: mp=\S+)? )?\[([^\],]+)[^\]]*\]:\n(.*?)(?:\n\n|\z)`)
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
	if p.killedFor == killedForTime {
		return p.hang()
	}
	message := panicLine.FindStringSubmatch(p.Stderr.String())
	if message == nil || p.ExitCode() != 2 {
		return nil
	}
	if strings.Contains(message[1], "all goroutines are asleep") {
		return &crash{p, "deadlock", "Every goroutine of your program waits for another" + p.where() + "."}
	}
	return &crash{p, "panic", "Your program panicked" + p.where() + ": " + strings.TrimSuffix(message[1], " [recovered]")}
}

// hang describes a program that had to be stopped, from the state of its main
// goroutine where the system lets us see that.
func (p *Process) hang() *crash {
	says := "Your program did not end within " + p.limit.String() + " and was stopped"
	main := goroutine1.FindStringSubmatch(p.Stderr.String())
	switch {
	case main == nil:
		return &crash{p, "never-exits", says + "."}
	case strings.HasPrefix(main[1], "run"): // running, runnable
		return &crash{p, "endless-loop", says + "; it was still busy" + p.where() + "."}
	case main[1] == "sleep" || main[1] == "IO wait" || main[1] == "syscall":
		return &crash{p, "never-exits", says + "; it was waiting" + p.where() + "."}
	}
	return &crash{p, "deadlock", says + "; it was waiting (" + main[1] + ")" + p.where() + "."}
}

// where gives the line of the learner's that stands highest in the first
// goroutine of a dump, as " at journey.go:31".
func (p *Process) where() string {
	dump := p.Stderr.String()
	if main := goroutine1.FindStringSubmatch(dump); main != nil && p.killedFor != "" {
		dump = main[2]
	}
	for _, entry := range stackEntry.FindAllStringSubmatch(dump, -1) {
		if strings.Contains(entry[1], "/"+stepName()+"/") && !strings.HasSuffix(entry[2], "_test.go") {
			return " at " + entry[2] + ":" + entry[3]
		}
	}
	return ""
}
