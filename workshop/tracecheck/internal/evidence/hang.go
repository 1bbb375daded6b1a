package evidence

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
)

// hang describes a program that had to be stopped, from what its goroutines
// were at, if it could still show that.
func (p *Process) hang() *Crash {
	says := "Your program did not end within " + p.limit.String() + " and was stopped"
	switch {
	case p.killedFor == killedForGrace:
		says = "Your program was told to stop, did not within " + p.Grace.String() + ", and was stopped by force"
	case p.NeverOpened:
		says = fmt.Sprintf("%s did not start: it took no connection at the address of -addr within %s", p.Service(), p.limit)
	}
	if p.Stdout.Size()+p.Stderr.Size() > muchOutput {
		return &Crash{p, CrashOutput, says + "; it had written more than 1 MB."}
	}
	all := goroutinesIn(p.Stderr.String())
	if i := slices.IndexFunc(all, func(g goroutine) bool { return g.busy() && g.at != "" }); i >= 0 {
		return &Crash{p, CrashLoop, says + "; it was still busy" + all[i].at + "."}
	}
	if p.ignores(all) {
		return &Crash{p, CrashDeaf, says + ": " + p.whyDeaf(all) + "."}
	}
	stuck := p.stuck(all)
	if stuck == nil {
		return &Crash{p, p.ofWaiting(), says + "."}
	}
	if stuck.busy() {
		return &Crash{p, CrashLoop, says + "; it was still busy."}
	}
	waiting := "it was waiting"
	if stuck.answers {
		waiting = "a request was still waiting"
	}
	if mover := p.mover(all, *stuck); mover != nil {
		state := ""
		if mover.state != "sleep" {
			state = " (" + mover.state + ")"
		}
		return &Crash{p, p.ofWaiting(), says + "; " + waiting + state + mover.at + "."}
	}
	return &Crash{p, CrashDeadlock, says + "; " + waiting + " (" + stuck.state + ")" + stuck.at + "."}
}

// ofWaiting is the cause for a program that waits for what may still come.
func (p *Process) ofWaiting() string {
	if p.NeverOpened {
		return CrashNoStart
	}
	return CrashNeverExits
}

// stuck gives the goroutine that keeps the program from ending, or nil: one
// that answers a request in the learner's code, for which a service waits, or
// else the main one. What waits for a lock or for other goroutines comes first.
func (p *Process) stuck(all []goroutine) *goroutine {
	var found *goroutine
	for i, g := range all {
		switch {
		case g.answers && g.at != "":
			if found == nil || !found.answers || p.moves(*found) && !p.moves(g) {
				found = &all[i]
			}
		case g.id == "1" && found == nil:
			found = &all[i]
		}
	}
	return found
}

// mover gives the goroutine that shows that this is no deadlock, or nil: it
// waits for something that comes by itself, such as time or the network, and
// the one that is stuck may be waiting for it.
func (p *Process) mover(all []goroutine, stuck goroutine) *goroutine {
	if p.moves(stuck) {
		return &stuck
	}
	below := map[string]bool{stuck.id: true}
	for grown := true; grown; {
		grown = false
		for _, g := range all {
			if below[g.parent] && !below[g.id] {
				below[g.id], grown = true, true
			}
		}
	}
	for i, g := range all {
		// What main started lives as long as the program, and is not what a
		// request waits for; but a goroutine that sleeps may hold anything.
		related := below[g.id] || g.state == "sleep" || g.answers
		if g.at != "" && g.id != stuck.id && related && !g.listens && p.moves(g) && (g.id != "1" || !stuck.answers) {
			return &all[i]
		}
	}
	return nil
}

// moves tells whether what a goroutine waits for may come without any other
// one.
func (p *Process) moves(g goroutine) bool {
	switch g.state {
	case "chan receive":
		return !g.innermost || p.source.WaitsForTime(g.at)
	case "chan send":
		return !g.innermost
	}
	return !g.locked()
}

// ignores tells whether a program that was told to stop did not even begin to:
// the signal means nothing to it, or it still takes connections.
func (p *Process) ignores(all []goroutine) bool {
	return p.killedFor == killedForGrace && (p.ignored() || slices.ContainsFunc(all, func(g goroutine) bool { return g.listens }))
}

// ignored tells whether the program has told the system to ignore the signal.
func (p *Process) ignored() bool {
	return slices.ContainsFunc(p.Notes, func(n facts.Note) bool { return slices.Contains(n.Ignored, p.told) })
}

func (p *Process) whyDeaf(all []goroutine) string {
	if p.ignored() {
		return "it ignores the signal (" + p.told + ")"
	}
	why := "it still took connections, as if nobody had told it"
	if i := slices.IndexFunc(all, func(g goroutine) bool { return g.id == "1" && g.at != "" }); i >= 0 {
		why += ", and main was waiting" + all[i].at
	}
	return why
}

// goroutine is one of the program's, as the runtime shows it.
type goroutine struct {
	id, parent string
	state      string // as "chan receive"
	at         string // the learner's line that stands highest, as place gives it, or ""
	innermost  bool   // the learner's line is what waits, not a library that it calls
	answers    bool   // it answers a request
	listens    bool   // it takes connections
}

var (
	// goroutineDump has the number of a goroutine, its state, and its stack.
	goroutineDump = regexp.MustCompile(`(?m)^goroutine (\d+) [^\[\n]*\[([^\],]+)[^\]\n]*\]:\r?\n((?:.+\n?)*)`)
	// origin has the number of the goroutine that started one.
	origin = regexp.MustCompile(`(?m)^created by .* in goroutine (\d+)`)
	// stackEntry has the path of a file, its name, and the line. A report of a
	// race indents by spaces.
	stackEntry = regexp.MustCompile(`(?m)^(?:\t| {6})(.*/([^/\n]+\.go):(\d+))`)
)

// goroutinesIn gives the goroutines that a program showed on stderr.
func goroutinesIn(stderr string) []goroutine {
	var all []goroutine
	for _, dump := range goroutineDump.FindAllStringSubmatch(stderr, -1) {
		stack, _, _ := strings.Cut(dump[3], "\ncreated by ")
		g := goroutine{
			id:      dump[1],
			state:   dump[2],
			at:      place(stack),
			answers: strings.Contains(stack, "net/http.(*conn).serve("),
			listens: strings.Contains(stack, ".(*netFD).accept(") || strings.Contains(stack, "net/http.(*Server).Serve("),
		}
		if parent := origin.FindStringSubmatch(dump[3]); parent != nil {
			g.parent = parent[1]
		}
		first := stackEntry.FindString(stack)
		g.innermost = g.at != "" && place(first) == g.at
		all = append(all, g)
	}
	return all
}

// busy tells whether the goroutine has work to do.
func (g goroutine) busy() bool {
	return strings.HasPrefix(g.state, "run") || g.state == "preempted" || strings.HasPrefix(g.state, "GC ")
}

// locked tells whether the goroutine waits for what only another one can do,
// or nobody.
func (g goroutine) locked() bool {
	return strings.HasPrefix(g.state, "sync.") || strings.HasPrefix(g.state, "semacquire") ||
		strings.HasSuffix(g.state, "(nil chan)") || g.state == "select (no cases)"
}

// place gives the line of the learner's that stands highest in a stack, as
// " at journey.go:31", or "".
func place(stack string) string {
	for _, entry := range stackEntry.FindAllStringSubmatch(stack, -1) {
		if strings.Contains(entry[1], "/"+facts.StepName()+"/") && !strings.HasSuffix(entry[2], "_test.go") {
			if entry[3] == "1" { // no code is there; it is what the compiler says of a bare loop
				return " in " + entry[2]
			}
			return " at " + entry[2] + ":" + entry[3]
		}
	}
	return ""
}
