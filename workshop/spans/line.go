package spans

import (
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
)

// line is a line of a drawing: a span in columns, or running text.
type line struct {
	prefix string // the connectors of the tree
	span   *spanCells
	text   string
	style  text.Style
}

// spanCells is what the columns show of a span, escaped.
type spanCells struct {
	source   Span
	service  string // "" when it is the parent's
	name     string
	kind     string
	duration string
	color    text.Style
}

const failedMark = "✗ "

// label gives the width of the first column if there is room for all of it.
func (l line) label() int {
	width := text.Width(l.prefix) + text.Width(l.span.name)
	if l.span.service != "" {
		width += text.Width("[" + l.span.service + "] ")
	}
	if l.span.source.failed() {
		width += text.Width(failedMark)
	}
	return width
}

// grid is the widths of the columns and of the gap between them.
type grid struct{ label, kind, bar, duration, gap int }

func (d *drawing) grid() grid {
	g := grid{gap: 2}
	if d.narrow() {
		g.gap = 1
	}
	for _, l := range d.lines {
		if l.span == nil {
			continue
		}
		g.label = max(g.label, l.label())
		g.kind = max(g.kind, text.Width(l.span.kind))
		g.duration = max(g.duration, text.Width(l.span.duration))
	}
	free := d.Width - g.kind - g.duration - 3*g.gap
	g.label = min(g.label, free-free/3)
	if !d.timeline.start.IsZero() {
		g.bar = min(free-g.label, d.Width/2)
	}
	return g
}

func (d *drawing) render() string {
	var b strings.Builder
	g := d.grid()
	for _, l := range d.lines {
		b.WriteString(d.paint(text.Faint, l.prefix))
		if l.span == nil {
			b.WriteString(d.paint(l.style, l.text))
		} else {
			d.renderSpan(&b, l, g)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (d *drawing) renderSpan(b *strings.Builder, l line, g grid) {
	gap := strings.Repeat(" ", g.gap)
	bar := d.timeline.bar(l.span.source, g.bar)
	d.renderLabel(b, l, g.label-text.Width(l.prefix))
	b.WriteString(gap + d.paint(text.Faint, text.Pad(l.span.kind, g.kind)) + gap)
	b.WriteString(d.paint(text.Faint, bar.before) + d.paint(l.span.color, bar.span) + d.paint(text.Faint, bar.after))
	b.WriteString(gap + text.PadLeft(l.span.duration, g.duration))
}

// renderLabel fills room columns with the service and the name. Where both are
// too long, the name gets two thirds.
func (d *drawing) renderLabel(b *strings.Builder, l line, room int) {
	nameStyle := text.Plain
	if l.span.source.failed() {
		b.WriteString(d.paint(text.Red, failedMark))
		room -= text.Width(failedMark)
		nameStyle = text.Red
	}
	if l.span.service != "" {
		width := max(room/3, room-1-text.Width(l.span.name))
		service := "[" + text.Clip(l.span.service, width-2) + "] "
		b.WriteString(d.paint(l.span.color, service))
		room -= text.Width(service)
	}
	name := text.Clip(l.span.name, room)
	b.WriteString(d.paint(nameStyle, name) + strings.Repeat(" ", max(0, room-text.Width(name))))
}

func (d *drawing) paint(s text.Style, part string) string {
	return text.Painter(d.Color).Paint(s, part)
}
