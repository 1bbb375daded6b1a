package tracecheck

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// Below expects n spans of that name in every trace with a span called parent,
// each of them a direct child of that one, and as the traits say.
func Below(parent, name string, n int, traits ...Trait) Expectation {
	return underParent(parent, name, n, func(e *Evidence) *Miss {
		for _, wanted := range []string{parent, name} {
			if len(e.Named(wanted)) == 0 {
				return missingNamed(e, wanted)
			}
		}
		var whole []spans.Trace
		for _, trace := range spans.Group(e.Spans()) {
			children := trace.Find(name)
			if len(trace.Find(parent)) > 0 {
				whole = append(whole, trace)
			} else if len(children) > 0 {
				return childOf(e, e.Named(parent)[0], children[0])
			}
		}
		for _, trace := range whole {
			if miss := below(e, trace, parent, name, n, traits); miss != nil {
				return miss
			}
		}
		return nil
	})
}

// BelowAtAnyTime is [Below], but a parent may end before its children. The span
// of a server ends when nobody waits for the answer any more, whoever still
// works on it.
func BelowAtAnyTime(parent, name string, n int, traits ...Trait) Expectation {
	return func(e *Evidence) *Miss {
		timeless := *e
		timeless.Ending = nil
		return Below(parent, name, n, traits...)(&timeless)
	}
}

// below looks at one trace that has a span called parent.
func below(e *Evidence, trace spans.Trace, parent, name string, n int, traits []Trait) *Miss {
	parents, children := trace.Find(parent), trace.Find(name)
	if len(parents) > 1 {
		return countOf(parent, parents, 1)
	}
	if len(children) > n {
		return countOf(name, children, n)
	}
	for _, child := range children {
		if miss := childOf(e, parents[0], child); miss != nil {
			return miss
		}
		if miss := firstMiss(child, traits); miss != nil {
			return miss
		}
	}
	miss := countOf(name, children, n)
	if miss != nil {
		miss.Trace = trace.ID
	}
	return miss
}

// countOf expects that the spans called name are n.
func countOf(name string, found []spans.Span, n int) *Miss {
	if len(found) == n {
		return nil
	}
	miss := &Miss{What: evidence.NoSpan, Name: name, Got: len(found), Want: n,
		Says: fmt.Sprintf("%s called %s arrived instead of %d.", text.Plural(len(found), "span"), name, n)}
	if len(found) > n {
		miss.What, miss.Span = evidence.ExtraSpan, &found[len(found)-1]
	}
	return miss
}

// Each expects that every span of that name is as the traits say.
func Each(name string, traits ...Trait) Expectation {
	return func(e *Evidence) *Miss {
		for _, s := range e.Named(name) {
			if miss := firstMiss(s, traits); miss != nil {
				return miss
			}
		}
		return nil
	}
}

// missingNamed is the miss when no span of that name arrived.
func missingNamed(e *Evidence, name string) *Miss {
	for i, s := range e.Spans() {
		if s.Name != name && strings.Contains(s.Name, name) {
			return &Miss{What: evidence.WrongName, Name: name, Span: &e.Spans()[i], Kind: s.Kind, Service: s.Service(),
				Says: fmt.Sprintf("No span called %s arrived, but %q.", name, s.Name)}
		}
	}
	miss := &Miss{What: evidence.NoSpan, Name: name, Says: fmt.Sprintf("No span called %s arrived.", name)}
	if n := len(e.Processes); n > 0 && strings.HasPrefix(name, http.MethodGet+" /") { // a server span, called after its route
		miss.Kind, miss.Service = spans.KindServer, e.Processes[n-1].Service()
	}
	return miss
}

func childOf(e *Evidence, parent, child spans.Span) *Miss {
	switch {
	case child.TraceID != parent.TraceID:
		return &Miss{What: evidence.Severed, Span: &child, Name: child.Name, Service: child.Service(), Kind: child.Kind,
			Says: fmt.Sprintf("A %s span is in another trace than the %s span.", child.Name, parent.Name)}
	case child.ParentID != parent.SpanID:
		return &Miss{What: evidence.WrongParent, Span: &child, Name: child.Name, Service: child.Service(), Kind: child.Kind, Want: &parent,
			Says: fmt.Sprintf("A %s span is not a child of the %s span.", child.Name, parent.Name)}
	case e.EndedBefore(parent, child):
		return &Miss{What: evidence.Outlives, Span: &parent, Name: parent.Name,
			Says: fmt.Sprintf("The %s span ends before its child %s does.", parent.Name, child.Name)}
	}
	return nil
}

// Overlap expects that at least two spans of that name were open at the same
// time.
func Overlap(name string) Expectation {
	return func(e *Evidence) *Miss {
		found := e.Named(name)
		slices.SortFunc(found, func(a, b spans.Span) int { return a.Start.Compare(b.Start) })
		for i := 1; i < len(found); i++ {
			if found[i].Start.Before(found[i-1].End) {
				return nil
			}
		}
		return &Miss{What: evidence.WrongTime, Name: name,
			Says: fmt.Sprintf("The %s spans come one after the other: none is open while another one is.", name)}
	}
}

// EndApart expects that the first and the last span of that name end this far
// apart at least. Of three or more, the first is left out: the SDK can give a
// span an end that is too early (see endedBefore). A program that is held up for
// long ends all that is due by then at once; so it has to show with longer
// pauses, too.
func EndApart(name string, least time.Duration) Expectation {
	return func(e *Evidence) *Miss {
		found := e.Named(name)
		slices.SortFunc(found, func(a, b spans.Span) int { return a.End.Compare(b.End) })
		if len(found) > 2 {
			found = found[1:]
		}
		if len(found) > 0 && found[len(found)-1].End.Sub(found[0].End) >= least {
			return nil
		}
		return &Miss{What: evidence.WrongTime, Name: name, Key: "end time", Unsure: e.Pace == paces[0],
			Says: fmt.Sprintf("All %s spans end at the same moment, though their work takes different times.", name)}
	}
}
