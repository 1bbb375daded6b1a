package spans

import "strings"

// line is a line of a drawing: a span in columns, or running text.
type line struct {
	prefix string // the connectors of the tree
	span   *spanCells
	text   string
	style  style
}

// spanCells is what the columns show of a span, escaped.
type spanCells struct {
	source   Span
	service  string // "" when it is the parent's
	name     string
	kind     string
	duration string
	color    style
}

const failedMark = "✗ "

// label gives the width of the first column if there is room for all of it.
func (l line) label() int {
	width := columns(l.prefix) + columns(l.span.name)
	if l.span.service != "" {
		width += columns("[" + l.span.service + "] ")
	}
	if l.span.source.failed() {
		width += columns(failedMark)
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
		g.kind = max(g.kind, columns(l.span.kind))
		g.duration = max(g.duration, columns(l.span.duration))
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
		b.WriteString(d.paint(dim, l.prefix))
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
	d.renderLabel(b, l, g.label-columns(l.prefix))
	b.WriteString(gap + d.paint(dim, pad(l.span.kind, g.kind)) + gap)
	b.WriteString(d.paint(dim, bar.before) + d.paint(l.span.color, bar.span) + d.paint(dim, bar.after))
	b.WriteString(gap + padLeft(l.span.duration, g.duration))
}

// renderLabel fills room columns with the service and the name. Where both are
// too long, the name gets two thirds.
func (d *drawing) renderLabel(b *strings.Builder, l line, room int) {
	nameStyle := plain
	if l.span.source.failed() {
		b.WriteString(d.paint(red, failedMark))
		room -= columns(failedMark)
		nameStyle = red
	}
	if l.span.service != "" {
		width := max(room/3, room-1-columns(l.span.name))
		service := "[" + clip(l.span.service, width-2) + "] "
		b.WriteString(d.paint(l.span.color, service))
		room -= columns(service)
	}
	name := clip(l.span.name, room)
	b.WriteString(d.paint(nameStyle, name) + strings.Repeat(" ", max(0, room-columns(name))))
}

func (d *drawing) paint(s style, text string) string {
	if !d.Color {
		return text
	}
	return s.paint(text)
}
