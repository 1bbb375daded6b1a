package tracecheck

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// Lasts expects that the span is that long at least.
func Lasts(least time.Duration) Trait {
	return func(s spans.Span) *Miss {
		if s.Duration() >= least {
			return nil
		}
		return &Miss{What: WrongTime, Name: s.Name,
			Says: fmt.Sprintf("The %s span of %s took %v; the call took %v.", s.Kind, s.Service(), s.Duration().Round(time.Millisecond), least)}
	}
}

// Status expects this status code of the span.
func Status(want spans.StatusCode) Trait {
	return func(s spans.Span) *Miss {
		if s.Status.Code == want {
			return nil
		}
		return &Miss{What: WrongStatus, Name: s.Name, Got: s.Status.Code,
			Says: fmt.Sprintf("The %s span %q of %s has the status %s; %s is wanted.", s.Kind, s.Name, s.Service(), s.Status.Code, want)}
	}
}

// Continues expects that the span of a hop belongs to the trace that a caller
// began, below the caller's span, and that it kept the caller's tracestate.
func Continues(hop Hop, traceID, parentID, state string) Expectation {
	return func(e *Evidence) *Miss {
		if miss := hop.missing(e.Spans()); miss != nil {
			return miss
		}
		miss := &Miss{What: Severed, Name: hop.Name, Service: hop.Service, Kind: hop.Kind,
			Says: fmt.Sprintf("The caller sent a traceparent, and %s did not go on with its trace.", hop.Service)}
		for i, s := range e.Spans() {
			if !hop.is(s) || s.TraceID != traceID {
				continue
			}
			if s.ParentID == parentID && s.TraceState == state {
				return nil
			}
			miss = &Miss{What: WrongParent, Span: &e.Spans()[i], Name: hop.Name, Service: hop.Service, Kind: hop.Kind,
				Says: fmt.Sprintf("The caller sent the span id %s and the tracestate %q; %s has the parent %s and the tracestate %q.", parentID, state, hop, s.ParentID, s.TraceState)}
		}
		return miss
	}
}

// Carries expects that the requests which the services sent to
// [Stage.Upstream] carry the traceparent of their client span (W3C Trace
// Context, section 3.2).
func Carries(e *Evidence) *Miss {
	for _, header := range e.Upstream {
		got := header.Get("traceparent")
		named := slices.ContainsFunc(e.Spans(), func(s spans.Span) bool {
			return s.Kind == spans.KindClient && strings.HasPrefix(got, "00-"+s.TraceID+"-"+s.SpanID+"-")
		})
		if got == "" {
			return &Miss{What: Severed, Kind: spans.KindClient, Says: "The request to joke-service carries no traceparent."}
		}
		if !named {
			return &Miss{What: Severed, Kind: spans.KindClient, Says: fmt.Sprintf("The request to joke-service carries the traceparent %s, which names no client span that arrived.", got)}
		}
	}
	return nil
}

// TellsWhy expects that a span of each trace tells what went wrong: with an
// exception event, or with the description of its status.
func TellsWhy(e *Evidence) *Miss {
	for _, trace := range spans.Group(e.Spans()) {
		told := slices.ContainsFunc(trace.Spans, func(s spans.Span) bool {
			return s.Event("exception") != nil || s.Status.Description != ""
		})
		if !told {
			return &Miss{What: NoException, Name: "exception", Span: &trace.Spans[0],
				Says: "The request failed, and no span of its trace tells why."}
		}
	}
	return nil
}

// NoneNamed expects that no span has such a name, or such a http.route.
func NoneNamed(part string) Expectation {
	return func(e *Evidence) *Miss {
		for i, s := range e.Spans() {
			route, _ := s.Attributes.Get("http.route").(string)
			path, _ := s.Attributes.Get("url.path").(string)
			if strings.Contains(s.Name, part) || strings.Contains(route, part) || strings.Contains(path, part) {
				return &Miss{What: ExtraSpan, Name: part, Span: &e.Spans()[i], Service: s.Service(), Kind: s.Kind,
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
				return &Miss{What: ExtraSpan, Name: traceID, Span: &e.Spans()[i], Service: s.Service(), Kind: s.Kind,
					Says: fmt.Sprintf("The trace %s left a span in %s.", traceID, s.Service())}
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
				return &Miss{What: WrongAnswer, Name: part, Got: x.Status, Want: status,
					Says: fmt.Sprintf("GET %s gives %s; %d is wanted.", part, x.says(), status)}
			}
			if !strings.Contains(x.Body, text) {
				return &Miss{What: WrongAnswer, Name: part, Got: x.Status, Want: status,
					Says: fmt.Sprintf("The answer to GET %s is %.60q; it should contain %q.", part, x.Body, text)}
			}
		}
		return nil
	}
}
