package tracecheck

import (
	"fmt"
	"slices"
	"time"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// EachItsOwn expects that the spans of that name have these values of an integer
// attribute, each of them another one.
func EachItsOwn(name, key string, values ...int) Expectation {
	return func(e *Evidence) *Miss {
		wanted := slices.Clone(values)
		for _, s := range byStart(e.Named(name)) {
			i := slices.IndexFunc(wanted, func(value int) bool { return Attr(key, value)(s) == nil })
			if i >= 0 {
				wanted = slices.Delete(wanted, i, i+1)
				continue
			}
			miss := firstMiss(s, []Trait{Attr(key, values[0])})
			if miss == nil || miss.What == evidence.WrongValue {
				got := s.Attributes.Get(key)
				miss = &Miss{What: evidence.WrongValue, Span: &s, Key: key, Got: got,
					Says: fmt.Sprintf("A %s span has %s = %s; the spans should have %s, each of them another one.", name, key, evidence.Show(got), list(values))}
			}
			return miss
		}
		return nil
	}
}

// FailedAt expects that of the spans of that name the one with this value of
// an integer attribute is [Failed], and that none is that had ended before.
// What ended later may have been stopped because of the failure, and say so. But
// where the pauses are long enough, the others have ended by then.
func FailedAt(name, key string, value int) Expectation {
	return func(e *Evidence) *Miss {
		found := byStart(e.Named(name))
		at := slices.IndexFunc(found, func(s spans.Span) bool { return Attr(key, value)(s) == nil })
		if at < 0 {
			return EachItsOwn(name, key, value)(e)
		}
		failed := found[at]
		if miss := firstMiss(failed, []Trait{Failed}); miss != nil {
			return miss
		}
		var unsure *Miss
		for _, s := range slices.Delete(found, at, at+1) {
			miss := firstMiss(s, []Trait{WentWell})
			if miss != nil && (endedWellBefore(s, failed) || e.Pace != paces[0] && endedBeforeItsError(s)) {
				return miss
			}
			if miss != nil {
				miss.Unsure, unsure = true, miss
			}
		}
		return unsure
	}
}

// endedWellBefore tells whether a span had ended when another one failed. What
// is stopped because of the failure ends at about the same moment, and the
// clock of a span may be wrong by milliseconds (see endedBefore): so it has to
// be a good part of what the other one took.
func endedWellBefore(s, failed spans.Span) bool {
	at := failed.End
	if exception := failed.Event("exception"); exception != nil && exception.Time.Before(at) {
		at = exception.Time
	}
	return at.Sub(s.End) > failed.Duration()/5
}

// endedBeforeItsError tells whether an error came to a span when it was over. The
// SDK takes none then, unless the end is told later, by a timestamp. The clock
// alone may have it so, though not twice in a row (see Evidence.endedBefore).
func endedBeforeItsError(s spans.Span) bool {
	exception := s.Event("exception")
	return exception != nil && exception.Time.After(s.End)
}

// WentWell expects that the span is not marked as failed.
func WentWell(s spans.Span) *Miss {
	if s.Status.Code != spans.StatusError {
		return nil
	}
	return &Miss{What: evidence.FalseAlarm, Name: s.Name, Service: s.Service(), Kind: s.Kind,
		Says: fmt.Sprintf("The %s span has the status Error, and its work went well.", s.Name)}
}

// WorkTogether expects that the work of at least two spans of that name was
// done at the same time, where the work of the first one takes a [Stage.Pause] at
// least, that of the second two, and so on, in the order of an integer
// attribute. The spans may overlap all the same, while their work waits for a
// lock. But work that begins when that of another span is over ends by its
// whole length later than that; if it ends sooner, they were under way together.
func WorkTogether(name, key string, pause time.Duration) Expectation {
	return func(e *Evidence) *Miss {
		found := e.Named(name)
		slices.SortFunc(found, func(a, b spans.Span) int { return int(integer(a, key) - integer(b, key)) })
		work := map[string]time.Duration{}
		for i, s := range found {
			work[s.SpanID] = time.Duration((i+1)*max(1, e.Pace)) * pause
		}
		slices.SortFunc(found, func(a, b spans.Span) int { return a.End.Compare(b.End) })
		for i := 1; i < len(found); i++ {
			const clock = 4 // a quarter of the work is more than a span's clock is wrong by
			if least := work[found[i].SpanID]; found[i].End.Sub(found[i-1].End) < least-least/clock {
				return nil
			}
		}
		return &Miss{What: evidence.WrongTime, Name: name, Key: "work",
			Says: fmt.Sprintf("The %s spans are open at the same time, but their work is done one after the other.", name)}
	}
}

func byStart(found []spans.Span) []spans.Span {
	slices.SortStableFunc(found, func(a, b spans.Span) int { return a.Start.Compare(b.Start) })
	return found
}

// integer gives the value of an integer attribute, or 0.
func integer(s spans.Span, key string) int64 {
	value, _ := s.Attributes.Get(key).(int64)
	return value
}

// list gives values as they stand in a sentence.
func list(values []int) string {
	var text string
	for i, value := range values {
		switch {
		case i == 0:
		case i == len(values)-1:
			text += " and "
		default:
			text += ", "
		}
		text += fmt.Sprint(value)
	}
	return text
}
