package evidence

import (
	"fmt"
	"regexp"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
)

// Crash is a process that did not end as programs end.
type Crash struct {
	process *Process
	Cause   string // its name in the catalogue
	Says    string
}

// The names of what ends a program, in the catalogue. A crash has one of them.
const (
	CrashPanic      = "panic"
	CrashOutput     = "endless-output"
	CrashLoop       = "endless-loop"
	CrashDeadlock   = "deadlock"
	CrashNeverExits = "never-exits"
	CrashDeaf       = "stop-ignored"
	CrashNoStart    = "service-not-started"
	CrashRace       = "data-race"
)

// Crash gives the first process that panicked, hung, wrote without end or never
// started. One that only waited comes after the others: it may have waited for
// them.
func (e *Evidence) Crash() *Crash {
	var waited *Crash
	for _, p := range e.Processes {
		switch c := p.crash(); {
		case c == nil:
		case c.Cause != CrashNeverExits:
			return c
		case waited == nil:
			waited = c
		}
	}
	return waited
}

// panicLine begins what the runtime says of a panic that nobody recovered.
var panicLine = regexp.MustCompile(`(?m)^(?:panic|fatal error): (.+?)(?: \[recovered[^\]]*\])?\r?$`)

func (p *Process) crash() *Crash {
	if p.killedFor == killedForFlood {
		return &Crash{p, CrashOutput, "Your program wrote more than 16 MB and was stopped."}
	}
	if p.ranOut() {
		return p.hang()
	}
	stderr := p.Stderr.String()
	if message := panicLine.FindStringSubmatch(stderr); message != nil && p.ExitCode() == 2 {
		at := place(stderr)
		if strings.Contains(message[1], "all goroutines are asleep") {
			return &Crash{p, CrashDeadlock, "Every goroutine of your program waits for another" + at + "."}
		}
		return &Crash{p, CrashPanic, "Your program panicked" + at + ": " + text.Excerpt(message[1], 200)}
	}
	if report := raceIn(stderr); raceDetector && report != "" {
		return &Crash{p, CrashRace, report}
	}
	if p.NeverOpened && p.killedFor == "" {
		says := fmt.Sprintf("%s did not start: it %s before it took a connection at the address of -addr.", p.Service(), p.Exit())
		if line := p.LastWords(); line != "" {
			says += fmt.Sprintf(" It wrote %q to stderr.", text.Excerpt(line, 200))
		}
		return &Crash{p, CrashNoStart, says}
	}
	return nil
}

// raceReport has what the race detector says of the two that used a variable,
// each with its stack.
var raceReport = regexp.MustCompile(`WARNING: DATA RACE\r?\n(\w[\w ]*) at 0x[^\n]*\n((?:.+\n)*)\s*\n(\w[\w ]*) at 0x[^\n]*\n((?:.+\n)*)`)

// raceIn describes the first data race that was reported, or gives "".
func raceIn(stderr string) string {
	report := raceReport.FindStringSubmatch(stderr)
	if report == nil {
		return ""
	}
	return fmt.Sprintf("Your program has a data race: a %s%s, and a %s%s, at the same time.",
		strings.ToLower(report[1]), place(report[2]), strings.ToLower(report[3]), place(report[4]))
}

// LastWords is the last line on stderr that is not routine, or "".
func (p *Process) LastWords() string {
	lines := p.Complaints()
	if len(lines) == 0 {
		return ""
	}
	return strings.TrimSpace(lines[len(lines)-1])
}

// Complaints are the lines on stderr that are neither routine nor the stack of
// a panic.
func (p *Process) Complaints() []string {
	var lines []string
	for _, line := range p.Stderr.Lines() {
		if strings.Contains(line, recoveredBy) || strings.HasPrefix(line, "goroutine ") && strings.HasSuffix(strings.TrimSpace(line), ":") {
			break // its stack comes next
		}
		if !isRoutine(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// ExitedUnasked tells whether a service ended by itself, though it had started,
// and nobody had told it to stop.
func (p *Process) ExitedUnasked() bool {
	return p.StartErr == nil && p.Service() != "" && p.hasExited() &&
		!p.Stopped && !p.NeverOpened && p.killedFor == "" && p.crash() == nil
}

// recoveredBy is what net/http logs of a panic in a handler, before the message
// and the stack.
const recoveredBy = "http: panic serving "

// HandlerPanic is a panic in a handler. net/http recovers it, and closes the
// connection without an answer.
type HandlerPanic struct {
	Message string
	At      string // as place gives it
}

// HandlerPanic gives the first panic in a handler that net/http logged, or nil.
func (p *Process) HandlerPanic() *HandlerPanic {
	_, logged, found := strings.Cut(p.Stderr.String(), recoveredBy)
	if !found {
		return nil
	}
	message, stack, found := strings.Cut(unescape(logged), "\ngoroutine ")
	if !found {
		return nil
	}
	_, message, _ = strings.Cut(message, ": ") // who asked
	stack, _, _ = strings.Cut(stack, recoveredBy)
	return &HandlerPanic{Message: text.Excerpt(message, 200), At: place(stack)}
}

// unescape gives the lines of a text that a structured logger has put into one.
func unescape(logged string) string {
	line, _, _ := strings.Cut(logged, "\n")
	if !strings.Contains(line, `\n`) {
		return logged
	}
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "", `\t`, "\t", `\"`, `"`).Replace(line)
}

// isRoutine tells whether a line is what a service logs when all is well.
func isRoutine(line string) bool { return strings.Contains(line, "level=INFO") }
