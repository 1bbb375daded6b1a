package tracecheck

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// Expectation looks at the evidence. It gives nil if nothing is wrong.
type Expectation func(*Evidence) *Miss

// All expects everything of it; the first that falls short is the miss, and one
// that is sure goes before one that is not.
func All(expectations ...Expectation) Expectation {
	return func(e *Evidence) *Miss {
		var unsure *Miss
		for _, expect := range expectations {
			miss := expect(e)
			if miss != nil && !miss.Unsure {
				return miss
			}
			unsure = cmp.Or(unsure, miss)
		}
		return unsure
	}
}

// OneSpan expects that exactly one span arrived, that it has this name, and
// that it is as the traits say.
func OneSpan(name string, traits ...Trait) Expectation {
	return func(e *Evidence) *Miss {
		all, named := e.Spans(), e.Named(name)
		if len(named) == 0 {
			return &Miss{What: evidence.NoSpan, Name: name, Says: noSpan(name, all)}
		}
		if len(all) > 1 {
			return &Miss{What: evidence.ExtraSpan, Name: name, Span: &all[len(all)-1],
				Says: fmt.Sprintf("%d spans arrived instead of one: %s.", len(all), names(all))}
		}
		return firstMiss(named[0], traits)
	}
}

// TheSpan expects that exactly one span of this name arrived, whatever else
// did, and that it is as the traits say.
func TheSpan(name string, traits ...Trait) Expectation {
	return func(e *Evidence) *Miss {
		named := e.Named(name)
		switch len(named) {
		case 0:
			return missingNamed(e, name)
		case 1:
			return firstMiss(named[0], traits)
		}
		return &Miss{What: evidence.ExtraSpan, Name: name, Span: &named[1],
			Says: fmt.Sprintf("%d spans called %s arrived instead of one.", len(named), name)}
	}
}

func noSpan(name string, arrived []spans.Span) string {
	if len(arrived) == 0 {
		return fmt.Sprintf("No span arrived; one called %s was expected.", name)
	}
	return fmt.Sprintf("No span called %s arrived, but %s.", name, names(arrived))
}

// names lists the names of spans, the first few of them.
func names(all []spans.Span) string {
	const most = 4
	var list []string
	for _, s := range all[:min(most, len(all))] {
		list = append(list, evidence.Show(s.Name))
	}
	if len(all) > most {
		list = append(list, fmt.Sprintf("%d more", len(all)-most))
	}
	return strings.Join(list, ", ")
}

// Trait is something that must be true of one span.
type Trait func(spans.Span) *Miss

// Attr expects an attribute. The type of want counts: a string, bool, int or
// float64.
func Attr(key string, want any) Trait {
	return func(s spans.Span) *Miss {
		return compare(fmt.Sprintf("The %s span", s.Name), s.Attributes, key, want)
	}
}

// compare expects key with the value want in attributes, whose owner is named
// as the beginning of a sentence.
func compare(owner string, attributes spans.Attributes, key string, want any) *Miss {
	if n, ok := want.(int); ok {
		want = int64(n)
	}
	got := attributes.Get(key)
	switch {
	case got == nil:
		return &Miss{What: evidence.NoAttribute, Key: key,
			Says: fmt.Sprintf("%s has no attribute %s.", owner, key)}
	case evidence.TypeName(got) != evidence.TypeName(want):
		return &Miss{What: evidence.WrongType, Key: key, Got: got,
			Says: fmt.Sprintf("%s has %s = %s, which is %s; %s is wanted.", owner, key, evidence.Show(got), evidence.TypeName(got), evidence.TypeName(want))}
	case got != want:
		return &Miss{What: evidence.WrongValue, Key: key, Got: got,
			Says: fmt.Sprintf("%s has %s = %s; %s is wanted.", owner, key, evidence.Show(got), evidence.Show(want))}
	}
	return nil
}

// Event expects an event with these attributes, given as key and value in turn.
func Event(name string, pairs ...any) Trait {
	return func(s spans.Span) *Miss {
		event := s.Event(name)
		if event == nil {
			return &Miss{What: evidence.NoEvent, Name: name,
				Says: fmt.Sprintf("The %s span has no event called %s.", s.Name, name)}
		}
		for i := 0; i+1 < len(pairs); i += 2 {
			owner := fmt.Sprintf("The event %s", name)
			if miss := compare(owner, event.Attributes, pairs[i].(string), pairs[i+1]); miss != nil {
				miss.Name = name
				return miss
			}
		}
		return nil
	}
}

// Failed expects that the span tells of an error: with an exception event
// (semantic conventions, Exceptions on spans) and with the status Error.
func Failed(s spans.Span) *Miss {
	exception := s.Event("exception")
	failed := s.Status.Code == spans.StatusError
	switch {
	case exception == nil && !failed:
		return &Miss{What: evidence.NoException, Name: "exception",
			Says: fmt.Sprintf("The %s span does not show that anything went wrong.", s.Name)}
	case exception == nil:
		return &Miss{What: evidence.NoException, Name: "exception",
			Says: fmt.Sprintf("The %s span has the status Error, but no event that tells the error.", s.Name)}
	case !failed:
		return &Miss{What: evidence.NoStatus,
			Says: fmt.Sprintf("The %s span tells the error, but its status is not Error.", s.Name)}
	}
	return nil
}

// Ended expects that the span ends after it starts.
func Ended(s spans.Span) *Miss {
	if s.End.Before(s.Start) {
		return &Miss{What: evidence.WrongValue, Key: "end time",
			Says: fmt.Sprintf("The %s span ends before it starts.", s.Name)}
	}
	return nil
}

// Resource expects a resource attribute. A nil want accepts any value that is
// a string and not empty.
func Resource(key string, want any) Trait {
	return func(s spans.Span) *Miss {
		got := s.Resource.Get(key)
		if text, ok := got.(string); want == nil && ok && text != "" {
			return nil
		}
		if want != nil && got == want {
			return nil
		}
		says := fmt.Sprintf("The resource has no %s.", key)
		switch {
		case got != nil && want == nil:
			says = fmt.Sprintf("The resource has %s = %s; a string that is not empty is wanted.", key, evidence.Show(got))
		case got != nil:
			says = fmt.Sprintf("The resource has %s = %s; %s is wanted.", key, evidence.Show(got), evidence.Show(want))
		}
		return &Miss{What: evidence.NoResource, Key: key, Got: got, Says: says}
	}
}

// ExitCode expects that the first program exits with this code.
func ExitCode(want int) Expectation {
	return func(e *Evidence) *Miss {
		p := e.Program()
		if got := p.ExitCode(); got != want {
			return &Miss{What: evidence.WrongExit, Got: got, Says: fmt.Sprintf("Your program %s; exit code %d is wanted.", p.Exit(), want)}
		}
		return nil
	}
}

// Prints expects this text on the first program's stdout.
func Prints(text string) Expectation {
	return func(e *Evidence) *Miss {
		if strings.Contains(e.Program().Stdout.String(), text) {
			return nil
		}
		return &Miss{What: evidence.WrongOutput, Says: fmt.Sprintf("Your program does not print %q.", text)}
	}
}

// PrintsNoSpans expects that no span is on stdout.
func PrintsNoSpans(e *Evidence) *Miss {
	if len(e.Printed) == 0 {
		return nil
	}
	return &Miss{What: evidence.WrongOutput, Span: &e.Printed[0], Says: "Your program prints spans on stdout."}
}

// complains expects something on the first program's stderr.
func complains(e *Evidence) *Miss {
	if len(e.Program().Stderr.Lines()) > 0 {
		return nil
	}
	return &Miss{What: evidence.WrongOutput, Name: "stderr", Says: "Your program writes nothing to stderr."}
}

// ComplainsUnlike expects something on the first program's stderr that is not
// there in another play, in which all goes well, and that there no error is
// reported that is none. A program may say more on stderr than what is wrong.
func ComplainsUnlike(well *Play) Expectation {
	return func(e *Evidence) *Miss {
		if miss := complains(e); miss != nil {
			return miss
		}
		other, err := well.await()
		if err != nil {
			return nil // the checks after that play say so
		}
		usual := other.Program().Stderr.Lines()
		if i := slices.IndexFunc(usual, func(line string) bool { return strings.Contains(line, "<nil>") }); i >= 0 {
			return &Miss{What: evidence.WrongOutput, Name: "stderr", Got: usual[i],
				Says: fmt.Sprintf("Your program writes %s to stderr also when all goes well.", evidence.Show(strings.TrimSpace(usual[i])))}
		}
		for i, line := range usual {
			usual[i] = moments.ReplaceAllString(line, "")
		}
		for _, line := range e.Program().Stderr.Lines() {
			if !slices.Contains(usual, moments.ReplaceAllString(line, "")) {
				return nil
			}
		}
		return &Miss{What: evidence.WrongOutput, Name: "stderr",
			Says: "Your program writes to stderr what it writes when all goes well, and nothing else."}
	}
}

// moments are the dates, times, durations, and ids of spans and traces in a line,
// which differ from run to run.
var moments = regexp.MustCompile(`\d+([-:/.]\d+)+\S*|\d+(\.\d+)?(ns|µs|ms|s)\b|\b[0-9a-f]{16}([0-9a-f]{16})?\b`)

// EndsWithin expects that every program runs no longer than this.
func EndsWithin(limit time.Duration) Expectation {
	return func(e *Evidence) *Miss {
		slow := slices.IndexFunc(e.Processes, func(p *Process) bool { return p.Elapsed > limit })
		if slow < 0 {
			return nil
		}
		return &Miss{What: evidence.TooSlow, Says: fmt.Sprintf("Your program took longer than %v to end.", limit)}
	}
}

// firstMiss gives the miss of the first trait that the span lacks.
func firstMiss(s spans.Span, traits []Trait) *Miss {
	for _, trait := range traits {
		if miss := trait(s); miss != nil {
			miss.Span = &s
			return miss
		}
	}
	return nil
}
