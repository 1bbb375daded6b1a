// Package traces answers what the page asks about traces: which there are, what
// is in one, which services there are, and who calls whom. A [Source] is where
// they are: a [Jaeger] is one.
package traces

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/timeline"
	"example.com/tracing-workshop/workshop/internal/traceview"
	"example.com/tracing-workshop/workshop/spans"
)

// Source is a place where traces are.
type Source interface {
	// List gives the newest traces that are wanted.
	List(context.Context, Question) (Summaries, error)
	// Trace gives the trace whose id begins so. The error is a [*NotFound] or an
	// [*Ambiguous] where that is not exactly one.
	Trace(ctx context.Context, id string) (timeline.Trace, error)
	Services(context.Context) ([]Service, error)
	// Calls counts the calls that are wanted in all traces, the most frequent first.
	Calls(context.Context, Question) ([]Call, error)
	// Spans gives the spans that are wanted in all traces, and no more than the limit.
	Spans(context.Context, Question) (Spans, error)
}

// Summaries is an answer to a question.
type Summaries struct {
	Traces []Summary `json:"traces"` // newest first
	More   int       `json:"more"`   // that are wanted and left out
	Of     int       `json:"of"`     // that are wanted
}

// Summary is a trace in one line.
type Summary struct {
	ID        string        `json:"id"`
	Start     time.Time     `json:"start"` // the earliest of its spans
	Duration  time.Duration `json:"duration"`
	Spans     int           `json:"spans"`
	Errors    int           `json:"errors"`
	Service   string        `json:"service"` // of the root, as Operation is
	Operation string        `json:"operation"`
	Services  []string      `json:"services"` // the root's first, then by name
	Complete  bool          `json:"complete"` // it has a root, and no parent is missing
}

// Service is a service and what it does.
type Service struct {
	Name       string   `json:"name"`
	Operations []string `json:"operations"`
}

// Call is how often a service is asked for something, and by whom.
type Call struct {
	Caller    string `json:"caller"`
	Service   string `json:"service"`
	Operation string `json:"operation"`
	Calls     int    `json:"calls"`
	Errors    int    `json:"errors"`
	Began     int    `json:"began"` // errors of which none below is the reason
	Traces    int    `json:"traces"`
}

// Summarize gives a trace in one line. Of several roots the earliest counts, and
// of none the earliest span.
func Summarize(id string, all []spans.Span) Summary {
	s := Summary{ID: id, Spans: len(all), Services: []string{}}
	here := make(map[string]bool, len(all))
	for _, span := range all {
		here[span.SpanID] = true
	}
	var root *spans.Span
	missing := false
	var end time.Time
	for i := range all {
		span := &all[i]
		missing = missing || span.ParentID != "" && !here[span.ParentID]
		if root == nil || before(span, root) {
			root = span
		}
		if span.Status.Code == spans.StatusError {
			s.Errors++
		}
		if service := span.Service(); service != "" && !slices.Contains(s.Services, service) {
			s.Services = append(s.Services, service)
		}
		if !span.Start.IsZero() && (s.Start.IsZero() || span.Start.Before(s.Start)) {
			s.Start = span.Start
		}
		if span.End.After(end) {
			end = span.End
		}
	}
	if root == nil {
		return s
	}
	if s.Service, s.Operation = root.Service(), root.Name; !s.Start.IsZero() {
		s.Duration = max(0, end.Sub(s.Start))
	}
	s.Complete = root.ParentID == "" && !missing
	slices.SortFunc(s.Services, func(a, b string) int {
		return cmp.Or(-compare(a == s.Service, b == s.Service), cmp.Compare(a, b))
	})
	return s
}

// before tells whether a stands for the trace rather than b: a root does, and
// else the earlier one.
func before(a, b *spans.Span) bool {
	if (a.ParentID == "") != (b.ParentID == "") {
		return a.ParentID == ""
	}
	return a.Start.Before(b.Start)
}

func compare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// Timeline gives a trace to draw. A span that an exporter sent twice, since it
// did not get the answer the first time, is drawn once.
func Timeline(id string, all []spans.Span) timeline.Trace {
	seen := make(map[string]spans.Span, len(all))
	once := make([]spans.Span, 0, len(all))
	for _, s := range all {
		first, again := seen[s.SpanID]
		if again && first.Name == s.Name && first.Start.Equal(s.Start) && first.Kind == s.Kind {
			continue
		}
		seen[s.SpanID] = s
		once = append(once, s)
	}
	return timeline.Of(spans.Trace{ID: id, Spans: once})
}

// CallsIn counts the calls that are wanted.
func CallsIn(all []spans.Trace, f traceview.Filter) []Call {
	calls := []Call{}
	for _, c := range traceview.Count(all, f) {
		if c.Caller == traceview.Outside {
			c.Caller = "" // the page has a word of its own for that
		}
		calls = append(calls, Call{c.Caller, c.Service, c.Operation, c.Calls, c.Errors, c.Began, c.Traces})
	}
	return calls
}

// NotFound means that there is no such trace. It says why that may be.
type NotFound struct{ Says string }

func (e *NotFound) Error() string { return e.Says }

// Ambiguous means that several ids begin so.
type Ambiguous struct {
	Begin string
	IDs   []string
}

func (e *Ambiguous) Error() string {
	return fmt.Sprintf("%d ids begin with %s, as %s and %s: add some more digits", len(e.IDs), e.Begin, e.IDs[0], e.IDs[1])
}

const (
	idDigits   = 32
	fewestAsID = 4 // digits of the beginning of an id
)

var errNoID = errors.New("this is no trace id: that has 32 digits from 0 to 9 and a to f, of which the first four are enough as a rule")

// CheckID gives an id, or the beginning of one, as it was typed or copied from a
// drawing.
func CheckID(typed string) (string, error) {
	id := strings.ToLower(strings.TrimRight(strings.TrimSpace(typed), "….")) // as drawings shorten it
	if len(id) < fewestAsID || len(id) > idDigits || strings.Trim(id, "0123456789abcdef") != "" {
		return "", &Unclear{errNoID}
	}
	return id, nil
}
