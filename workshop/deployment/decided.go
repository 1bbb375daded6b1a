package deployment

import (
	"fmt"
	"slices"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

const (
	// tick is how often tail_sampling decides about the traces whose time has come.
	tick = time.Second
	// decisionPatience is how much longer than that decisions may take on a machine
	// that has much else to do, where a trace is missing that should be kept.
	decisionPatience = 4 * time.Second
	// settled is how long nothing more may come, before it is clear that all is
	// there of what was kept.
	settled = time.Second
)

// LookWhenDecided notes what several Jaegers show together, when each of them has
// decided which traces it keeps. when tells people after what.
func (d *Deployment) LookWhenDecided(when string, at ...*Jaeger) {
	if d.failed() {
		return
	}
	over := d.sent.Add(tick)
	for _, j := range at {
		over = later(over, d.sent.Add(j.part.Process.Config.HoldsBack()+tick))
	}
	var held []spans.Span
	for since := time.Now(); ; {
		now, err := d.findAll(at)
		if d.ctx.Err() != nil {
			return
		}
		if err != nil {
			d.fail(err)
			return
		}
		if len(now) != len(held) {
			held, since = now, time.Now()
		}
		d.facts.Looks = []tracecheck.Held{{When: when, Spans: held, Sendings: len(d.facts.Sendings)}}
		due := over
		if !d.failuresAreThere() {
			due = over.Add(decisionPatience)
		}
		if time.Now().After(due) && time.Since(since) > settled {
			break
		}
		if pause(d.ctx, 2*glance) != nil {
			return
		}
	}
	d.tell(when)
}

func later(one, other time.Time) time.Time {
	if one.After(other) {
		return one
	}
	return other
}

func (d *Deployment) findAll(at []*Jaeger) ([]spans.Span, error) {
	var all []spans.Span
	for _, j := range at {
		held, err := j.part.Process.Client().Find(d.ctx, jaeger.Search{})
		if err != nil {
			return nil, err
		}
		all = append(all, held...)
	}
	return all, nil
}

// failuresAreThere tells whether all traces with an error can be found, complete.
func (d *Deployment) failuresAreThere() bool {
	for _, f := range d.facts.Fates() {
		if f.Failed() && len(f.Missing()) > 0 {
			return false
		}
	}
	return true
}

// tell notes what was kept, for people.
func (d *Deployment) tell(when string) {
	c := d.facts.Classes()
	d.note("%s: kept are %s with an error, %s that took %s or longer, and %s others", when,
		ratio(c.Failed), ratio(c.Slow), millis(d.facts.Slow), ratio(c.Rest))
	if torn := slices.DeleteFunc(d.facts.Fates(), func(f tracecheck.Fate) bool { return !f.Torn() }); len(torn) > 0 {
		d.note("of %s only a part is kept", text.Plural(len(torn), "trace"))
	}
}

// ratio says how many of these traces were kept.
func ratio(all []tracecheck.Fate) string {
	return text.Grouped(kept(all)) + " of " + text.Grouped(len(all))
}

func millis(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

func kept(all []tracecheck.Fate) (n int) {
	for _, f := range all {
		if f.Kept() {
			n++
		}
	}
	return n
}
