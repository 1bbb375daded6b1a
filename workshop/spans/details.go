package spans

import (
	"fmt"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/text"
)

// detailLines is how many lines one detail may take.
const detailLines = 3

// addDetails adds the lines under a span.
func (d *drawing) addDetails(i int, prefix string) {
	s := d.tree.spans[i]
	if s.failed() {
		d.addDetail(prefix, text.Red, describeError(s))
	}
	for _, remark := range d.tree.remarks(i, d.Of > 0) {
		d.addDetail(prefix, text.Yellow, "! "+remark)
	}
	for _, link := range s.Links {
		d.addDetail(prefix, text.Plain, describeLink(link, s.TraceID))
	}
	if d.Attributes {
		d.addAttributes(s.Attributes, prefix)
	}
	if d.Events {
		for _, e := range s.Events {
			d.addDetail(prefix, text.Plain, describeEvent(e, s.Start))
		}
	}
}

func (d *drawing) addAttributes(attributes Attributes, prefix string) {
	shown := len(attributes)
	if d.MaxAttributes > 0 {
		shown = min(shown, d.MaxAttributes)
	}
	for _, a := range attributes[:shown] {
		d.addDetail(prefix, text.Plain, formatAttribute(a))
	}
	if leftOut := len(attributes) - shown; leftOut > 0 {
		d.addDetail(prefix, text.Faint, "… "+text.Plural(leftOut, "more attribute"))
	}
}

func (d *drawing) addDetail(prefix string, style text.Style, detail string) {
	for _, part := range text.Wrap(detail, d.Width-text.Width(prefix), detailLines) {
		d.lines = append(d.lines, line{prefix: prefix, text: part, style: style})
	}
}

func describeError(s Span) string {
	if s.Status.Description == "" {
		return "error, no description"
	}
	return "error: " + text.Escape(s.Status.Description)
}

// remarks gives what is wrong with the place of a span in its trace, or in a
// part of it, in which parents may be missing.
func (t tree) remarks(i int, part bool) []string {
	var remarks []string
	add := func(format string, args ...any) { remarks = append(remarks, fmt.Sprintf(format, args...)) }
	s := t.spans[i]
	if t.first[s.SpanID] != i {
		add("another span has the same span id, %s", shortID(s.SpanID))
	}
	if remark := t.rootRemark(i, part); remark != "" {
		add("%s", remark)
	}
	if !hasTimes(s) {
		return remarks
	}
	if s.Duration() < 0 {
		add("ends %s before it starts", formatDuration(-s.Duration()))
	}
	if early := t.early(i); early > 0 {
		add("starts %s before its parent: do their clocks differ?", formatDuration(early))
	}
	return remarks
}

// rootRemark tells why a span with a parent id is a root.
func (t tree) rootRemark(i int, part bool) string {
	s := t.spans[i]
	if t.parent[i] != none || s.ParentID == "" {
		return ""
	}
	if s.ParentID == s.SpanID {
		return "is its own parent"
	}
	if _, ok := t.first[s.ParentID]; ok {
		return fmt.Sprintf("parent %s is also its descendant", shortID(s.ParentID))
	}
	if part {
		return ""
	}
	return fmt.Sprintf("parent %s never arrived", shortID(s.ParentID))
}

// early gives by how much a span starts before its parent does.
func (t tree) early(i int) time.Duration {
	p := t.parent[i]
	if p == none || !hasTimes(t.spans[p]) {
		return 0
	}
	return t.spans[p].Start.Sub(t.spans[i].Start)
}

func describeLink(l Link, traceID string) string {
	switch l.TraceID {
	case "":
		return "linked to no trace"
	case traceID:
		return fmt.Sprintf("linked to span %s of this trace", shortID(l.SpanID))
	default:
		return fmt.Sprintf("linked to trace %s span %s", shortID(l.TraceID), shortID(l.SpanID))
	}
}

func describeEvent(e Event, start time.Time) string {
	line := "event " + text.Escape(e.Name)
	if !e.Time.IsZero() && !start.IsZero() {
		line += fmt.Sprintf(" (%s)", formatOffset(e.Time.Sub(start)))
	}
	if details := eventDetails(e); details != "" {
		line += ": " + details
	}
	return line
}

func formatOffset(d time.Duration) string {
	if d < 0 {
		return formatDuration(d)
	}
	return "+" + formatDuration(d)
}

// eventDetails gives the attributes of an event, and the type and message of an
// exception (semantic conventions, section Exceptions on spans).
func eventDetails(e Event) string {
	var parts []string
	if exception := describeException(e); exception != "" {
		parts = append(parts, exception)
	}
	for _, a := range e.Attributes {
		if e.Name == exceptionEvent && strings.HasPrefix(a.Key, exceptionEvent+".") {
			continue
		}
		parts = append(parts, formatAttribute(a))
	}
	return strings.Join(parts, ", ")
}

const exceptionEvent = "exception"

func describeException(e Event) string {
	if e.Name != exceptionEvent {
		return ""
	}
	kind, _ := e.Attributes.Get("exception.type").(string)
	message, _ := e.Attributes.Get("exception.message").(string)
	if kind != "" && message != "" {
		kind += ": "
	}
	return text.Escape(kind + message)
}
