package cause

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
)

// spanCauses are of spans that arrive and do not say what they should.
var spanCauses = []Cause{
	{
		name: "attributes-on-event",
		of:   shortfalls{evidence.NoAttribute},
		fact: "the attribute on an event of the span",
		witness: func(f *Fault) string {
			if f.Span == nil || f.Name != "" {
				return ""
			}
			for _, event := range f.Span.Events {
				if event.Attributes.Get(f.Key) != nil {
					return fmt.Sprintf("%s is an attribute of the event %s. What is true of all the work belongs to the span.", f.Key, event.Name)
				}
			}
			return ""
		},
		next: "Set it with span.SetAttributes.",
	},
	{
		name: "attribute-on-wrong-span",
		of:   shortfalls{evidence.NoAttribute},
		fact: "the attribute on a span of another name, of the same service and trace",
		witness: func(f *Fault) string {
			if f.Span == nil || f.Name != "" || len(f.Source.Named(f.Key)) == 0 {
				return ""
			}
			for _, s := range f.Evidence.Spans() {
				if s.TraceID == f.Span.TraceID && s.Service() == f.Span.Service() && s.Name != f.Span.Name && s.Attributes.Get(f.Key) != nil {
					return fmt.Sprintf("%s is on the span %q. trace.SpanFromContext gives the span of the context that it is given, and before Start that is the one above.", f.Key, s.Name)
				}
			}
			return ""
		},
		next: "Set it on the span that Start gave you, or hand it to Start in trace.WithAttributes.",
	},
	{
		name:    "ended-too-early",
		of:      shortfalls{evidence.NoAttribute, evidence.NoEvent, evidence.NoException, evidence.NoStatus, evidence.WrongStatus},
		refines: []string{"ended-before-children", "error-without-status"},
		fact:    "where the span ended, and a line after that which adds to it",
		witness: func(f *Fault) string {
			end, later := f.endedTooEarly()
			if end == "" {
				return ""
			}
			return fmt.Sprintf("The span ends at %s, and %s comes after that. A span that has ended is sealed: what is added later is dropped without a word.", end, later)
		},
		next: "End the span when its work is done: defer span.End() right after Start.",
	},
	{
		name: "attribute-key-misspelt",
		of:   shortfalls{evidence.NoAttribute},
		fact: "an attribute whose key is nearly the same, and none is so called in the source",
		witness: func(f *Fault) string {
			for _, attr := range f.attributesInQuestion() {
				if attr.Key != f.Key && similar(attr.Key, f.Key) && len(f.Source.Named(f.Key)) == 0 {
					return fmt.Sprintf("There is %s, which looks like %s. A query for the one does not find the other.", attr.Key, f.Key)
				}
			}
			return ""
		},
		next: "Write the key exactly as the lesson does.",
	},
	{
		name:    "attribute-missing",
		of:      shortfalls{evidence.NoAttribute},
		general: true,
		witness: func(f *Fault) string {
			if f.dropped() != "" {
				return ""
			}
			if places := f.Source.Named(f.Key); len(places) > 0 {
				if f.Name != "" {
					return fmt.Sprintf("%s is in the source (%s), and did not arrive on this event.", f.Key, some(places))
				}
				return fmt.Sprintf("%s is in the source (%s), and did not arrive on this span.%s", f.Key, some(places), f.whereEnded())
			}
			return fmt.Sprintf("Nothing sets %s on this way through the program.", f.Key)
		},
		next: "Set the attribute as soon as its value is known.",
	},
	{
		name: "attribute-wrong-type",
		of:   shortfalls{evidence.WrongType},
		fact: "the type of the attribute",
		witness: func(f *Fault) string {
			return fmt.Sprintf("%s arrives as %s. A backend believes the type: it will not search, sort or add it up as what it really is.", f.Key, evidence.TypeName(f.Got))
		},
		next: "Use the constructor of the right type: attribute.Int, attribute.String, attribute.Bool, attribute.Float64.",
	},
	{
		name: "attribute-wrong-value",
		of:   shortfalls{evidence.WrongValue},
		fact: "the value of the attribute",
		witness: func(f *Fault) string {
			return fmt.Sprintf("%s is set, but to another value than this run should give.", f.Key)
		},
		next: "Check which variable the value comes from.",
	},
	{
		name:    "attribute-value-cut",
		of:      shortfalls{evidence.WrongValue},
		fact:    "a value that is the beginning of the one that is wanted",
		refines: []string{"attribute-wrong-value"},
		witness: func(f *Fault) string {
			got, isText := f.Got.(string)
			whole := f.wanted()
			if !isText || got == "" || len(got) >= len(whole) || !strings.HasPrefix(whole, got) {
				return ""
			}
			return fmt.Sprintf("%s is the beginning of %s: the value is cut. The SDK does that where the span limits of the provider have an AttributeValueLengthLimit.", evidence.Show(got), evidence.Show(whole))
		},
		next: "Leave AttributeValueLengthLimit out of the span limits, or make it larger; if there is none, look for what cuts the value in the program.",
	},
	{
		name:    "ended-before-start",
		of:      shortfalls{evidence.WrongValue},
		fact:    "the start and the end of the span",
		refines: []string{"attribute-wrong-value"},
		witness: func(f *Fault) string {
			if f.Key != "end time" || f.Span == nil || !f.Span.End.Before(f.Span.Start) {
				return ""
			}
			says := fmt.Sprintf("The span ends %s before it starts, so its duration is negative.", f.Span.Start.Sub(f.Span.End).Round(time.Millisecond))
			if calls := f.Source.Calls("WithTimestamp"); len(calls) > 0 {
				says += fmt.Sprintf(" The program gives a span a time of its own%s.", f.Source.Places(calls))
			}
			return says
		},
		next: "Leave the times to Start and End, or give both of them times of the work itself.",
	},
	{
		name:    "event-missing",
		of:      shortfalls{evidence.NoEvent},
		general: true,
		witness: func(f *Fault) string {
			if f.dropped() != "" {
				return ""
			}
			if f.Span != nil && len(f.Span.Events) > 0 {
				return fmt.Sprintf("The span has an event %q, but none called %q.", f.Span.Events[0].Name, f.Name)
			}
			if places := f.Source.Named(f.Name); len(places) > 0 {
				return fmt.Sprintf("%s is in the source (%s), and no such event arrived on this span.%s", f.Name, some(places), f.whereEnded())
			}
			return "Nothing adds this event to the span on this way through the program."
		},
		next: "Call span.AddEvent at the moment when it happens.",
	},
	{
		name: "status-without-error",
		of:   shortfalls{evidence.NoException},
		fact: "the status Error, and no exception",
		witness: func(f *Fault) string {
			if f.Span == nil || f.Span.Status.Code != spans.StatusError {
				return ""
			}
			return "SetStatus marks the span as failed, but what failed is not recorded: no exception event."
		},
		next: "Call span.RecordError(err) as well.",
	},
	{
		name: "status-ok-is-final",
		of:   shortfalls{evidence.NoStatus, evidence.WrongStatus},
		fact: "the status Ok, where Error is wanted",
		witness: func(f *Fault) string {
			if f.Span == nil || f.Span.Status.Code != spans.StatusOK || f.What == evidence.WrongStatus && f.Want != spans.StatusError {
				return ""
			}
			// Which of them came first cannot be seen (specification of the API, Set Status).
			return "The status of the span is Ok. To the SDK an Ok outweighs an Error: one that was set before it is replaced, and one that comes later is ignored."
		},
		next: "Leave the status alone where all goes well, and set it to codes.Error when something fails.",
	},
	{
		name: "error-without-status",
		of:   shortfalls{evidence.NoStatus},
		fact: "the exception, and no status",
		witness: func(f *Fault) string {
			if f.Span == nil || f.Span.Status.Code != spans.StatusUnset {
				return ""
			}
			return "RecordError only adds an event. The status stays unset, so the span counts as a success and no backend marks it red."
		},
		next: "Call span.SetStatus(codes.Error, err.Error()) as well.",
	},
	{
		name:    "error-not-recorded",
		of:      shortfalls{evidence.NoException},
		general: true,
		witness: func(f *Fault) string {
			if f.dropped() != "" {
				return ""
			}
			says := "The program fails, and its span looks as if all went well: the error is not on it."
			if places := f.Source.Calls("RecordError"); len(places) > 0 {
				says += fmt.Sprintf(" RecordError is in the source%s.%s", f.Source.Places(places[:min(mostPlaces, len(places))]), f.whereEnded())
			}
			return says
		},
		next: "Where the error is known, call span.RecordError(err) and span.SetStatus(codes.Error, err.Error()).",
	},
	{
		name:    "wrong-exit-code",
		of:      shortfalls{evidence.WrongExit},
		general: true,
		witness: func(f *Fault) string {
			return "The trace is one thing, what the shell sees is another: the exit code has to tell the truth as well."
		},
		next: "Return the error from run when the journey fails, and nil when it went well: main makes the exit code of it.",
	},
}

// dropped tells, in a sentence, that the SDK left something of that kind out of
// a span of the program, or "".
func (f *Fault) dropped() string {
	what := ""
	switch {
	case f.What == evidence.NoAttribute && f.Name == "":
		what = "attribute"
	case f.What == evidence.NoEvent || f.What == evidence.NoException:
		what = "event"
	}
	limited := func(n facts.Note) bool { return n.Limit != "" && strings.Contains(strings.ToLower(n.Limit), what) }
	if what == "" || !slices.ContainsFunc(f.process().Notes, limited) {
		return ""
	}
	return fmt.Sprintf("The SDK dropped one %s or more, because the span limits of the provider do not allow as many.", what)
}

// wanted gives the input of a program that the miss says is wanted, or "".
func (f *Fault) wanted() string {
	for _, p := range f.Evidence.Processes {
		for _, input := range p.Args {
			if strings.HasSuffix(f.Says, evidence.Show(input)+" is wanted.") {
				return input
			}
		}
	}
	return ""
}

// mostPlaces is how many places a sentence names.
const mostPlaces = 3

// some gives the first few of the places, one after the other.
func some(places []string) string {
	return strings.Join(places[:min(mostPlaces, len(places))], ", ")
}

// whereEnded tells, in a sentence after another one, where the program ended the
// span in question, or gives "" if that is not known.
func (f *Fault) whereEnded() string {
	if l := f.lifeInQuestion(); l != nil && l.End.Stack.Inside() != "" {
		return fmt.Sprintf(" The span ended at %s.", l.End.Stack.Inside())
	}
	return ""
}

// attributesInQuestion are those among which the missing one should be.
func (f *Fault) attributesInQuestion() spans.Attributes {
	if f.Span == nil {
		return nil
	}
	if f.Name == "" {
		return f.Span.Attributes
	}
	if event := f.Span.Event(f.Name); event != nil {
		return event.Attributes
	}
	return nil
}

// similar tells whether two keys differ in case or separators only, or in a few
// letters of a word: in one of a word of three letters or more, in two of one of
// six or more.
func similar(a, b string) bool {
	first, second := words(a), words(b)
	if strings.Join(first, "") == strings.Join(second, "") {
		return true
	}
	return slices.EqualFunc(first, second, similarWords)
}

// words takes a key apart at what is neither letter nor digit, in small letters.
func words(key string) []string {
	return strings.FieldsFunc(strings.ToLower(key), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

func similarWords(a, b string) bool {
	allowed := 0
	switch shorter := min(len(a), len(b)); {
	case shorter >= 6:
		allowed = 2
	case shorter >= 3:
		allowed = 1
	}
	return text.Typos(a, b) <= allowed
}
