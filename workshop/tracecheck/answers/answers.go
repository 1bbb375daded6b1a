// Package answers compares what a learner found out about the traffic of step 5,
// in a file of YAML, with what its spans say.
package answers

import (
	"cmp"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/investigation"
)

// Answers are what the learner found out about the traffic of a seed.
type Answers struct {
	file   string
	values map[string]string // "slow.service" -> "basel"
	err    error
}

// Read reads answers from a file of YAML. What is wrong with the file is said by
// the expectations.
func Read(files fs.FS, name string) *Answers {
	a := &Answers{file: name, values: map[string]string{}}
	content, err := fs.ReadFile(files, name)
	if err != nil {
		a.err = err
		return a
	}
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		a.err = a.explain(err, strings.Split(string(content), "\n"))
		return a
	}
	for _, root := range document.Content {
		a.err = a.take("", root)
	}
	return a
}

var yamlError = regexp.MustCompile(`^yaml: line (\d+): (.*)$`)

// explain names the line of an error of YAML. The parser, unlike the scanner,
// counts them from 0, and has strange words for a tab.
func (a *Answers) explain(err error, lines []string) error {
	match := yamlError.FindStringSubmatch(err.Error())
	if match == nil {
		return fmt.Errorf("%s is not of the form name: answer: %w", a.file, err)
	}
	line, _ := strconv.Atoi(match[1])
	if strings.HasPrefix(match[2], "did not find expected") {
		line++
	}
	if line <= len(lines) && strings.HasPrefix(lines[line-1], "\t") {
		match[2] = "it is indented by a tab, and YAML takes spaces alone"
	}
	return fmt.Errorf("line %d of %s is not of the form name: answer: %s", line, a.file, match[2])
}

// take notes the answers in a mapping, those of one inside of it with the name of
// that in front. An answer counts as it is written: 007 is not 7.
func (a *Answers) take(prefix string, node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d of %s is not of the form name: answer: %s", node.Line, a.file, cmp.Or(text.Excerpt(node.Value, 60), "a list"))
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := prefix+node.Content[i].Value, node.Content[i+1]
		switch {
		case value.Kind == yaml.ScalarNode && value.Tag == "!!null":
			a.values[key] = ""
		case value.Kind == yaml.ScalarNode:
			a.values[key] = strings.TrimSpace(value.Value)
		default:
			if err := a.take(key+".", value); err != nil {
				return err
			}
		}
	}
	return nil
}

// Seed is the seed of the traffic that the answers are about, and whether there
// is one.
func (a *Answers) Seed() (string, bool) {
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
func (a *Answers) Complaint(e *evidence.Evidence) *evidence.Miss {
	if miss := a.readable(e); miss != nil {
		return miss
	}
	ticket := investigation.TicketOf(e.Program().Stderr.String(), e.Spans())
	return a.compare(e, []question{
		{"complaint.ticket", ticket, "It is the ticket of another visitor. Take the trace_id of the line with \"complains\" that your traffic with this seed writes, search for that trace, and read the attributes of its first span."},
	})
}

// Slow expects the service that is slow, and when.
func (a *Answers) Slow(e *evidence.Evidence) *evidence.Miss {
	t := investigation.Find(e.Spans()).Slow
	return a.compare(e, []question{
		{"slow.service", t.Service, "Look at the longest traces. A long span is slow itself only where no span below it fills the time."},
		{"slow.attribute", t.Key, "The service is right. Compare the attributes of its long spans with those of its short ones: one key tells them apart."},
		{"slow.value", t.Value, "Service and attribute are right. Read the value again, on a span of that service that is long by itself."},
	})
}

// Failing expects the operation that fails for one caller in a way of its own,
// who that is, and the event that tells so.
func (a *Answers) Failing(e *evidence.Evidence) *evidence.Miss {
	t := investigation.Find(e.Spans()).Failing
	return a.compare(e, []question{
		{"failing.service", t.Service, "Errors climb up to whoever asked. Follow the red spans down to the last one: below it nothing failed. Do so in several traces, since there is more than one place where errors begin."},
		{"failing.operation", t.Operation, "The service is right. Its operation is the name of the server's span, method and all."},
		{"failing.caller", t.Caller, "The operation is right. It fails for all who ask, but for one of them in another way, too. The span above a failing one says who asked."},
		{"failing.event", t.Event, "Only the event is still wrong. Compare the events of this caller's failing spans with those of the other callers', and of spans that went well."},
	})
}

// Repeated expects the call that is made again and again, and how often.
func (a *Answers) Repeated(e *evidence.Evidence) *evidence.Miss {
	t := investigation.Find(e.Spans()).Repeated
	return a.compare(e, []question{
		{"repeated.caller", t.Caller, "Look for a span below which the same call is made again and again, like stairs: the servers' spans there have one name and one service."},
		{"repeated.service", t.Service, "The caller is right. Below each of its repeated client spans is a server's span: see whose."},
		{"repeated.operation", t.Operation, "Both services are right. The operation is the name of the repeated server's span, method and all."},
		{"repeated.times", strconv.Itoa(t.Times), "The call is right. Count its spans below one parent, in a single trace."},
	})
}

// readable expects that there are answers to a seed, and that its traffic came.
func (a *Answers) readable(e *evidence.Evidence) *evidence.Miss {
	if a.err != nil {
		return &evidence.Miss{What: evidence.WrongFinding, Key: "file", Says: text.Sentence(a.err.Error())}
	}
	if _, ok := a.Seed(); !ok {
		says := fmt.Sprintf("%s names no seed.", a.file)
		if a.values["seed"] != "" {
			says = fmt.Sprintf("The seed %q in %s is not a number.", a.values["seed"], a.file)
		}
		return &evidence.Miss{What: evidence.WrongFinding, Name: "seed", Says: says}
	}
	if traffic := e.Program(); traffic.ExitCode() != 0 {
		return &evidence.Miss{What: evidence.NotReported, Says: "The traffic of your seed did not get through."}
	}
	if len(e.Spans()) == 0 {
		return &evidence.Miss{What: evidence.NotReported, Says: "The traffic left no trace in Jaeger."}
	}
	return nil
}

// compare gives a miss for the first question whose answer is missing or wrong.
func (a *Answers) compare(e *evidence.Evidence, questions []question) *evidence.Miss {
	if miss := a.readable(e); miss != nil {
		return miss
	}
	for _, q := range questions {
		given := a.values[q.key]
		if investigation.SameAnswer(given, q.right) {
			continue
		}
		miss := &evidence.Miss{What: evidence.WrongFinding, Name: q.key, Got: given, Want: q.nudge}
		miss.Says = fmt.Sprintf("%s: %s says %s, and the traces of this seed say otherwise.", q.key, a.file, evidence.Show(given))
		if given == "" {
			miss.Says = fmt.Sprintf("%s has no answer to %s yet.", a.file, q.key)
		}
		return miss
	}
	return nil
}
