package cause

import (
	"fmt"
	"net/http"
	"slices"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// crashCauses are of programs that do not end as programs end. What a crashed
// program left behind says little about its tracing. A program crashes in one
// way ([Process.crash]), so no two of them hold at once.
var crashCauses = []Cause{
	crashCause(evidence.CrashPanic,
		"A panic ends the whole program on the spot, whatever its tracing is like.",
		"Mend the line that panics, and run the check again."),
	{
		name: evidence.CrashPanic,
		of:   shortfalls{evidence.WrongAnswer, evidence.NoSpan, evidence.NoAttribute, evidence.NoEvent, evidence.NoException, evidence.NoStatus, evidence.WrongStatus},
		fact: "the stack that net/http logs when it recovers a panic",
		refines: []string{
			"failure-answered-with-200", "failure-blamed-on-caller", "cancelled-before-read", "service-exited",
			"span-never-ended", "return-without-end", "span-variable-shared", "body-not-closed", "client-span-never-ended",
			"transport-not-instrumented", "handler-not-wrapped", "route-unknown",
			"error-on-wrong-span", "event-on-wrong-span", "status-without-error", "error-without-status", "failure-not-explained", "ended-too-early",
		},
		witness: func(f *Fault) string {
			for _, p := range f.Evidence.Processes {
				if f.Service != "" && p.Service() != f.Service {
					continue
				}
				if h := p.HandlerPanic(); h != nil && !f.answeredAsUsual() {
					return fmt.Sprintf("A handler of %s panicked%s: %s. net/http recovers that: the service goes on, and this request gets no answer.", p.Service(), h.At, h.Message)
				}
			}
			return ""
		},
		next: "Mend the line that panics, and run the check again.",
	},
	{
		name:    "service-exited",
		of:      shortfalls{evidence.WrongAnswer},
		fact:    "a service that ended though nobody had told it to stop",
		refines: []string{"failure-blamed-on-caller", "cancelled-before-read"},
		witness: func(f *Fault) string {
			i := slices.IndexFunc(f.Evidence.Processes, (*evidence.Process).ExitedUnasked)
			if i < 0 || f.answeredAsUsual() {
				return ""
			}
			p := f.Evidence.Processes[i]
			says := fmt.Sprintf("%s %s in the middle of its work, and nobody had told it to stop.", p.Service(), p.Exit())
			if line := p.LastWords(); line != "" {
				says += fmt.Sprintf(" It wrote %q to stderr.", text.Excerpt(line, 200))
			}
			if exits := f.Source.Exits(); len(exits) > 0 {
				says += fmt.Sprintf(" A call that ends the whole process, with all other requests, is there outside of main%s.", f.Source.Places(exits))
			}
			return says
		},
		next: "Answer a request that fails with an error status, and leave os.Exit and log.Fatal to main.",
	},
	crashCause(evidence.CrashRace,
		"Two goroutines use the same variable at the same time, and one of them writes: what it holds then is chance.",
		"Give each goroutine a variable of its own, or let a lock guard the one that they share."),
	crashCause(evidence.CrashNoStart,
		"Nobody can ask a service that does not listen; no check gets further than this.",
		"Run it yourself: what it does before it listens is the place to look at."),
	crashCause(evidence.CrashLoop,
		"A goroutine still had something to do when the time was up.",
		"Look for a loop that nothing ends."),
	crashCause(evidence.CrashDeadlock,
		"What this line waits for never comes: no goroutine is on the way to it.",
		"Look for a channel, lock or WaitGroup that is waited for in vain."),
	crashCause(evidence.CrashDeaf,
		"A program that does not heed the signal to stop is ended by force in the end, and then its last spans are lost.",
		"Let signal.NotifyContext catch os.Interrupt and SIGTERM, and hand its context on to what has to stop."),
	crashCause(evidence.CrashNeverExits,
		"The program was not done when the time was up: it waits for time to pass, for the network, or for somebody else.",
		"Look for what the program still waits for after its work is done."),
	crashCause(evidence.CrashOutput,
		"Something prints again and again, and nothing stops it.",
		"Look for a loop that prints, or for an error handler that reports its own errors."),
}

func crashCause(name, says, next string) Cause {
	return Cause{name: name, next: next, of: shortfalls{evidence.Crashed}, fact: "how the process ended, and what its goroutines were at", witness: func(f *Fault) string {
		if c := f.Evidence.Crash(); c != nil && c.Cause == name {
			return says
		}
		return ""
	}}
}

// answeredAsUsual tells whether the miss is an answer of the learner's own, so
// that no handler broke off.
func (f *Fault) answeredAsUsual() bool {
	if f.What != evidence.WrongAnswer {
		return false
	}
	status, _ := f.Got.(int)
	return status != 0 && status != http.StatusBadGateway
}
