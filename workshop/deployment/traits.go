package deployment

import (
	"fmt"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// Lacks expects that the span has none of these attributes.
func Lacks(keys ...string) tracecheck.Trait {
	return func(s spans.Span) *tracecheck.Miss {
		for _, key := range keys {
			if got := s.Attributes.Get(key); got != nil {
				return &tracecheck.Miss{What: tracecheck.Surplus, Key: key, Got: got,
					Says: fmt.Sprintf("The %s span of %s has an attribute %s.", s.Name, s.Service(), key)}
			}
		}
		return nil
	}
}

// NoKind expects that it is not known of the span which side of a call it is on.
func NoKind(s spans.Span) *tracecheck.Miss {
	if s.Kind == "" {
		return nil
	}
	return &tracecheck.Miss{What: tracecheck.Surplus, Key: "kind", Got: s.Kind,
		Says: fmt.Sprintf("The %s span of %s has the kind %s.", s.Name, s.Service(), s.Kind)}
}
