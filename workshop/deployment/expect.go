package deployment

import (
	"fmt"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// TakesAll expects that the collectors took every span that they were sent,
// whatever was away.
func TakesAll(e *tracecheck.Evidence) *tracecheck.Miss {
	for _, s := range e.Deployment.Sendings {
		if s.Refused == 0 {
			continue
		}
		says := fmt.Sprintf("%s refused %s of %s", s.To, text.Grouped(s.Refused), text.Plural(len(s.Spans), "span"))
		if s.Away != "" {
			says += fmt.Sprintf(" while %s was away", s.Away)
		}
		return &tracecheck.Miss{What: tracecheck.Refused, Key: s.To, Got: s.Refused, Want: s.Why, Says: says + "."}
	}
	return nil
}

// NothingIsLost expects that every span which a collector has taken can be found
// at the last look.
func NothingIsLost(e *tracecheck.Evidence) *tracecheck.Miss {
	return lost(e, e.Deployment.Sendings)
}

// Arrives expects that every span can be found at the last look which a collector
// has taken in the sending of that number, counted from 0.
func Arrives(sending int) tracecheck.Expectation {
	return func(e *tracecheck.Evidence) *tracecheck.Miss {
		return lost(e, e.Deployment.Sendings[sending:sending+1])
	}
}

// At expects it as if the look of that number, counted from 0, were the last one,
// and nothing had been sent after it.
func At(look int, expect tracecheck.Expectation) tracecheck.Expectation {
	return func(e *tracecheck.Evidence) *tracecheck.Miss {
		earlier, deployment := *e, *e.Deployment
		if look < len(deployment.Looks) {
			deployment.Looks = deployment.Looks[:look+1]
			deployment.Sendings = deployment.Sendings[:deployment.Looks[look].Sendings]
		}
		earlier.Deployment, earlier.Held = &deployment, deployment.Last()
		return expect(&earlier)
	}
}

// lost gives a miss if spans of these sendings cannot be found at the last look.
func lost(e *tracecheck.Evidence, sendings []tracecheck.Sending) *tracecheck.Miss {
	there := map[string]bool{}
	for _, s := range e.Deployment.Last() {
		there[s.TraceID+s.SpanID] = true
	}
	var lost []spans.Span
	sent, refused := 0, 0
	for _, sending := range sendings {
		sent += len(sending.Spans)
		refused += sending.Refused
		for _, s := range sending.Spans {
			if !there[s.TraceID+s.SpanID] {
				lost = append(lost, s)
			}
		}
	}
	if len(lost) <= refused {
		return nil
	}
	return &tracecheck.Miss{What: tracecheck.Lost, Span: &lost[0], Got: len(lost) - refused,
		Says: fmt.Sprintf("The collector took %s. %s, %s of them cannot be found.",
			text.Plural(sent-refused, "span"), text.Capitalize(lastLook(e).When), text.Grouped(len(lost)-refused))}
}

// NowhereElse expects that no span can be found while what should hold it is away.
func NowhereElse(e *tracecheck.Evidence) *tracecheck.Miss {
	n := len(e.Deployment.Without)
	if n == 0 {
		return nil
	}
	return &tracecheck.Miss{What: tracecheck.Elsewhere, Span: &e.Deployment.Without[0], Got: n,
		Says: fmt.Sprintf("While the database was away, %s could be found.", text.Plural(n, "span"))}
}

// EachOnce expects that no span can be found twice at the last look.
func EachOnce(e *tracecheck.Evidence) *tracecheck.Miss {
	seen := map[string]int{}
	doubled := 0
	var first *spans.Span
	for i, s := range e.Deployment.Last() {
		if seen[s.TraceID+s.SpanID]++; seen[s.TraceID+s.SpanID] == 2 {
			if doubled++; first == nil {
				first = &e.Deployment.Last()[i]
			}
		}
	}
	if doubled == 0 {
		return nil
	}
	return &tracecheck.Miss{What: tracecheck.Doubled, Span: first, Got: doubled, Says: fmt.Sprintf("%s can be found more than once.", text.Plural(doubled, "span"))}
}

func lastLook(e *tracecheck.Evidence) tracecheck.Held {
	if n := len(e.Deployment.Looks); n > 0 {
		return e.Deployment.Looks[n-1]
	}
	return tracecheck.Held{When: "at the end"}
}
