package report

import (
	"cmp"
	"fmt"
	"slices"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/internal/timeline"
	"example.com/tracing-workshop/workshop/internal/verdict"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// mostRecorded is how many traces are in a record.
const mostRecorded = 5

// Record gives the verdict as data, for those who show it elsewhere.
func (v *Verdict) Record() verdict.Record {
	r := verdict.Record{Step: v.Step, Passed: v.Fault == nil}
	for i, check := range v.Checks {
		r.Checks = append(r.Checks, verdict.Check{Name: check.Name, Section: check.Section, Must: check.Must, Outcome: v.outcome(i)})
	}
	var shown *evidence.Evidence
	if v.Fault == nil {
		shown = v.richest()
	} else {
		r.Failure, shown = v.failure(), v.Fault.Evidence
	}
	for _, process := range shown.Processes {
		r.Commands = append(r.Commands, process.Command())
		r.Stderr = append(r.Stderr, v.tellingLines(process)...)
	}
	r.Requests = requests(shown.Exchanges)
	r.Traces, r.More = v.timelines(shown)
	return r
}

func (v *Verdict) failure() *verdict.Failure {
	f := &verdict.Failure{
		Check: v.check().Name, Must: v.check().Must, Says: v.Fault.Says, Why: v.Fault.Uncertain(), Next: v.next(),
		Section: v.section(), Gap: cmp.Or(v.named(), v.gap()), Span: v.spanInQuestion(),
	}
	if v.Diagnosis != nil {
		f.Cause, f.Why = v.Diagnosis.Cause, v.Diagnosis.Says
	}
	return f
}

// timelines gives the traces that arrived, the one in question first, with what
// is missing in them, and how many more there are.
func (v *Verdict) timelines(e *evidence.Evidence) (all []timeline.Trace, more int) {
	arrived := spans.Group(e.Spans())
	if v.Fault == nil {
		slices.SortStableFunc(arrived, func(a, b spans.Trace) int { return cmp.Compare(len(b.Spans), len(a.Spans)) })
	}
	missing := v.expected(arrived)
	first := v.traceInQuestion()
	if len(missing) > 0 {
		first = missing[0].Trace
	}
	arrived = foremost(arrived, first)
	if here := slices.ContainsFunc(arrived, func(t spans.Trace) bool { return t.ID == first }); len(missing) > 0 && !here {
		arrived = slices.Insert(arrived, 0, spans.Trace{ID: first})
	}
	more = max(0, len(arrived)-mostRecorded)
	for _, trace := range arrived[:len(arrived)-more] {
		t := timeline.Of(trace, ghosts(trace.ID, missing)...)
		v.markLack(&t)
		all = append(all, t)
	}
	return all, more
}

// expected gives the spans that should have come: as the expectation says, or
// else the one that it missed.
func (v *Verdict) expected(arrived []spans.Trace) []evidence.Expected {
	switch {
	case v.Fault == nil:
		return nil
	case len(v.Fault.Expected) > 0 || v.Fault.What != evidence.NoSpan:
		return v.Fault.Expected
	}
	m := evidence.Expected{Name: v.Fault.Name, Service: v.Fault.Service, Kind: v.Fault.Kind, Trace: v.Fault.Trace, Says: v.Fault.Says}
	if m.Name == "" {
		m.Name = fmt.Sprintf("a %s span", m.Kind)
	}
	if m.Trace == "" && len(arrived) == 1 {
		m.Trace = arrived[0].ID
	}
	for _, trace := range arrived {
		if above := callerOf(m, trace); above != nil && (m.Trace == "" || m.Trace == trace.ID) {
			m.Trace, m.Parent = trace.ID, above.SpanID
			break
		}
	}
	return []evidence.Expected{m}
}

// callerOf gives the span below which one belongs by its kind: that of a call
// below the request that the service answers, and that of a request below a call
// of another service that nobody has answered.
func callerOf(m evidence.Expected, trace spans.Trace) *spans.Span {
	for i, s := range trace.Spans {
		fits := s.Kind == spans.KindServer && s.Service() == m.Service
		if m.Kind == spans.KindServer {
			fits = s.Kind == spans.KindClient && s.Service() != m.Service && len(trace.Children(s)) == 0
		}
		if fits {
			return &trace.Spans[i]
		}
	}
	return nil
}

// ghosts gives those of the missing spans that belong to a trace.
func ghosts(trace string, missing []evidence.Expected) []timeline.Expected {
	var all []timeline.Expected
	for _, m := range missing {
		if m.Trace != trace {
			continue
		}
		parent := m.Parent
		if m.Below > 0 {
			parent = fmt.Sprintf("ghost-%d", m.Below) // all of a miss belong to one trace
		}
		all = append(all, timeline.Expected{Name: m.Name, Service: m.Service, Kind: m.Kind, Says: m.Says, Parent: parent, Around: m.Around})
	}
	return all
}

// lacks are the shortfalls of a span that is there, and the kind of what it lacks.
var lacks = map[evidence.Shortfall]string{
	evidence.NoAttribute: "attribute",
	evidence.NoEvent:     "event",
	evidence.NoException: "event",
	evidence.NoResource:  "resource",
	evidence.NoStatus:    "status",
}

// markLack notes at the span in question what it lacks.
func (v *Verdict) markLack(t *timeline.Trace) {
	if v.Fault == nil || lacks[v.Fault.What] == "" {
		return
	}
	name := cmp.Or(v.Fault.Key, v.Fault.Name)
	if v.Fault.What == evidence.NoStatus {
		name = string(spans.StatusError)
	}
	for i, row := range t.Rows {
		if row.ID == v.spanInQuestion() && row.Mark == "" {
			t.Rows[i].Lacks = []timeline.Lack{{What: lacks[v.Fault.What], Name: text.Escape(name)}}
		}
	}
}
