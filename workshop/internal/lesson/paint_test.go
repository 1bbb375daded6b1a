package lesson_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// The slides show verdicts and traces in the colours of a terminal, in blocks
//
//	<pre class="terminal">
//
// Nobody writes the tags in them: a plain text is pasted in, and
// go test ./workshop/internal/lesson -run TestSlides -update paints it.

// painted gives a plain text, as HTML, the colours that spans.Draw and a
// verdict give it. What stands behind ◀ is a remark of the slide.
func painted(plain string) string {
	lines := strings.Split(plain, "\n")
	found := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "✗ ") && !spanLine.MatchString(line) })
	var trace *traceColors
	for i, line := range lines {
		line, remark, remarked := strings.Cut(line, remarkMark)
		header := traceHeader.FindStringSubmatch(line)
		switch {
		case header != nil:
			trace = &traceColors{indent: header[1], services: map[string]string{}}
			line = header[1] + tag("b", header[2])
		case line == "":
			trace = nil
		case trace != nil:
			line = trace.paint(line)
		case i < found: // what must be true
			line = tag("b", line)
		default:
			line = paintWords(line)
		}
		if remarked {
			line += tag("mark", remarkMark+remark)
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

const remarkMark = "◀"

var (
	traceHeader = regexp.MustCompile(`^( *)(trace [0-9a-f]{8}….*)$`)
	spanLine    = regexp.MustCompile(`^((?:[│ ]  )*(?:[├└]─ )?)(✗ )?(?:\[([^\]]+)\] )?(\S.*?)( {2,})((?:server|client|internal) *)(  )(·*)([━╸╺]+)(·*)(  .+)$`)
	command     = regexp.MustCompile(`^\$ .*$`)
	causeName   = regexp.MustCompile(`^(.*\()([a-z]+(?:-[a-z]+)+)(\))$`)
	address     = regexp.MustCompile(`^(.*)\b(ADDRESS)\b(.*)$`)
)

// paintWords paints a line that belongs to no trace.
func paintWords(line string) string {
	if command.MatchString(line) {
		return tag("i", line)
	}
	for _, mark := range []struct{ text, color string }{{"✗", "red"}, {"✓", "green"}} {
		if rest, ok := strings.CutPrefix(line, mark.text+" "); ok {
			return color(mark.color, mark.text) + " " + toHTML.Replace(rest)
		}
	}
	if parts := causeName.FindStringSubmatch(line); parts != nil {
		return toHTML.Replace(parts[1]) + tag("b", parts[2]) + parts[3]
	}
	if parts := address.FindStringSubmatch(line); parts != nil { // to be filled in
		return toHTML.Replace(parts[1]) + tag("mark", parts[2]) + toHTML.Replace(parts[3])
	}
	return toHTML.Replace(line)
}

// traceColors knows whose span was drawn last at each depth.
type traceColors struct {
	indent   string            // of the whole drawing
	services map[string]string // the colour of each
	owners   []string          // by depth
	failing  bool              // the error of the last span goes on
}

func (t *traceColors) paint(line string) string {
	line = strings.TrimPrefix(line, t.indent)
	parts := spanLine.FindStringSubmatch(line)
	if parts == nil {
		return t.indent + t.paintDetail(line)
	}
	prefix, mark, service, name := parts[1], parts[2], parts[3], parts[4]
	depth := len([]rune(prefix)) / 3
	t.owners = t.owners[:min(depth, len(t.owners))]
	if service == "" && len(t.owners) > 0 {
		service = t.owners[len(t.owners)-1]
	}
	t.owners = append(t.owners, service)
	paint, known := t.services[service]
	if !known {
		paint = [...]string{"cyan", "magenta", "green", "blue"}[len(t.services)%4]
		t.services[service] = paint
	}
	painted := t.indent + tag("i", prefix)
	if mark != "" {
		painted += color("red", mark)
	}
	if parts[3] != "" {
		painted += color(paint, "["+service+"] ")
	}
	if mark != "" {
		painted += color("red", name)
	} else {
		painted += toHTML.Replace(name)
	}
	t.failing = false
	return painted + parts[5] + tag("i", parts[6]) + parts[7] +
		tag("i", parts[8]) + color(paint, parts[9]) + tag("i", parts[10]) + parts[11]
}

// paintDetail paints a line under a span.
func (t *traceColors) paintDetail(line string) string {
	runes := []rune(line)
	stem := min(3*len(t.owners), len(runes))
	prefix, detail := string(runes[:stem]), string(runes[stem:])
	t.failing = strings.HasPrefix(detail, "error") || t.failing && strings.HasPrefix(detail, "  ")
	switch {
	case t.failing:
		detail = color("red", detail)
	case strings.HasPrefix(detail, "! "):
		detail = color("yellow", detail)
	default:
		detail = toHTML.Replace(detail)
	}
	return tag("i", prefix) + detail
}

func color(name, text string) string {
	return `<span class="` + name + `">` + toHTML.Replace(text) + `</span>`
}

// tag gives spaces no tag: there is nothing to colour.
func tag(name, text string) string {
	if strings.TrimSpace(text) == "" {
		return text
	}
	return "<" + name + ">" + toHTML.Replace(text) + "</" + name + ">"
}

var (
	toHTML   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	fromHTML = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
	paintTag = regexp.MustCompile(`</?(?:b|i|mark|span)(?: class="\w+")?>`)
)

// unpainted gives the text of a block without its colours.
func unpainted(block string) string { return fromHTML.Replace(paintTag.ReplaceAllString(block, "")) }

// TestSlidesHaveTheColorsOfTheTerminal holds painted to what is printed.
func TestSlidesHaveTheColorsOfTheTerminal(t *testing.T) {
	for _, name := range []string{
		"spans/testdata/draw/failed-color.txt",
		"spans/testdata/draw/two-services-color.txt",
		"tracecheck/testdata/verdicts/no-span-color.golden",
	} {
		text, err := os.ReadFile(filepath.Join(root, "workshop", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		// The slides leave the list of the checks out.
		printed, _, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n\n1 of 3 checks")
		html := painted(escapes.ReplaceAllString(printed, ""))
		if got, want := unpainted(html), escapes.ReplaceAllString(printed, ""); got != want {
			t.Errorf("%s: unpainted (-want +got):\n%s", name, cmp.Diff(want, got))
		}
		if diff := cmp.Diff(inks(printed, escapes), inks(html, paintTag)); diff != "" {
			t.Errorf("%s (-terminal +slide):\n%s", name, diff)
		}
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9]*m")

// inks gives each line of a text as its words, each with its colour, whether
// escapes of a terminal or tags give it.
func inks(text string, codes *regexp.Regexp) []string {
	names := map[string]string{
		"\x1b[0m": "", "\x1b[1m": "bold", "\x1b[2m": "faint", "\x1b[31m": "red", "\x1b[32m": "green", "\x1b[33m": "yellow",
		"\x1b[34m": "blue", "\x1b[35m": "magenta", "\x1b[36m": "cyan", "<b>": "bold", "<i>": "faint",
	}
	var lines []string
	for line := range strings.Lines(text) {
		ink, at, words := "", 0, ""
		write := func(part string) {
			for _, r := range fromHTML.Replace(part) {
				if !unicode.IsSpace(r) {
					words += ink + string(r) + " "
				}
			}
		}
		for _, code := range codes.FindAllStringIndex(line, -1) {
			write(line[at:code[0]])
			found := line[code[0]:code[1]]
			if class, ok := strings.CutPrefix(found, `<span class="`); ok {
				ink = strings.TrimSuffix(class, `">`)
			} else {
				ink = names[found]
			}
			at = code[1]
		}
		write(line[at:])
		lines = append(lines, words)
	}
	return lines
}
