package report

import (
	"os"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
)

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

// ColorVariable makes verdicts coloured. The workshop command sets it when it
// shows a verdict on a terminal; go test itself gives a test no terminal.
const ColorVariable = "TRACECHECK_COLOR"

func painterFromEnvironment() text.Painter { return os.Getenv(ColorVariable) != "" }

func (p *page) bold(s string) string  { return p.painter.Words(text.Bold, s) }
func (p *page) faint(s string) string { return p.painter.Words(text.Faint, s) }
func (p *page) red(s string) string   { return p.painter.Words(text.Red, s) }
func (p *page) green(s string) string { return p.painter.Words(text.Green, s) }
