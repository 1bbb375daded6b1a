package evidence

import (
	"slices"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// Fate is a trace that was sent, and what became of it.
type Fate struct {
	TraceID string
	Sent    []spans.Span
	Found   []spans.Span // at the last look
}

// Failed tells whether a span of the trace has the status Error.
func (f Fate) Failed() bool {
	return slices.ContainsFunc(f.Sent, func(s spans.Span) bool { return s.Status.Code == spans.StatusError })
}

// Took is how long the trace was, from the start of its first span to the end of
// its last one, which is what the policy latency of a collector looks at.
func (f Fate) Took() time.Duration {
	var first, last time.Time
	for _, s := range f.Sent {
		if first.IsZero() || s.Start.Before(first) {
			first = s.Start
		}
		if s.End.After(last) {
			last = s.End
		}
	}
	return last.Sub(first)
}

// Kept tells whether something of the trace can be found.
func (f Fate) Kept() bool { return len(f.Found) > 0 }

// Torn tells whether a part of it can be found, and another part cannot.
func (f Fate) Torn() bool { return f.Kept() && len(f.Missing()) > 0 }

// Missing gives the spans that were sent and cannot be found.
func (f Fate) Missing() []spans.Span {
	there := map[string]bool{}
	for _, s := range f.Found {
		there[s.SpanID] = true
	}
	return slices.DeleteFunc(slices.Clone(f.Sent), func(s spans.Span) bool { return there[s.SpanID] })
}

// Fates gives what became of each trace that was sent, in the order in which
// they were.
func (d *Deployment) Fates() []Fate {
	found := map[string][]spans.Span{}
	for _, s := range d.Last() {
		found[s.TraceID] = append(found[s.TraceID], s)
	}
	sent, _ := d.Sent()
	at := map[string]int{}
	var all []Fate
	for _, s := range sent {
		i, known := at[s.TraceID]
		if !known {
			i = len(all)
			at[s.TraceID] = i
			all = append(all, Fate{TraceID: s.TraceID, Found: found[s.TraceID]})
		}
		all[i].Sent = append(all[i].Sent, s)
	}
	return all
}

// The classes of traces, as the Key of a [Miss] has them.
const (
	Failures = "with an error"
	SlowOnes = "slow"
	Others   = "others"
)

// The share of others that is to be kept, in percent. Chance moves it: of 1,300
// traces, one in ten gives a share outside of these bounds once in a million times.
const (
	LeastShare = 6.0
	MostShare  = 14.0
)

// Classes are the traces that were sent, by what should become of them.
type Classes struct {
	Failed []Fate // with an error
	Slow   []Fate // without one, and slow
	Rest   []Fate // with neither
}

// Quick gives the duration below which a trace is clearly not slow. What takes about
// as long as a slow one has to take is on no side: a policy may look at the root
// span, which is a bit shorter than the trace.
func Quick(slow time.Duration) time.Duration { return slow * 9 / 10 }

// Ordinary tells whether nothing failed in the trace, and it is clearly not slow.
func (f Fate) Ordinary(slow time.Duration) bool { return !f.Failed() && f.Took() < Quick(slow) }

// Classes tells the traces apart. Those that are on no side are left out.
func (d *Deployment) Classes() Classes {
	var c Classes
	for _, f := range d.Fates() {
		switch {
		case f.Failed():
			c.Failed = append(c.Failed, f)
		case f.Took() > d.Slow*11/10:
			c.Slow = append(c.Slow, f)
		case f.Ordinary(d.Slow):
			c.Rest = append(c.Rest, f)
		}
	}
	return c
}
