package lesson

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// anything stands for any lines, alone on a line, and for any text, in one.
const anything = "…"

// varying is what differs from one run to the next, each with what it is
// compared as. So a lesson can show real identifiers, times and drawings.
var varying = []struct {
	shape *regexp.Regexp
	as    string
}{
	{regexp.MustCompile(`\b[0-9a-f]{32}\b`), "<trace ID>"},
	{regexp.MustCompile(`\b[0-9a-f]{16}\b`), "<span ID>"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`), "<time>"},
	{regexp.MustCompile(`\b\d+(\.\d+)?(ns|µs|ms|s)\b|\(cached\)`), "<duration>"},
	{regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `), "<time> "},
	{regexp.MustCompile(`\b[0-9a-f]{8}…`), "<trace>"},
	{regexp.MustCompile(`[·╺━╸]*[╺━╸][·╺━╸]*`), "<bar>"},
	{regexp.MustCompile(`[ \t]+`), " "},
}

// plain takes out of text what is not compared.
func plain(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "go: downloading ") { // the first time on a machine
			continue
		}
		for _, v := range varying {
			line = v.shape.ReplaceAllString(line, v.as)
		}
		if line = strings.TrimSpace(line); line != "" {
			kept.WriteString(line + "\n")
		}
	}
	return kept.String()
}

// expectation is what a document says that a command prints, without empty
// lines.
type expectation []string

// pattern matches output that begins with these lines.
func (e expectation) pattern() string {
	var p strings.Builder
	p.WriteString(`^`)
	for _, line := range e {
		if strings.TrimSpace(line) == anything {
			p.WriteString(`(?:.*\n)*?`)
			continue
		}
		texts := strings.Split(strings.TrimSuffix(plain(line), "\n"), anything)
		for i, text := range texts {
			texts[i] = regexp.QuoteMeta(text)
		}
		p.WriteString(strings.Join(texts, `.*`) + `\n`)
	}
	return p.String()
}

// stream is what one program prints.
type stream struct {
	expected expectation
	output   string
}

var printerName = regexp.MustCompile(`^([\w-]+) +\| `)

// printer gives the name of the program before a line that it printed into a
// terminal that it shares, as in "user-service | ready", or "".
func printer(line string) string {
	if match := printerName.FindStringSubmatch(line); match != nil {
		return match[1]
	}
	return ""
}

// streams splits what is expected, and output, by the programs that are expected
// to print it: the lines of each come in order, but which of two programs is
// faster is left to chance. A line … stands in every stream.
func (e expectation) streams(output string) []stream {
	names := []string{""}
	for _, line := range e {
		if name := printer(line); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	all := make([]stream, len(names))
	for i, name := range names {
		for _, line := range e {
			if printer(line) == name || strings.TrimSpace(line) == anything {
				all[i].expected = append(all[i].expected, line)
			}
		}
	}
	for line := range strings.Lines(output) {
		i := max(0, slices.Index(names, printer(line)))
		all[i].output += line
	}
	return all
}

// begins tells whether output begins as expected.
func (e expectation) begins(output string) bool {
	for _, s := range e.streams(output) {
		if !regexp.MustCompile(s.expected.pattern()).MatchString(plain(s.output)) {
			return false
		}
	}
	return true
}

// hopeless tells whether output differs from what is expected before the first
// line that stands for any lines: what is yet to be printed cannot mend that.
func (e expectation) hopeless(output string) bool {
	return slices.ContainsFunc(e.streams(output), stream.hopeless)
}

func (s stream) hopeless() bool {
	known := strings.Count(plain(s.output), "\n")
	for i, line := range s.expected {
		if i == known || strings.TrimSpace(line) == anything {
			return false
		}
		if !s.expected[:i+1].begins(s.output) {
			return true
		}
	}
	return false
}

// check compares all that was printed with what is expected, and tells what
// the first difference is.
func (e expectation) check(output string) error {
	for _, s := range e.streams(output) {
		if regexp.MustCompile(s.expected.pattern() + `$`).MatchString(plain(s.output)) {
			continue
		}
		for i := range s.expected {
			if !s.expected[:i+1].begins(s.output) {
				return fmt.Errorf("the output has no line %q in its place; this is what was printed:\n%s", s.expected[i], output)
			}
		}
		return fmt.Errorf("the output goes on after what is shown; this is what was printed:\n%s", output)
	}
	return nil
}
