package cause

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/investigation"
)

// answerCauses are of an investigation that is not over. What they say is a
// nudge, never an answer.
var answerCauses = []Cause{
	{
		name: "answers-unreadable",
		of:   shortfalls{evidence.WrongFinding},
		fact: "what keeps the file from being read",
		witness: func(f *Fault) string {
			if f.Key != "file" {
				return ""
			}
			return "The answers are lines of a name, a colon and a value; what belongs to a question is indented by two spaces."
		},
		next: "Mend that line.",
	},
	{
		name: "seed-missing",
		of:   shortfalls{evidence.WrongFinding},
		fact: "a file without a seed",
		witness: func(f *Fault) string {
			if f.Name != "seed" {
				return ""
			}
			return "Each seed has its own trouble, and the check sends the traffic of yours once more to compare."
		},
		next: "Run the traffic, and write the seed that it prints into answers.yaml, as in seed: 4711.",
	},
	{
		name: "answer-missing",
		of:   shortfalls{evidence.WrongFinding},
		fact: "an answer that is empty",
		witness: func(f *Fault) string {
			if f.Got != "" {
				return ""
			}
			return "This question is still open."
		},
		next: "Look at the traces that your traffic left: in the pages of Jaeger, or with go run ./workshop traces -from http://127.0.0.1:16686.",
	},
	{
		name:    "answer-unknown",
		of:      shortfalls{evidence.WrongFinding},
		fact:    "an answer that no span has",
		refines: []string{"answer-has-no-trouble"},
		witness: func(f *Fault) string {
			given, _ := f.Got.(string)
			return f.isUnknown(given)
		},
		next: "Copy the name as the spans have it, from the traces of the seed in answers.yaml.",
	},
	{
		name: "answer-has-no-trouble",
		of:   shortfalls{evidence.WrongFinding},
		fact: "an answer whose spans do not have the trouble that is asked for",
		witness: func(f *Fault) string {
			given, _ := f.Got.(string)
			return f.isHealthy(given)
		},
		next: "Begin with the traces that have the trouble, and follow them down.",
	},
	{
		name:    "answer-only-waits",
		of:      shortfalls{evidence.WrongFinding},
		fact:    "an answer that is a service which waits for the right one",
		refines: []string{"answer-has-no-trouble"},
		witness: func(f *Fault) string {
			given, _ := f.Got.(string)
			if !f.onlyWaits(given) {
				return ""
			}
			return fmt.Sprintf("The spans of %s are long, but most of the time they wait for the span below them. %s", given, f.Want)
		},
		next: "Go down from the long span to its children, until one is long and has no child that explains it.",
	},
	{
		name:    "answer-is-symptom",
		of:      shortfalls{evidence.WrongFinding},
		fact:    "an answer that is a span above the right one",
		refines: []string{"answer-has-no-trouble"},
		witness: func(f *Fault) string {
			given, _ := f.Got.(string)
			if !f.isSymptom(given) {
				return ""
			}
			return fmt.Sprintf("%s does answer with errors, but it only passes on what it got. %s", given, f.Want)
		},
		next: "Go down along the spans with an error, to the one that has no other below it.",
	},
	{
		name:    "answer-is-common",
		of:      shortfalls{evidence.WrongFinding},
		fact:    "spans that have what the answer says, without the trouble",
		refines: []string{"answer-has-no-trouble"},
		witness: func(f *Fault) string {
			given, _ := f.Got.(string)
			return f.isCommon(given)
		},
		next: "Put what has the trouble and what has not side by side: what both have is not the reason.",
	},
	{
		name:    "answer-wrong",
		of:      shortfalls{evidence.WrongFinding},
		general: true,
		witness: func(f *Fault) string {
			if given, _ := f.Got.(string); given == "" {
				return ""
			}
			return fmt.Sprint(f.Want)
		},
		next: "Go back to the traces of this seed, and look again before you answer.",
	},
}

// onlyWaits tells whether the service that was given as the slow one waits for
// others.
func (f *Fault) onlyWaits(given string) bool {
	return f.Name == "slow.service" && investigation.Waits(spans.Group(f.Evidence.Held), strings.ToLower(given))
}

// isSymptom tells whether what was given as failing only passes on an error.
func (f *Fault) isSymptom(given string) bool {
	return slices.Contains([]string{"failing.service", "failing.operation"}, f.Name) && investigation.Symptom(spans.Group(f.Evidence.Held), f.Name, given)
}

// isUnknown says of what was given that the traffic has nothing of that name.
func (f *Fault) isUnknown(given string) string {
	_, what, _ := strings.Cut(f.Name, ".")
	if what == "caller" {
		what = "service"
	}
	names := map[string]func(spans.Span) []string{
		"service":   func(s spans.Span) []string { return []string{s.Service()} },
		"operation": func(s spans.Span) []string { return []string{s.Name} },
		"event":     eventNames,
		"attribute": attributeKeys,
		"ticket":    func(s spans.Span) []string { return []string{fmt.Sprint(s.Attributes.Get("ticket.number"))} },
	}[what]
	if names == nil || given == "" {
		return ""
	}
	for _, s := range f.Evidence.Held {
		if slices.ContainsFunc(names(s), func(name string) bool { return investigation.SameAnswer(given, name) }) {
			return ""
		}
	}
	if what == "ticket" {
		return fmt.Sprintf("No visitor of this seed has the ticket %q. Are the answers about the traffic of this seed?", given)
	}
	return fmt.Sprintf("No span in the traffic of this seed has the %s %q.", what, given)
}

func eventNames(s spans.Span) (names []string) {
	for _, e := range s.Events {
		names = append(names, e.Name)
	}
	return names
}

func attributeKeys(s spans.Span) (keys []string) {
	for _, a := range s.Attributes {
		keys = append(keys, a.Key)
	}
	return keys
}

// isHealthy says of what was given that it does not have the trouble that is
// asked for. It may have one that looks like it.
func (f *Fault) isHealthy(given string) string {
	traces := spans.Group(f.Evidence.Held)
	truth := investigation.Find(f.Evidence.Held)
	if given == "" {
		return ""
	}
	failures, _ := investigation.FailuresOf(traces)
	fails := func(is func(investigation.Failing) bool) bool {
		return slices.ContainsFunc(slices.Collect(maps.Keys(failures)), is)
	}
	switch f.Name {
	case "slow.service":
		for service, all := range investigation.OwnTimes(traces) {
			if _, slow := investigation.UsualAndSlow(all); investigation.SameAnswer(given, service) {
				return fmt.Sprintf("Nine of ten spans of %s take %s or less themselves.", service, slow.Round(time.Millisecond))
			}
		}
	case "failing.service":
		if !fails(func(t investigation.Failing) bool { return investigation.SameAnswer(given, t.Service) }) {
			return fmt.Sprintf("No span of %s fails.", given)
		}
	case "failing.operation":
		if !fails(func(t investigation.Failing) bool {
			return t.Service == truth.Failing.Service && investigation.SameAnswer(given, t.Operation)
		}) {
			return fmt.Sprintf("The service is right, and errors begin in it, but none in %s.", given)
		}
	case "repeated.operation":
		for c := range investigation.CallsOf(traces) {
			if c.Times > 1 && c.Caller == truth.Repeated.Caller && c.Service == truth.Repeated.Service && investigation.SameAnswer(given, c.Operation) {
				return ""
			}
		}
		return fmt.Sprintf("Both services are right, but %s does not call %s there more than once.", truth.Repeated.Caller, given)
	}
	return ""
}

// isCommon says of what was given that those who have no trouble have it, too.
// Of anything else it says nothing.
func (f *Fault) isCommon(given string) string {
	traces := spans.Group(f.Evidence.Held)
	switch f.Name {
	case "slow.attribute":
		slow := investigation.Find(f.Evidence.Held).Slow
		value, ofSlow, ofQuick := investigation.CommonTrait(traces, slow.Service, given)
		if value == "" || ofSlow < 0.5 || ofQuick < 0.5 {
			return ""
		}
		return fmt.Sprintf("%.0f %% of the slow spans have %s = %s, and so have %.0f %% of the quick ones. The service is right; what is asked for, only its slow spans have.", 100*ofSlow, given, value, 100*ofQuick)
	case "failing.service", "failing.operation":
		return commonFailure(traces, f.Name, given)
	case "failing.event":
		if slices.ContainsFunc(f.Evidence.Held, func(s spans.Span) bool {
			return s.Status.Code != spans.StatusError && slices.ContainsFunc(s.Events, func(e spans.Event) bool { return investigation.SameAnswer(given, e.Name) })
		}) {
			return fmt.Sprintf("Spans that went well have the event %s, too. What is asked for, only failing spans of one caller have.", given)
		}
		return commonFailure(traces, f.Name, given)
	}
	return ""
}

// commonFailure says whose calls fail alike, if what was given is a failure of
// more than one caller.
func commonFailure(traces []spans.Trace, key, given string) string {
	failures, _ := investigation.FailuresOf(traces)
	truth := investigation.FindFailing(traces)
	var says []string
	for f := range failures {
		callers := investigation.CallersOf(failures, f)
		means := map[string]bool{
			"failing.service":   investigation.SameAnswer(given, f.Service),
			"failing.operation": investigation.SameAnswer(given, f.Operation),
			"failing.event":     investigation.SameAnswer(given, f.Event) && f.Service == truth.Service && f.Operation == truth.Operation,
		}
		if means[key] && len(callers) > 1 {
			says = append(says, fmt.Sprintf("%s of %s fails with %s, whoever asks: %s. What is asked for strikes one caller alone.", f.Operation, f.Service, f.Event, strings.Join(callers, ", ")))
		}
	}
	if len(says) == 0 {
		return ""
	}
	return slices.Min(says)
}
