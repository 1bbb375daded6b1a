package tracecheck

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/investigation"
)

// Findings are what the learner has found out, from a file of this form:
//
//	seed: 4711
//	slow:
//	  service: basel
//
// Its values are names and numbers, in quotes or not, and what belongs to a
// question may stand in braces. The rest of YAML is not needed.
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

func (a *Findings) parse(content string) error {
	section := ""
	lines := strings.Split(evidence.WithoutMark(content), "\n")
	for i := 0; i < len(lines); i++ {
		line, content := lines[i], withoutComment(lines[i])
		if mark := strings.TrimSpace(content); mark == "" || mark == "---" || mark == "..." {
			continue
		}
		first := i
		for strings.Contains(content, "{") && braces(content) > 0 && i+1 < len(lines) {
			i++
			content += " " + strings.TrimSpace(withoutComment(lines[i]))
		}
		indented := strings.HasPrefix(content, " ") || strings.HasPrefix(content, "\t")
		if !indented {
			section = ""
		}
		if whole := strings.TrimSpace(content); strings.HasPrefix(whole, "{") {
			content = whole
		} else if key, _, found := cutPair(content); found && !indented {
			section = key
		}
		prefix := ""
		if indented && section != "" {
			prefix = section + "."
		}
		if !a.take(prefix, strings.TrimSpace(content)) {
			return fmt.Errorf("line %d of %s is not of the form name: answer: %s", first+1, a.file, text.Excerpt(strings.TrimSpace(line), 60))
		}
	}
	return nil
}

// take notes what a pair says, or all pairs in braces, and tells whether it
// could read them.
func (a *Findings) take(prefix, content string) bool {
	if inside, ok := strings.CutPrefix(content, "{"); ok {
		inside, ok = strings.CutSuffix(inside, "}")
		for _, pair := range splitOutside(inside, ',') {
			if pair = strings.TrimSpace(pair); pair != "" && !a.take(prefix, pair) {
				return false
			}
		}
		return ok
	}
	key, value, found := cutPair(content)
	if !found || key == "" || strings.ContainsAny(key, " \t") {
		return false
	}
	if strings.HasPrefix(value, "{") {
		a.values[prefix+key] = ""
		return a.take(prefix+key+".", value)
	}
	a.values[prefix+key] = unquote(value)
	return true
}

// cutPair cuts a pair at its colon.
func cutPair(content string) (key, value string, found bool) {
	parts := splitOutside(content, ':')
	if len(parts) < 2 {
		return "", "", false
	}
	_, value, _ = strings.Cut(content, parts[0]+":")
	return unquote(strings.TrimSpace(parts[0])), strings.TrimSpace(value), true
}

// splitOutside splits text where a mark stands that is neither in quotes nor in
// braces.
func splitOutside(text string, mark rune) []string {
	var parts []string
	from, depth, quote := 0, 0, rune(0)
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case (r == '"' || r == '\'') && begins(text[:i]):
			quote = r
		case r == '{':
			depth++
		case r == '}':
			depth--
		case r == mark && depth == 0:
			parts, from = append(parts, text[from:i]), i+len(string(mark))
		}
	}
	return append(parts, text[from:])
}

// begins tells whether a value can begin after that text: a quote in the middle
// of a word is a letter.
func begins(text string) bool {
	text = strings.TrimRight(text, " \t")
	return text == "" || strings.ContainsAny(text[len(text)-1:], "{:,")
}

// braces is how many braces are open at the end.
func braces(text string) int { return strings.Count(text, "{") - strings.Count(text, "}") }

func unquote(value string) string {
	if evidence.Quoted(value) {
		return value[1 : len(value)-1]
	}
	return value
}

// withoutComment cuts a comment off: # at the beginning, or after a space, and
// not in quotes.
func withoutComment(line string) string {
	quote := rune(0)
	for i, r := range line {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case (r == '"' || r == '\'') && begins(line[:i]) && strings.ContainsRune(line[i+1:], r):
			quote = r
		case r == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
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
	ticket := investigation.TicketOf(e.Processes[0].Stderr.String(), e.Spans())
	return a.compare(e, []question{
		{"complaint.ticket", ticket, "It is the ticket of another visitor. Take the trace_id of the line with \"complains\" that your traffic with this seed writes, search for that trace, and read the attributes of its first span."},
	})
}

// Slow expects the service that is slow, and when.
func (a *Findings) Slow(e *Evidence) *Miss {
	t := investigation.Find(e.Spans()).Slow
	return a.compare(e, []question{
		{"slow.service", t.Service, "Look at the longest traces. A long span is slow itself only where no span below it fills the time."},
		{"slow.attribute", t.Key, "The service is right. Compare the attributes of its long spans with those of its short ones: one key tells them apart."},
		{"slow.value", t.Value, "Service and attribute are right. Read the value again, on a span of that service that is long by itself."},
	})
}

// Failing expects the operation that fails for one caller in a way of its own,
// who that is, and the event that tells so.
func (a *Findings) Failing(e *Evidence) *Miss {
	t := investigation.Find(e.Spans()).Failing
	return a.compare(e, []question{
		{"failing.service", t.Service, "Errors climb up to whoever asked. Follow the red spans down to the last one: below it nothing failed. Do so in several traces, since there is more than one place where errors begin."},
		{"failing.operation", t.Operation, "The service is right. Its operation is the name of the server's span, method and all."},
		{"failing.caller", t.Caller, "The operation is right. It fails for all who ask, but for one of them in another way, too. The span above a failing one says who asked."},
		{"failing.event", t.Event, "Only the event is still wrong. Compare the events of this caller's failing spans with those of the other callers', and of spans that went well."},
	})
}

// Repeated expects the call that is made again and again, and how often.
func (a *Findings) Repeated(e *Evidence) *Miss {
	t := investigation.Find(e.Spans()).Repeated
	return a.compare(e, []question{
		{"repeated.caller", t.Caller, "Look for a span below which the same call is made again and again, like stairs: the servers' spans there have one name and one service."},
		{"repeated.service", t.Service, "The caller is right. Below each of its repeated client spans is a server's span: see whose."},
		{"repeated.operation", t.Operation, "Both services are right. The operation is the name of the repeated server's span, method and all."},
		{"repeated.times", strconv.Itoa(t.Times), "The call is right. Count its spans below one parent, in a single trace."},
	})
}

// readable expects that there are answers to a seed, and that its traffic came.
func (a *Findings) readable(e *Evidence) *Miss {
	if a.err != nil {
		return &Miss{What: evidence.WrongFinding, Key: "file", Says: sentence(a.err.Error())}
	}
	if _, ok := a.Seed(); !ok {
		says := fmt.Sprintf("%s names no seed.", a.file)
		if a.values["seed"] != "" {
			says = fmt.Sprintf("The seed %q in %s is not a number.", a.values["seed"], a.file)
		}
		return &Miss{What: evidence.WrongFinding, Name: "seed", Says: says}
	}
	if traffic := e.Processes[0]; traffic.ExitCode() != 0 {
		return &Miss{What: evidence.NotReported, Says: "The traffic of your seed did not get through."}
	}
	if len(e.Spans()) == 0 {
		return &Miss{What: evidence.NotReported, Says: "The traffic left no trace in Jaeger."}
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
		if investigation.SameAnswer(given, q.right) {
			continue
		}
		miss := &Miss{What: evidence.WrongFinding, Name: q.key, Got: given, Want: q.nudge}
		miss.Says = fmt.Sprintf("%s: %s says %s, and the traces of this seed say otherwise.", q.key, a.file, evidence.Show(given))
		if given == "" {
			miss.Says = fmt.Sprintf("%s has no answer to %s yet.", a.file, q.key)
		}
		return miss
	}
	return nil
}
