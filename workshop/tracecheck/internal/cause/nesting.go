package cause

import (
	"fmt"
	"slices"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// nestingCauses are of spans that the learner starts inside of a service, and
// of the spans below them.
var nestingCauses = []Cause{
	{
		name:    "event-on-wrong-span",
		of:      shortfalls{evidence.NoEvent},
		refines: []string{"ended-too-early"},
		fact:    "the event on another span",
		witness: func(f *Fault) string {
			for _, s := range f.Evidence.Spans() {
				if f.Span != nil && s.SpanID != f.Span.SpanID && s.Event(f.Name) != nil {
					says := fmt.Sprintf("The event %s is on the span %q.", f.Name, s.Name)
					if f.Source.EventFromContext(f.Name) {
						says += " trace.SpanFromContext gives the span of the context that it is given."
					}
					return says
				}
			}
			return ""
		},
		next: "Add the event to the span that Start gave you.",
	},
	{
		name:    "error-on-wrong-span",
		of:      shortfalls{evidence.NoException, evidence.FalseAlarm},
		fact:    "the exception on another span",
		refines: []string{"status-without-failure", "status-without-error", "ended-too-early"},
		witness: func(f *Fault) string {
			if f.Span == nil || f.Span.Kind != spans.KindInternal {
				return ""
			}
			other := f.failedSibling()
			if f.What == evidence.FalseAlarm {
				if other == nil || f.Span.Event("exception") == nil {
					return ""
				}
				return fmt.Sprintf("The error is on this %s span as well, which had ended before it happened in another one.", f.Span.Name)
			}
			if other != nil && f.Span.Event("exception") == nil {
				return fmt.Sprintf("The error is on another %s span than the one that it happened in.", f.Span.Name)
			}
			if parent := f.parent(); parent != nil && parent.Event("exception") != nil {
				return fmt.Sprintf("The error is on the span %q. It happened in %q below it, and that is where one looks for it.", parent.Name, f.Span.Name)
			}
			return ""
		},
		next: "Record the error on the span of the work that failed.",
	},
	{
		name: "status-without-failure",
		of:   shortfalls{evidence.FalseAlarm},
		fact: "the status of a span, where nothing failed",
		witness: func(f *Fault) string {
			if f.Span.Status.Description == "<nil>" {
				return "The description of the status is <nil>: SetStatus is called with an error that is none. RecordError leaves such a one out, SetStatus does what it is told."
			}
			return "SetStatus marks the span as failed on the way where all goes well, too."
		},
		next: "Ask err != nil first, and set the status to Error only then.",
	},
	{
		name:    "failure-kept",
		of:      shortfalls{evidence.FalseAlarm},
		fact:    "a failed span of an earlier request, and one before it that was not failed",
		refines: []string{"status-without-failure", "error-on-wrong-span"},
		witness: func(f *Fault) string {
			if f.Span == nil || !failedBetween(f.Evidence, f.Evidence.Named(f.Span.Name), *f.Span) {
				return ""
			}
			return fmt.Sprintf("Before a request failed, the %s span of work that went well had no status; after it, that of such work has the status Error. So something of a failure is kept from one request to the next.", f.Span.Name)
		},
		next: "Keep the error in a variable of the function that does the work, and ask that one before SetStatus.",
	},
	{
		name: "defer-in-loop",
		of:   shortfalls{evidence.WrongTime},
		fact: "spans that end together, and started apart",
		witness: func(f *Fault) string {
			if f.Key != "end time" {
				return ""
			}
			if deferred := f.Source.DeferredInLoop(); len(deferred) > 0 {
				return fmt.Sprintf("A defer (%s) runs when the function returns, not at the end of the loop's turn: all of these spans end together, with the last one.", f.Source.At(deferred[0]))
			}
			return "All of these spans are ended together, when the last of them is done."
		},
		next: "Start and end the span in the function that does one chunk's work.",
	},
	{
		name: "span-too-short",
		of:   shortfalls{evidence.WrongTime},
		fact: "the duration of the span, and how long the work takes",
		witness: func(f *Fault) string {
			if f.Key != "duration" {
				return ""
			}
			return fmt.Sprintf("%s does not cover its work: it begins too late or ends too early, so its duration says nothing.", f.Name)
		},
		next: "Let the span cover the whole of the work: defer span.End() right after Start, in the function that does it.",
	},
	{
		name: "chunks-in-sequence",
		of:   shortfalls{evidence.WrongTime},
		fact: "when each span starts and ends",
		witness: func(f *Fault) string {
			if f.Key == "end time" || f.Key == "duration" {
				return ""
			}
			if f.Key == "work" {
				return fmt.Sprintf("The work of each %s span begins when that of another one is done: until then the span is open, and waits.", f.Name)
			}
			return fmt.Sprintf("The work of each %s span begins when that of the one before is done.", f.Name)
		},
		next: "Start a goroutine for each chunk, hold no lock while it works, and wait for all of them.",
	},
	{
		name: "ended-before-children",
		of:   shortfalls{evidence.Outlives, evidence.NoEvent},
		fact: "a child that ended later",
		witness: func(f *Fault) string {
			name := f.Name
			if f.What == evidence.NoEvent {
				// The event comes, and the span had ended by then.
				adds := func(c source.Call) bool { text, _ := c.Text(0); return text == f.Name }
				if f.Span == nil || !outlived(f.Evidence, *f.Span) || !slices.ContainsFunc(f.Source.Calls("AddEvent"), adds) {
					return ""
				}
				name = f.Span.Name
			}
			return fmt.Sprintf("%s is ended while work below it still goes on, so its duration says nothing.", name)
		},
		next: "End the span when its work is done: defer span.End() in the function that waits for the work.",
	},
	{
		name:    "span-variable-shared",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atEnded, atReceived},
		fact:    "spans that started and did not end, though others of their kind did",
		refines: []string{"span-never-ended", "return-without-end", "span-missing"},
		witness: func(f *Fault) string {
			got, counted := f.Got.(int)
			if !counted || got == 0 {
				return ""
			}
			for _, start := range f.Source.StartsForAll() {
				if name, _ := start.Text(1); name == f.Name {
					return fmt.Sprintf("What Start gives is kept where all that run at the same time share it (%s). When the spans are ended, it holds the last one: that is ended again and again, and the others never.", f.Source.At(start))
				}
			}
			shared := f.Source.AssignedInLoop()
			if len(shared) == 0 {
				return ""
			}
			return fmt.Sprintf("The loop puts each new span into the same variable (%s). When the spans are ended, it holds the last one: that is ended again and again, and the others never.", f.Source.At(shared[0]))
		},
		next: "Declare a span for each turn of the loop, ctx, span := ..., or start it in the goroutine.",
	},
	{
		name:    "span-variable-shared",
		of:      shortfalls{evidence.NoSpan, evidence.ExtraSpan, evidence.Severed, evidence.WrongParent},
		at:      []station{atStarted, atEnded, atReceived},
		fact:    "all is well with one request, and not with several at once: a span that is missing was started, and did not end, or is in another's trace",
		refines: []string{"span-never-ended", "return-without-end", "span-missing", "trace-severed", "context-thrown-away", "span-in-between", "context-reassigned", "parent-never-ended", "context-background"},
		witness: func(f *Fault) string {
			shared := f.Source.StartsForAll()
			switch {
			case len(f.Source.Starts(f.Name)) == 0:
				return "" // it is no span of the learner's own
			case f.What == evidence.NoSpan && len(f.lost()) == 0 && !f.astray():
				return "" // it was never started
			case f.Evidence.Together && len(shared) == 0:
				return "One request alone leaves all of its spans, several at once do not. So it looks as if a span or a context is kept where all requests share it, and one of them overwrites what another still needs."
			case f.Evidence.Together:
				return fmt.Sprintf("One request alone leaves all of its spans, several at once do not. What Start gives is kept where all requests share it (%s), so one of them overwrites what another still needs.", f.Source.At(shared[0]))
			}
			return ""
		},
		next: "Keep the span and its context in variables of the function, and hand the context on as an argument.",
	},
	{
		name:    "return-without-end",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atEnded},
		fact:    "the SDK counted the start of the span, and not its end",
		refines: []string{"span-never-ended"},
		witness: func(f *Fault) string {
			starts := f.Source.Starts(f.Name)
			if f.Kind != "" || len(starts) == 0 || !f.Source.EndsByHand(starts[0]) {
				return ""
			}
			return fmt.Sprintf("The span %s is started%s, but on this way through the program it never ends: there is a return before its End.", f.Name, f.Source.Places(starts))
		},
		next: "Call defer span.End() right after Start: it covers every return.",
	},
	{
		name: "span-for-refused-work",
		of:   shortfalls{evidence.ExtraSpan},
		fact: "every answer is 400",
		witness: func(f *Fault) string {
			if f.Span == nil || f.Span.Kind != spans.KindInternal || !allRefused(f.Evidence) {
				return ""
			}
			return fmt.Sprintf("The requests were turned away, and nothing was computed; %s is started before that is clear.", f.Span.Name)
		},
		next: "Check the input first, and start the span where the work begins.",
	},
}

// astray tells whether a trace has more spans like the one that was looked for
// than are wanted of it.
func (f *Fault) astray() bool {
	want, counted := f.Want.(int)
	return counted && slices.ContainsFunc(spans.Group(f.Evidence.Spans()), func(t spans.Trace) bool { return len(t.Find(f.Name)) > want })
}

// failedBetween tells whether one of these spans, of an earlier request than the
// last one, failed, and one of a request before that did not.
func failedBetween(e *evidence.Evidence, all []spans.Span, last spans.Span) bool {
	before := func(a, b spans.Span) bool { return a.TraceID != b.TraceID && !a.End.After(b.Start) }
	return slices.ContainsFunc(all, func(failed spans.Span) bool {
		if failed.Status.Code != spans.StatusError || !before(failed, last) {
			return false
		}
		return slices.ContainsFunc(all, func(well spans.Span) bool {
			return well.Status.Code != spans.StatusError && before(well, failed)
		})
	})
}

// failedSibling gives a span with the name and the parent of the one in
// question that tells an error, or nil.
func (f *Fault) failedSibling() *spans.Span {
	for _, s := range f.Evidence.Named(f.Span.Name) {
		if s.SpanID != f.Span.SpanID && s.ParentID == f.Span.ParentID && s.Event("exception") != nil {
			return &s
		}
	}
	return nil
}

// allRefused tells whether all requests were answered with 400.
func allRefused(e *evidence.Evidence) bool {
	for _, x := range e.Exchanges {
		if x.Status != 400 {
			return false
		}
	}
	return len(e.Exchanges) > 0
}

// outlived tells whether a child of the span ended after it.
func outlived(e *evidence.Evidence, parent spans.Span) bool {
	return slices.ContainsFunc(e.Spans(), func(s spans.Span) bool { return s.ParentID == parent.SpanID && e.EndedBefore(parent, s) })
}
