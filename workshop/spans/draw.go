package spans

import (
	"fmt"
	"io"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
)

// Options say how [Draw] draws. The zero Options draw the shape of the trace
// and its errors, 80 columns wide, without colour.
type Options struct {
	Width      int  // columns of a line; 0 means 80, and no less than 40 are used
	Color      bool // use the colours of a terminal
	Attributes bool // show the attributes of each span, with the type visible
	Events     bool // show the events of each span, by their time after its start
	MaxSpans   int  // draw no more spans than that; 0 means 50
	Of         int  // these are some spans of a trace that has so many: do not miss parents

	MaxAttributes int // show no more attributes of a span than that; 0 means all

	Keep string // id of a span that is never left out, nor are its ancestors
}

const (
	defaultWidth    = 80
	minWidth        = 40
	defaultMaxSpans = 50
)

func (o Options) withDefaults() Options {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	o.Width = max(o.Width, minWidth)
	if o.MaxSpans <= 0 {
		o.MaxSpans = defaultMaxSpans
	}
	return o
}

// narrow drawings have no room for a service next to a name.
func (o Options) narrow() bool { return o.Width < 60 }

// Draw draws a trace as a tree: a line that sums it up, then for each span a
// line with its service where that changes, its name, its kind, a bar that says
// when it ran, and how long it took.
//
// A failed span is marked with ✗ and has its status description under it. A
// line that starts with "!" points out what a trace should not have: a parent
// that is not there (unless Options.Of is set), spans that are their own ancestors, an id that came twice,
// and clocks that disagree. Where there are more spans than Options.MaxSpans, a
// line says how many are left out; spans with an error are left out last, and the
// one that Options.Keep names is not, even if that makes more of them.
//
// The same spans give the same text, in whatever order they are. Text from
// spans is escaped, so that it can neither break the layout nor control the
// terminal. An error is one of writing to w.
func Draw(w io.Writer, t Trace, o Options) error {
	o = o.withDefaults()
	d := newDrawing(t, o)
	d.addHeader(t)
	d.addBranches(d.tree.roots, "", 0)
	_, err := io.WriteString(w, d.render())
	return err
}

// drawing collects the lines of a trace. Only when all are known is it known
// how wide the columns must be.
type drawing struct {
	Options
	tree     tree
	chosen   []bool
	subtrees []tally
	timeline timeline
	services map[string]text.Style
	lines    []line
}

func newDrawing(t Trace, o Options) *drawing {
	tree := t.tree()
	return &drawing{
		Options:  o,
		tree:     tree,
		chosen:   tree.choose(o.MaxSpans, o.Keep),
		subtrees: tree.subtrees(),
		timeline: timelineOf(t.Spans),
		services: serviceColors(tree),
	}
}

// serviceStyles leaves out red and yellow, which mean something.
var serviceStyles = [...]text.Style{text.Cyan, text.Magenta, text.Green, text.Blue}

// serviceColors gives each service a colour, in the order of the drawing.
func serviceColors(t tree) map[string]text.Style {
	colors := make(map[string]text.Style)
	for _, i := range t.preorder() {
		service := t.spans[i].Service()
		if _, ok := colors[service]; !ok {
			colors[service] = serviceStyles[len(colors)%len(serviceStyles)]
		}
	}
	return colors
}

func (d *drawing) addHeader(t Trace) {
	var parts []string
	if !d.timeline.start.IsZero() {
		parts = append(parts, formatDuration(d.timeline.length))
	}
	if d.Of > 0 {
		parts = append(parts, fmt.Sprintf("%d of %s", len(t.Spans), text.Plural(d.Of, "span")))
	} else {
		parts = append(parts, text.Plural(len(t.Spans), "span"))
	}
	failed := 0
	for _, s := range t.Spans {
		failed += btoi(s.failed())
	}
	if failed > 0 {
		parts = append(parts, text.Plural(failed, "error"))
	}
	if n := d.countServices(); n > 1 {
		parts = append(parts, text.Plural(n, "service"))
	}
	header := fmt.Sprintf("trace %s  %s", shortID(t.ID), strings.Join(parts, " · "))
	d.addDetail("", text.Bold, header)
}

func (d *drawing) countServices() int {
	n := len(d.services)
	if _, ok := d.services[""]; ok {
		n--
	}
	return n
}

// addBranches adds siblings. Their lines start with base, which shows to which
// ancestors they belong.
func (d *drawing) addBranches(siblings []int, base string, depth int) {
	all := branches(siblings, d.chosen, d.subtrees)
	for n, b := range all {
		c := d.connect(base, depth, n == len(all)-1)
		if b.span == none {
			d.addLeftOut(b.leftOut, c.own)
			continue
		}
		service := d.changedService(b.span)
		if d.narrow() && service != "" {
			d.addService(b.span, service, c.above)
			service = ""
		}
		d.addSpan(b.span, service, c.own)
		children := d.tree.children[b.span]
		d.addDetails(b.span, c.below+stem(len(children) > 0))
		d.addBranches(children, c.below, depth+1)
	}
}

// connectors is what stands in front of a line over a span, of the line of the
// span, and of the lines under it.
type connectors struct{ above, own, below string }

// connect gives the connectors of a span at a depth. So that the tree does not
// grow to the right without end, the number of the level takes the place of the
// indent from a certain depth on.
func (d *drawing) connect(base string, depth int, last bool) connectors {
	if depth == 0 {
		return connectors{}
	}
	own := base
	if deepest := max(3, d.Width/12); depth > deepest {
		indent := 3 * (deepest - 1)
		own, base = levelNumber(depth+1, indent), strings.Repeat(" ", indent)
	}
	if last {
		return connectors{base + "│  ", own + "└─ ", base + "   "}
	}
	return connectors{base + "│  ", own + "├─ ", base + "│  "}
}

func levelNumber(level, width int) string {
	number := fmt.Sprintf("level %d ", level)
	if len(number) > width {
		number = fmt.Sprintf("%d ", level)
	}
	return text.PadLeft(text.Clip(number, width), width)
}

func stem(hasChildren bool) string {
	if hasChildren {
		return "│  "
	}
	return "   "
}

func (d *drawing) addLeftOut(count tally, prefix string) {
	color := text.Faint
	if count.failed > 0 {
		color = text.Red
	}
	d.lines = append(d.lines, line{prefix: prefix, text: count.String(), style: color})
}

// addService names the service of a span on a line of its own, as a narrow
// drawing does.
func (d *drawing) addService(i int, service, prefix string) {
	d.lines = append(d.lines, line{
		prefix: prefix,
		text:   "[" + text.Clip(service, d.Width-text.Width(prefix)-2) + "]",
		style:  d.services[d.tree.spans[i].Service()],
	})
}

func (d *drawing) addSpan(i int, service, prefix string) {
	s := d.tree.spans[i]
	d.lines = append(d.lines, line{prefix: prefix, span: &spanCells{
		source:   s,
		service:  service,
		name:     d.nameOf(s),
		kind:     string(s.Kind),
		duration: durationOf(s),
		color:    d.services[s.Service()],
	}})
}

// changedService gives the service of a span where the reader does not know it
// from the parent.
func (d *drawing) changedService(i int) string {
	service := d.tree.spans[i].Service()
	if p := d.tree.parent[i]; p != none && d.tree.spans[p].Service() == service {
		return ""
	}
	if service == "" {
		return "no service.name"
	}
	return text.Clip(text.Escape(service), d.Width)
}

func (d *drawing) nameOf(s Span) string {
	if s.Name == "" {
		return "(no name)"
	}
	return text.Clip(text.Escape(s.Name), d.Width)
}

func durationOf(s Span) string {
	if !hasTimes(s) {
		return "no time"
	}
	return formatDuration(s.Duration())
}
