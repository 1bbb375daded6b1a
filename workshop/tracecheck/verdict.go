package tracecheck

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/cause"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// verdict is the outcome of a step's checks.
type verdict struct {
	step      string
	checks    []Check
	source    *source.Program
	failed    int
	finding   *cause.Fault     // nil if all checks passed
	diagnosis *cause.Diagnosis // nil if no cause is known
}

// outcome is pass, fail, or pending for a check that was not looked at.
func (v *verdict) outcome(i int) string {
	switch {
	case v.finding == nil || i < v.failed:
		return "pass"
	case i == v.failed:
		return "fail"
	}
	return "pending"
}

// lineWidth is what fits into 80 columns after the indent of go test.
const lineWidth = 76

func (v *verdict) write(w io.Writer) error {
	p := &page{painter: painterFromEnvironment()}
	if v.finding == nil {
		v.praise(p)
	} else {
		v.explain(p)
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// praise is the verdict when all is well.
func (v *verdict) praise(p *page) {
	v.checklist(p)
	p.line("")
	v.picture(p, v.richest())
}

// richest is the evidence with the largest trace, the first of them.
func (v *verdict) richest() *Evidence {
	richest, size := v.checks[0].After.evidence, 0
	for _, check := range v.checks {
		for _, trace := range spans.Group(check.After.evidence.Spans()) {
			if len(trace.Spans) > size {
				richest, size = check.After.evidence, len(trace.Spans)
			}
		}
	}
	return richest
}

// explain is the verdict when a check fails.
func (v *verdict) explain(p *page) {
	check := v.check()
	p.paragraph("", p.bold(check.Must))
	p.paragraph(p.red("✗ "), v.finding.Says)
	p.line("")
	v.picture(p, v.finding.Evidence)
	p.line("")
	if v.diagnosis != nil {
		p.paragraph("Likely cause: ", v.diagnosis.Says+" ("+p.bold(v.diagnosis.Cause)+")")
	} else {
		p.paragraph("Cause:        ", v.finding.Uncertain())
	}
	p.paragraph("What to do:   ", v.next())
	p.paragraph("Read:         ", v.reading())
	p.line("")
	v.checklist(p)
}

// section is the number of the section to go to.
func (v *verdict) section() int {
	if check := v.check(); v.diagnosis != nil && v.diagnosis.Setup && check.Setup > 0 {
		return check.Setup
	}
	return v.check().Section
}

// next is the next action, with the gap that is still open, if it is.
func (v *verdict) next() string {
	next := "Run it yourself, and compare what you see with what the lesson shows."
	if v.diagnosis != nil {
		next = v.diagnosis.Next
	}
	gap := v.gap()
	if gap == "" {
		return next
	}
	return fmt.Sprintf("%s TODO(%d) in %s is the place.", next, v.section(), gap)
}

// gap is the place of the gap of that section, or "" if nothing is left open
// there. A crash has a place of its own.
func (v *verdict) gap() string {
	if v.finding.What == evidence.Crashed || v.diagnosis != nil && v.diagnosis.Cause == "jaeger-missing" {
		return ""
	}
	var services []string
	for _, p := range v.finding.Evidence.Processes {
		services = append(services, p.Service())
	}
	return v.source.GapOf(v.section(), v.finding.Service, services)
}

func (v *verdict) reading() string {
	reading := fmt.Sprintf("%s/README.md, section %d", v.step, v.section())
	if header := v.source.Headers[v.section()]; header != "" {
		reading += fmt.Sprintf(" %q", header)
	}
	if v.diagnosis != nil {
		reading += "; docs/mistakes.md#" + v.diagnosis.Cause
	}
	return reading
}

// checklist shows where in the lesson this is.
func (v *verdict) checklist(p *page) {
	const mostPending = 5
	var items []string
	for i, check := range v.checks {
		if pending := len(v.checks) - i; v.finding != nil && i > v.failed+mostPending && pending > 1 {
			items = append(items, p.faint(fmt.Sprintf("and\u00a0%d\u00a0more", pending)))
			break
		}
		switch v.outcome(i) {
		case "pass":
			items = append(items, p.green("✓")+"\u00a0"+check.Name)
		case "fail":
			items = append(items, p.red("✗")+"\u00a0"+p.bold(check.Name))
		default:
			items = append(items, p.faint("·\u00a0"+check.Name))
		}
	}
	label := fmt.Sprintf("%d of %d checks: ", v.passed(), len(v.checks))
	p.paragraph(label, strings.Join(items, "  "))
}

// check is the one that fails.
func (v *verdict) check() Check { return v.checks[v.failed] }

// passed is the number of checks that passed.
func (v *verdict) passed() int {
	if v.finding == nil {
		return len(v.checks)
	}
	return v.failed
}

// picture shows what was run, and what arrived. It tells all about the one span
// that a command leaves, and about the span that does not say what it should.
func (v *verdict) picture(p *page, e *Evidence) {
	const most, tallest = 3, 14
	if e.Jaeger != nil {
		p.line(p.faint("$ go run ./workshop jaeger -config " + v.step + "/jaeger.yaml"))
	}
	for _, process := range e.Processes {
		p.line(p.faint("$ " + process.Command()))
		v.complaints(p, process)
	}
	for _, request := range requests(e.Exchanges) {
		p.line("  " + p.faint(text.Excerpt(request, lineWidth-2)))
	}
	if v.finding != nil && needsNoPicture(v.finding.What) {
		return
	}
	traces := foremost(spans.Group(e.Spans()), v.traceInQuestion())
	if len(traces) == 0 {
		p.line("  (no span)")
	}
	for _, trace := range traces[:min(most, len(traces))] {
		drawTrace(p, focus(trace, v.detailed(e)), v.spanInQuestion(), v.keyInQuestion(), tallest/min(most, len(traces)))
	}
	if len(traces) > most {
		p.line("  … " + text.Plural(len(traces)-most, "more trace"))
	}
}

// needsNoPicture tells whether traces say nothing about a shortfall, or would
// say too much.
func needsNoPicture(s evidence.Shortfall) bool {
	return slices.Contains([]evidence.Shortfall{evidence.NotStarted, evidence.NotListening, evidence.NotAnswering, evidence.WrongShare, evidence.WrongFinding}, s)
}

// complaints shows the last of what a program wrote to stderr, where that may
// say why the check fails.
func (v *verdict) complaints(p *page, process *Process) {
	const most, longest = 2, 200
	telling := []evidence.Shortfall{evidence.NoSpan, evidence.WrongExit, evidence.WrongOutput, evidence.WrongAnswer, evidence.NotReported}
	if v.finding == nil || !slices.Contains(telling, v.finding.What) || len(evidence.SpansIn(process.Stderr)) > 0 {
		return
	}
	lines := process.Complaints()
	for _, line := range lines[max(0, len(lines)-most):] {
		p.paragraph("  stderr: ", text.Excerpt(line, longest))
	}
}

// foremost puts the trace in question first.
func foremost(traces []spans.Trace, inQuestion string) []spans.Trace {
	i := slices.IndexFunc(traces, func(t spans.Trace) bool { return t.ID == inQuestion })
	if i <= 0 {
		return traces
	}
	return slices.Concat(traces[i:i+1], traces[:i], traces[i+1:])
}

// detailed gives the id of the span whose attributes and events matter, or "".
func (v *verdict) detailed(e *Evidence) string {
	telling := []evidence.Shortfall{evidence.NoAttribute, evidence.WrongType, evidence.WrongValue, evidence.NoEvent, evidence.NoException, evidence.NoStatus, evidence.WrongStatus, evidence.FalseAlarm}
	switch arrived := e.Spans(); {
	case len(arrived) == 1 && len(e.Exchanges) == 0:
		return arrived[0].SpanID
	case v.finding != nil && slices.Contains(telling, v.finding.What):
		return v.spanInQuestion()
	}
	return ""
}

// focus leaves the attributes and events out of all spans but one.
func focus(trace spans.Trace, detailed string) spans.Trace {
	focused := spans.Trace{ID: trace.ID}
	for _, s := range trace.Spans {
		if s.SpanID != detailed {
			s.Attributes, s.Events = nil, nil
		}
		focused.Spans = append(focused.Spans, s)
	}
	return focused
}

// traceInQuestion gives the id of the trace that the miss is about, or "".
func (v *verdict) traceInQuestion() string {
	switch {
	case v.finding == nil:
		return ""
	case v.finding.Span != nil:
		return v.finding.Span.TraceID
	}
	return v.finding.Trace
}

// spanInQuestion gives the id of the span that the miss is about, or "".
func (v *verdict) spanInQuestion() string {
	if v.finding == nil || v.finding.Span == nil {
		return ""
	}
	return v.finding.Span.SpanID
}

// keyInQuestion gives the key of the attribute that matters, or "".
func (v *verdict) keyInQuestion() string {
	if v.finding == nil {
		return ""
	}
	return v.finding.Key
}

// drawTrace draws a trace in as many lines as it may be tall. Attributes are
// left out before a span or an event is, and the one with the key comes last.
// The span that is kept is drawn even if that takes some more lines.
func drawTrace(p *page, trace spans.Trace, keep, key string, tallest int) {
	options := spans.Options{Width: lineWidth - 2, Color: bool(p.painter), Attributes: true, Events: true, MaxSpans: 8, Keep: keep}
	lines := drawing(trace, options)
	if len(lines) > tallest {
		putFirst(key, trace)
	}
	for options.MaxAttributes = tallest; len(lines) > tallest && options.MaxAttributes > 1; {
		options.MaxAttributes--
		lines = drawing(trace, options)
	}
	if slices.ContainsFunc(trace.Spans, func(s spans.Span) bool { return s.SpanID == keep }) {
		for len(lines) > tallest && options.MaxSpans > 1 {
			options.MaxSpans--
			lines = drawing(trace, options)
		}
		tallest = max(tallest, tallestAbove(trace, options))
	}
	for _, line := range lines[:min(len(lines), tallest)] {
		p.line("  " + line)
	}
	if len(lines) > tallest {
		p.line("  … " + text.Plural(len(lines)-tallest, "more line"))
	}
}

// tallestAbove is how many lines it takes to draw the span that is kept and
// what is above it, within reason.
func tallestAbove(trace spans.Trace, options spans.Options) int {
	const reason = 30
	options.Attributes, options.Events, options.MaxSpans = false, false, 1
	return min(reason, len(drawing(trace, options)))
}

// putFirst puts the attribute with a key before the others of its span.
func putFirst(key string, trace spans.Trace) {
	for i, s := range trace.Spans {
		at := slices.IndexFunc(s.Attributes, func(a spans.Attribute) bool { return a.Key == key })
		if at > 0 {
			trace.Spans[i].Attributes = slices.Concat(s.Attributes[at:at+1], s.Attributes[:at], s.Attributes[at+1:])
		}
	}
}

// drawing gives the lines of a trace.
func drawing(trace spans.Trace, options spans.Options) []string {
	var text strings.Builder
	_ = spans.Draw(&text, trace, options)
	return strings.Split(strings.TrimRight(text.String(), "\n"), "\n")
}

// requests lists what was asked of the services, and what they answered. What
// is the same comes once, with a number.
func requests(exchanges []*Exchange) []string {
	const most = 4
	var list []string
	times := map[string]int{}
	for _, x := range exchanges {
		line := "GET " + pathOf(x.URL) + " -> " + x.Says()
		if times[line]++; times[line] == 1 {
			list = append(list, line)
		}
	}
	for i, line := range list {
		if times[line] > 1 {
			list[i] = fmt.Sprintf("%s (%d times)", line, times[line])
		}
	}
	return list[:min(most, len(list))]
}

// pathOf gives a URL without the server, whose port is another one each time.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.RequestURI()
}

// page is text under construction.
type page struct {
	strings.Builder
	painter text.Painter
}

func (p *page) line(line string) { p.WriteString(text.Line(line) + "\n") }

// paragraph writes a text after a label, as [text.Paragraph] wraps it.
func (p *page) paragraph(label, content string) {
	for _, line := range text.Paragraph(label, content, lineWidth) {
		p.WriteString(line + "\n")
	}
}

// colorVariable makes verdicts coloured. The workshop command sets it when it
// shows a verdict on a terminal; go test itself gives a test no terminal.
const colorVariable = "TRACECHECK_COLOR"

func painterFromEnvironment() text.Painter { return os.Getenv(colorVariable) != "" }

func (p *page) bold(s string) string  { return p.painter.Words(text.Bold, s) }
func (p *page) faint(s string) string { return p.painter.Words(text.Faint, s) }
func (p *page) red(s string) string   { return p.painter.Words(text.Red, s) }
func (p *page) green(s string) string { return p.painter.Words(text.Green, s) }
