package report

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// picture shows what was run, and what arrived. It tells all about the one span
// that a command leaves, and about the span that does not say what it should.
func (v *Verdict) picture(p *page, e *evidence.Evidence) {
	const most, tallest = 3, 14
	if e.Deployment != nil {
		for _, line := range e.Deployment.Account {
			p.paragraph("  ", line)
		}
		return
	}
	if e.Jaeger != nil {
		p.line(p.faint("$ go run ./workshop jaeger -config " + v.Step + "/jaeger.yaml"))
	}
	for _, process := range e.Processes {
		p.line(p.faint("$ " + process.Command()))
		v.complaints(p, process)
	}
	for _, request := range requests(e.Exchanges) {
		p.line("  " + p.faint(text.Excerpt(request, lineWidth-2)))
	}
	if v.Fault != nil && needsNoPicture(v.Fault.What) {
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
func (v *Verdict) complaints(p *page, process *evidence.Process) {
	for _, line := range v.tellingLines(process) {
		p.paragraph("  stderr: ", line)
	}
}

// tellingLines gives those lines, none too long.
func (v *Verdict) tellingLines(process *evidence.Process) []string {
	const most, longest = 2, 200
	telling := []evidence.Shortfall{evidence.NoSpan, evidence.WrongExit, evidence.WrongOutput, evidence.WrongAnswer, evidence.NotReported}
	if v.Fault == nil || !slices.Contains(telling, v.Fault.What) || len(evidence.SpansIn(process.Stderr)) > 0 {
		return nil
	}
	var lines []string
	for _, line := range process.Complaints() {
		lines = append(lines, text.Excerpt(line, longest))
	}
	return lines[max(0, len(lines)-most):]
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
func (v *Verdict) detailed(e *evidence.Evidence) string {
	telling := []evidence.Shortfall{evidence.NoAttribute, evidence.WrongType, evidence.WrongValue, evidence.NoEvent, evidence.NoException, evidence.NoStatus, evidence.WrongStatus, evidence.FalseAlarm}
	switch arrived := e.Spans(); {
	case len(arrived) == 1 && len(e.Exchanges) == 0:
		return arrived[0].SpanID
	case v.Fault != nil && slices.Contains(telling, v.Fault.What):
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
func (v *Verdict) traceInQuestion() string {
	switch {
	case v.Fault == nil:
		return ""
	case v.Fault.Span != nil:
		return v.Fault.Span.TraceID
	}
	return v.Fault.Trace
}

// spanInQuestion gives the id of the span that the miss is about, or "".
func (v *Verdict) spanInQuestion() string {
	if v.Fault == nil || v.Fault.Span == nil {
		return ""
	}
	return v.Fault.Span.SpanID
}

// keyInQuestion gives the key of the attribute that matters, or "".
func (v *Verdict) keyInQuestion() string {
	if v.Fault == nil {
		return ""
	}
	return v.Fault.Key
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
func requests(exchanges []*evidence.Exchange) []string {
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
