package tracecheck

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// Findings are what the learner has found out, from a file of this form:
//
//	seed: 4711
//	slow:
//	  service: basel
//
// Its values are names and numbers; the rest of YAML is not needed.
type Findings struct {
	file   string
	values map[string]string // "seed", "slow.service", ...
	err    error
}

// ReadFindings reads the answers. A file that cannot be read is a miss of the
// checks that need it.
func ReadFindings(files fs.FS, name string) *Findings {
	a := &Findings{file: name, values: map[string]string{}}
	text, err := fs.ReadFile(files, name)
	if err != nil {
		a.err = err
		return a
	}
	a.err = a.parse(string(text))
	return a
}

func (a *Findings) parse(text string) error {
	section := ""
	for i, line := range strings.Split(text, "\n") {
		content := withoutComment(line)
		if strings.TrimSpace(content) == "" || strings.TrimSpace(content) == "---" {
			continue
		}
		key, value, found := strings.Cut(content, ":")
		indented := strings.HasPrefix(content, " ") || strings.HasPrefix(content, "\t")
		key, value = strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"'`)
		if !found || key == "" || strings.ContainsAny(key, " \t") {
			return fmt.Errorf("line %d of %s is not of the form name: answer: %s", i+1, a.file, clip(strings.TrimSpace(line), 60))
		}
		switch {
		case indented:
			a.values[section+"."+key] = value
		default:
			section = key
			a.values[key] = value
		}
	}
	return nil
}

// withoutComment cuts a comment off: # at the beginning, or after a space.
func withoutComment(line string) string {
	for i, r := range line {
		if r == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return strings.TrimRight(line[:i], " \t\r")
		}
	}
	return strings.TrimRight(line, " \t\r")
}

// Seed is the seed of the traffic that the answers are about, and whether there
// is one.
func (a *Findings) Seed() (string, bool) {
	seed := a.values["seed"]
	_, err := strconv.ParseUint(seed, 10, 64)
	return seed, err == nil && a.err == nil
}

// question is one answer that is wanted.
type question struct {
	key   string // in the file
	right string
	nudge string // where to look next
}

// Complaint expects the number of the ticket of which a log line complains.
func (a *Findings) Complaint(e *Evidence) *Miss {
	if miss := a.readable(e); miss != nil {
		return miss
	}
	ticket := ticketOf(e.Processes[0].Stderr.String(), e.Spans())
	return a.compare(e, []question{
		{"complaint.ticket", ticket, "Take the trace_id of the line with \"complains\" that your traffic with this seed writes, search for that trace, and read the attributes of its first span."},
	})
}

// Slow expects the service that is slow, and when.
func (a *Findings) Slow(e *Evidence) *Miss {
	t := investigate(e.Spans()).slow
	service := question{"slow.service", t.service, "Look at the longest traces. A long span is slow itself only where no span below it fills the time."}
	return a.compare(e, []question{
		service,
		{"slow.attribute", t.key, "The service is right. Compare the attributes of its long spans with those of its short ones: one key tells them apart."},
		{"slow.value", t.value, "Service and attribute are right. Read the value again, on a span of that service that is long by itself."},
	})
}

// Failing expects the operation that fails, who asks for it then, and the event
// that tells why.
func (a *Findings) Failing(e *Evidence) *Miss {
	t := investigate(e.Spans()).failing
	return a.compare(e, []question{
		{"failing.service", t.service, "Errors climb up to whoever asked. Follow the red spans down to the last one: below it nothing failed."},
		{"failing.operation", t.operation, "The service is right. Its operation is the name of the server's span, method and all."},
		{"failing.caller", t.caller, "The operation is right. Not everybody gets the error: see which service the span above the failing one belongs to."},
		{"failing.event", t.event, "Only the event is still wrong. Compare the events of a failing span with those of one that went well."},
	})
}

// Repeated expects the call that is made again and again, and how often.
func (a *Findings) Repeated(e *Evidence) *Miss {
	t := investigate(e.Spans()).repeated
	return a.compare(e, []question{
		{"repeated.caller", t.caller, "Look for a span with many children that all have the same name, one after the other like stairs."},
		{"repeated.service", t.service, "The caller is right. Below each of its repeated client spans is a server's span: see whose."},
		{"repeated.operation", t.operation, "Both services are right. The operation is the name of the repeated server's span, method and all."},
		{"repeated.times", strconv.Itoa(t.times), "The call is right. Count its spans below one parent, in a single trace."},
	})
}

// readable expects that there are answers to a seed, and that its traffic came.
func (a *Findings) readable(e *Evidence) *Miss {
	if a.err != nil {
		return &Miss{What: WrongFinding, Key: "file", Says: sentence(a.err.Error())}
	}
	if _, ok := a.Seed(); !ok {
		says := fmt.Sprintf("%s names no seed.", a.file)
		if a.values["seed"] != "" {
			says = fmt.Sprintf("The seed %q in %s is not a number.", a.values["seed"], a.file)
		}
		return &Miss{What: WrongFinding, Name: "seed", Says: says}
	}
	if traffic := e.Processes[0]; traffic.ExitCode() != 0 {
		return &Miss{What: NotReported, Says: "The traffic of your seed did not get through."}
	}
	if len(e.Spans()) == 0 {
		return &Miss{What: NotReported, Says: "The traffic left no trace in Jaeger."}
	}
	return nil
}

// compare gives a miss for the first question whose answer is missing or wrong.
func (a *Findings) compare(e *Evidence, questions []question) *Miss {
	if miss := a.readable(e); miss != nil {
		return miss
	}
	for _, q := range questions {
		given := a.values[q.key]
		if sameAnswer(given, q.right) {
			continue
		}
		miss := &Miss{What: WrongFinding, Name: q.key, Got: given, Want: q.nudge}
		miss.Says = fmt.Sprintf("%s: %s says %s, and the traces of this seed say otherwise.", q.key, a.file, show(given))
		if given == "" {
			miss.Says = fmt.Sprintf("%s has no answer to %s yet.", a.file, q.key)
		}
		return miss
	}
	return nil
}

// sameAnswer does not mind capitals and spaces.
func sameAnswer(given, right string) bool {
	tidy := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	return right != "" && tidy(given) == tidy(right)
}

// symptom tells whether the answer names a service or an operation that only
// passes on the error of another one.
func (e *Evidence) symptom(key, given string) bool {
	for _, s := range e.Spans() {
		name := s.Service()
		if key == "failing.operation" {
			name = s.Name
		}
		if sameAnswer(given, name) && s.Kind == spans.KindServer && s.Status.Code == spans.StatusError {
			return true
		}
	}
	return false
}
