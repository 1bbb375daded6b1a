package lesson

import (
	"fmt"
	"regexp"
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
	{regexp.MustCompile(`\b[0-9a-f]{8}…`), "<trace>"},
	{regexp.MustCompile(`━+`), "<bar>"},
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
		kept.WriteString(strings.TrimSpace(line) + "\n")
	}
	return kept.String()
}

// expectation is what a document says that a command prints.
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

// begins tells whether output begins as expected.
func (e expectation) begins(output string) bool {
	return regexp.MustCompile(e.pattern()).MatchString(plain(output))
}

// check compares all that was printed with what is expected, and tells what
// the first difference is.
func (e expectation) check(output string) error {
	if regexp.MustCompile(e.pattern() + `$`).MatchString(plain(output)) {
		return nil
	}
	for i := range e {
		if !e[:i+1].begins(output) {
			return fmt.Errorf("the output has no line %q in its place; this is what was printed:\n%s", e[i], output)
		}
	}
	return fmt.Errorf("the output goes on after what is shown; this is what was printed:\n%s", output)
}
