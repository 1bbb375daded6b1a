package tracecheck

// crashCauses are of programs that do not end as programs end. They come early:
// what a crashed program left behind says little about its tracing.
var crashCauses = []cause{
	crashCause("panic",
		"A panic ends the whole program on the spot, whatever its tracing is like.",
		"Mend the line that panics, and run the check again."),
	crashCause("endless-loop",
		"A goroutine still had something to do when the time was up.",
		"Look for a loop that nothing ends."),
	crashCause("deadlock",
		"The main goroutine waits for another one, which never does what it waits for.",
		"Look for a channel, lock or WaitGroup that this goroutine waits for in vain."),
	crashCause("never-exits",
		"The main goroutine was not done when the time was up.",
		"Look for what the program still waits for after its work is done."),
	crashCause("endless-output",
		"Something prints again and again, and nothing stops it.",
		"Look for a loop that prints, or for an error handler that reports its own errors."),
}

func crashCause(name, says, next string) cause {
	return cause{name: name, next: next, of: []Shortfall{Crashed}, witness: "how the process ended, and what its goroutines were at", sees: func(f *finding) string {
		if c := f.evidence.crash(); c != nil && c.cause == name {
			return says
		}
		return ""
	}}
}
