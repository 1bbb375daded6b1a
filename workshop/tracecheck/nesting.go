package tracecheck

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// Below expects n spans of that name, each of them a direct child of the one
// span called parent, and as the traits say.
func Below(parent, name string, n int, traits ...Trait) Expectation {
	return func(e *Evidence) *Miss {
		parents, children := e.Named(parent), e.Named(name)
		if len(parents) == 0 {
			return e.missingNamed(parent)
		}
		if len(parents) > 1 {
			return &Miss{What: ExtraSpan, Name: parent, Span: &parents[1],
				Says: fmt.Sprintf("The span %s is there %d times.", parent, len(parents))}
		}
		if len(children) == 0 {
			return e.missingNamed(name)
		}
		for i, child := range children {
			if miss := childOf(parents[0], child); miss != nil {
				return miss
			}
			if miss := firstMiss(children[i], traits); miss != nil {
				return miss
			}
		}
		if len(children) != n {
			return &Miss{What: NoSpan, Name: name, Says: fmt.Sprintf("%d spans called %s arrived instead of %d.", len(children), name, n)}
		}
		return nil
	}
}

// missingNamed is the miss when no span of that name arrived.
func (e *Evidence) missingNamed(name string) *Miss {
	for i, s := range e.Spans() {
		if s.Name != name && strings.Contains(s.Name, name) {
			return &Miss{What: WrongName, Name: name, Span: &e.Spans()[i], Kind: s.Kind, Service: s.Service(),
				Says: fmt.Sprintf("No span called %s arrived, but %q.", name, s.Name)}
		}
	}
	return &Miss{What: NoSpan, Name: name, Says: fmt.Sprintf("No span called %s arrived.", name)}
}

func childOf(parent, child spans.Span) *Miss {
	switch {
	case child.TraceID != parent.TraceID:
		return &Miss{What: Severed, Span: &child, Name: child.Name, Service: child.Service(), Kind: child.Kind,
			Says: fmt.Sprintf("A %s span is in another trace than the %s span.", child.Name, parent.Name)}
	case child.ParentID != parent.SpanID:
		return &Miss{What: WrongParent, Span: &child, Name: child.Name, Service: child.Service(), Kind: child.Kind,
			Says: fmt.Sprintf("A %s span is not a child of the %s span.", child.Name, parent.Name)}
	case child.End.After(parent.End):
		return &Miss{What: Outlives, Span: &parent, Name: parent.Name,
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
		return &Miss{What: WrongTime, Name: name,
			Says: fmt.Sprintf("The %s spans come one after the other: none is open while another one is.", name)}
	}
}

// EndApart expects that the first and the last span of that name end this far
// apart at least.
func EndApart(name string, least time.Duration) Expectation {
	return func(e *Evidence) *Miss {
		found := e.Named(name)
		byEnd := func(a, b spans.Span) int { return a.End.Compare(b.End) }
		if len(found) > 0 && slices.MaxFunc(found, byEnd).End.Sub(slices.MinFunc(found, byEnd).End) >= least {
			return nil
		}
		return &Miss{What: WrongTime, Name: name, Key: "end time",
			Says: fmt.Sprintf("All %s spans end at the same moment, though their work takes different times.", name)}
	}
}
