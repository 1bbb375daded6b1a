package tracecheck

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// Lasts expects that the span is that long at least.
func Lasts(least time.Duration) Trait {
	return func(s spans.Span) *Miss {
		if s.Duration() >= least {
			return nil
		}
		return &Miss{What: evidence.WrongTime, Name: s.Name, Service: s.Service(), Kind: s.Kind, Key: "duration",
			Says: fmt.Sprintf("The span %s of %s took %v; its work took %v at least.", s.Name, s.Service(), s.Duration().Round(time.Microsecond), least)}
	}
}

// TraceState expects that the span has this tracestate (W3C Trace Context,
// section 3.3).
func TraceState(want string) Trait {
	return func(s spans.Span) *Miss {
		if s.TraceState == want {
			return nil
		}
		return &Miss{What: evidence.WrongState, Name: s.Name, Service: s.Service(), Kind: s.Kind, Got: s.TraceState, Want: want,
			Says: fmt.Sprintf("The %s span of %s has the tracestate %q; the caller sent %q.", s.Kind, s.Service(), s.TraceState, want)}
	}
}

// Status expects this status code of the span.
func Status(want spans.StatusCode) Trait {
	return func(s spans.Span) *Miss {
		if s.Status.Code == want {
			return nil
		}
		return &Miss{What: evidence.WrongStatus, Name: s.Name, Service: s.Service(), Kind: s.Kind, Got: s.Status.Code, Want: want,
			Says: fmt.Sprintf("The %s span %q of %s has the status %s; %s is wanted.", s.Kind, s.Name, s.Service(), s.Status.Code, want)}
	}
}

// Continues expects that the span of a hop belongs to the trace that a caller
// began, right below the caller's span.
func Continues(hop Hop, traceID, parentID string) Expectation {
	return func(e *Evidence) *Miss {
		if miss := hop.missing(e.Spans()); miss != nil {
			return miss
		}
		miss := &Miss{What: evidence.Severed, Name: hop.Name, Service: hop.Service, Kind: hop.Kind,
			Says: fmt.Sprintf("A caller sent a traceparent, and %s did not go on with its trace.", hop.Service)}
		for i, s := range e.Spans() {
			switch {
			case !hop.is(s):
			case s.TraceID == traceID && s.ParentID == parentID:
				return firstMiss(s, hop.Traits)
			case s.TraceID == traceID:
				miss.What, miss.Span = evidence.WrongParent, &e.Spans()[i]
				miss.Says = fmt.Sprintf("The caller sent the span id %s, and %s has the parent %s.", parentID, hop, s.ParentID)
			}
		}
		miss.Expected = []evidence.Expected{{Name: hop.Name, Service: hop.Service, Kind: hop.Kind, Trace: traceID, Parent: parentID,
			Says: fmt.Sprintf("%s belongs here, in the trace of the caller.", text.Capitalize(hop.String()))}}
		return miss
	}
}

// Carries expects that the requests which the services sent to
// [Stage.Upstream] carry the traceparent of their client span (W3C Trace
// Context, section 3.2).
func Carries(e *Evidence) *Miss {
	for _, header := range e.Upstream {
		miss := &Miss{What: evidence.Severed, Kind: spans.KindClient}
		got, ok := evidence.ParseTraceparent(header.Get("traceparent"))
		if !ok {
			miss.Says = "The request to joke-service carries no traceparent."
			return miss
		}
		if s := e.Span(got.SpanID); s == nil || s.Kind != spans.KindClient {
			miss.Says = fmt.Sprintf("The request to joke-service carries the traceparent %s, which names no client span that arrived.", header.Get("traceparent"))
			return miss
		}
	}
	return nil
}

// TellsWhy expects that a span of each trace tells what went wrong: with an
// exception event or the description of its status, or in words of the
// learner's own, in an attribute or another event.
func TellsWhy(e *Evidence) *Miss {
	for _, trace := range spans.Group(e.Spans()) {
		told := slices.ContainsFunc(trace.Spans, func(s spans.Span) bool {
			return s.Event("exception") != nil || s.Status.Description != "" || saysWhy(e, s)
		})
		if !told {
			first := trace.Spans[0]
			return &Miss{What: evidence.NoException, Name: "exception", Span: &first, Service: first.Service(), Kind: first.Kind,
				Says: "The request failed, and no span of its trace tells why."}
		}
	}
	return nil
}

// saysWhy tells whether an attribute or an event of the span is about an error.
func saysWhy(e *Evidence, s spans.Span) bool {
	if anyReason(e, "", s.Attributes) {
		return true
	}
	return slices.ContainsFunc(s.Events, func(event spans.Event) bool {
		return isReason(e, "", event.Name) || anyReason(e, event.Name, event.Attributes)
	})
}

func anyReason(e *Evidence, owner string, attributes spans.Attributes) bool {
	return slices.ContainsFunc(attributes, func(a spans.Attribute) bool { return isReason(e, owner+" "+a.Key, a.Value) })
}

// ofErrors are words in the names of what tells of an error.
var ofErrors = []string{"error", "exception", "reason", "cause", "fail", "problem"}

// isReason tells whether a value is the reason of an error: several words under
// a name that is about errors, or what an answer that is an error says, too.
func isReason(e *Evidence, name string, value any) bool {
	text, _ := value.(string)
	words := len(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" _-", r) }))
	if words < 2 {
		return false
	}
	named := slices.ContainsFunc(ofErrors, func(word string) bool { return strings.Contains(strings.ToLower(name), word) })
	return named || words > 2 && slices.ContainsFunc(e.Exchanges, func(x *Exchange) bool { return x.Status >= 400 && x.Contains(text) })
}

// NoneNamed expects that no span has such a name, or such a http.route.
func NoneNamed(part string) Expectation {
	return func(e *Evidence) *Miss {
		for i, s := range e.Spans() {
			route, _ := s.Attributes.Get("http.route").(string)
			path, _ := s.Attributes.Get("url.path").(string)
			if strings.Contains(s.Name, part) || strings.Contains(route, part) || strings.Contains(path, part) {
				return &Miss{What: evidence.ExtraSpan, Name: part, Span: &e.Spans()[i], Service: s.Service(), Kind: s.Kind,
					Says: fmt.Sprintf("A request to %s left a span in %s.", part, s.Service())}
			}
		}
		return nil
	}
}

// NoneOfTrace expects that no span belongs to that trace.
func NoneOfTrace(traceID string) Expectation {
	return func(e *Evidence) *Miss {
		for i, s := range e.Spans() {
			if s.TraceID == traceID {
				return &Miss{What: evidence.ExtraSpan, Name: traceID, Span: &e.Spans()[i], Service: s.Service(), Kind: s.Kind,
					Says: fmt.Sprintf("The trace %s… left a span in %s.", traceID[:8], s.Service())}
			}
		}
		return nil
	}
}

// Answers expects that every request to a URL that contains part was answered
// with this status, and that the body contains text.
func Answers(part string, status int, text string) Expectation {
	return func(e *Evidence) *Miss {
		for _, x := range e.Exchanges {
			if !strings.Contains(x.URL, part) {
				continue
			}
			if x.Err != nil || x.Status != status {
				return &Miss{What: evidence.WrongAnswer, Name: part, Got: x.Status, Want: status,
					Says: fmt.Sprintf("GET %s gives %s; %d is wanted.", part, x.Says(), status)}
			}
			if !strings.Contains(x.Body, text) {
				return &Miss{What: evidence.WrongAnswer, Name: part, Got: x.Status, Want: status,
					Says: fmt.Sprintf("The answer to GET %s is %.60q; it should contain %q.", part, x.Body, text)}
			}
		}
		return nil
	}
}
