package lesson_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// slide is a page of the deck.
type slide struct {
	line    int      // on which it begins
	class   string   // "step" for the page before a part
	notes   string   // what the speaker says
	lines   []string // what is shown, without empty lines
	blocks  [][]string
	unknown string // a class that the style does not have
}

var (
	slideComment = regexp.MustCompile(`(?s)<!--(.*?)-->`)
	slideClass   = regexp.MustCompile(`^\s*_class: (\S+)\s*$`)
	slideSetting = regexp.MustCompile(`^\s*_\w+: `)
)

// readSlides gives the front matter and the pages of a Marp deck.
func readSlides(text string) (front string, slides []slide, err error) {
	rest, ok := strings.CutPrefix(text, "---\n")
	if front, rest, ok = cutIf(ok, rest, "\n---\n"); !ok {
		return "", nil, fmt.Errorf("it has no front matter")
	}
	line := strings.Count(front, "\n") + 4
	page, inBlock := "", false
	for content := range strings.Lines(rest + "---\n") {
		if strings.HasPrefix(content, "```") {
			inBlock = !inBlock
		}
		if content != "---\n" || inBlock {
			page += content
			continue
		}
		slides = append(slides, readSlide(front, line, page))
		line += strings.Count(page, "\n") + 1
		page = ""
	}
	if inBlock {
		return "", nil, fmt.Errorf("a block is never closed")
	}
	return front, slides, nil
}

func cutIf(ok bool, text, separator string) (before, after string, found bool) {
	before, after, found = strings.Cut(text, separator)
	return before, after, ok && found
}

func readSlide(front string, line int, page string) slide {
	s := slide{line: line}
	for _, comment := range slideComment.FindAllStringSubmatch(page, -1) {
		if class := slideClass.FindStringSubmatch(comment[1]); class != nil {
			s.class = class[1]
			if !regexp.MustCompile(`section\.` + regexp.QuoteMeta(s.class) + `\b`).MatchString(front) {
				s.unknown = s.class
			}
		} else if !slideSetting.MatchString(comment[1]) {
			s.notes += strings.TrimSpace(comment[1])
		}
	}
	inBlock := false
	for content := range strings.Lines(slideComment.ReplaceAllString(page, "")) {
		content = strings.TrimRight(content, "\n")
		switch {
		case strings.HasPrefix(content, "```"):
			if inBlock = !inBlock; inBlock {
				s.blocks = append(s.blocks, nil)
			}
			continue
		case inBlock:
			last := len(s.blocks) - 1
			s.blocks[last] = append(s.blocks[last], content)
		case strings.TrimSpace(content) == "":
			continue
		}
		s.lines = append(s.lines, content)
	}
	return s
}

// problems tells what would not fit on the page, or leaves the speaker alone.
// The limits are those of the type sizes in the deck's style.
func (s slide) problems() []string {
	const (
		mostLines      = 17
		mostBlockLines = 14
		widest         = 90
		widestSmall    = 102 // in the smaller type of the classes wide and small
	)
	var found []string
	complain := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if len(s.lines) == 0 || !strings.HasPrefix(s.lines[0], "# ") {
		complain("it does not begin with a title")
	}
	if s.notes == "" && s.class != "step" {
		complain("it has no notes for the speaker: a comment at its end")
	}
	if s.unknown != "" {
		complain("the style has no class %s", s.unknown)
	}
	if len(s.lines) > mostLines {
		complain("%d lines, more than %d", len(s.lines), mostLines)
	}
	width := widest
	if s.class == "wide" || s.class == "small" {
		width = widestSmall
	}
	for _, block := range s.blocks {
		if len(block) > mostBlockLines {
			complain("a block of %d lines, more than %d", len(block), mostBlockLines)
		}
		for _, content := range block {
			if columns := utf8.RuneCountInString(strings.ReplaceAll(content, "\t", "    ")); columns > width {
				complain("a line of %d columns, more than %d: %s", columns, width, content)
			}
		}
	}
	return found
}

// TestSlides holds the deck to what can be read from the last row, and told.
func TestSlides(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "slides.md"))
	if err != nil {
		t.Fatal(err)
	}
	front, slides, err := readSlides(strings.ReplaceAll(string(text), "\r\n", "\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`(?m)^marp: true$`).MatchString(front) {
		t.Error("the front matter lacks marp: true")
	}
	if len(slides) < 20 {
		t.Errorf("only %d slides are found", len(slides))
	}
	for i, s := range slides {
		for _, problem := range s.problems() {
			t.Errorf("docs/slides.md:%d: slide %d: %s", s.line, i+1, problem)
		}
	}
}

func TestSlidesThatDoNotFit(t *testing.T) {
	const front = "---\nmarp: true\nstyle: section.small {}\n---\n"
	const notes = "\n<!--\nSay this.\n-->\n"
	for name, test := range map[string]struct{ page, want string }{
		"good":     {"\n# Title\n\n```text\n---\n```\n" + notes, ""},
		"no title": {"\nwords\n" + notes, "it does not begin with a title"},
		"no notes": {"<!-- _paginate: false -->\n# Title\n", "it has no notes for the speaker: a comment at its end"},
		"class":    {"<!-- _class: smal -->\n# Title\n" + notes, "the style has no class smal"},
		"long":     {"# Title\n" + strings.Repeat("- one\n", 17) + notes, "18 lines, more than 17"},
		"block":    {"# Title\n```\n" + strings.Repeat("a\n", 15) + "```\n" + notes, "a block of 15 lines, more than 14"},
		"wide":     {"# Title\n```\n\t" + strings.Repeat("━", 87) + "\n```\n" + notes, "a line of 91 columns, more than 90: \t" + strings.Repeat("━", 87)},
		"small":    {"<!-- _class: small -->\n# Title\n```\n" + strings.Repeat("a", 102) + "\n```\n" + notes, ""},
	} {
		_, slides, err := readSlides(front + "# First\n" + notes + "\n---\n" + test.page)
		if err != nil || len(slides) != 2 {
			t.Errorf("%s: %d slides (%v), want 2", name, len(slides), err)
			continue
		}
		if got := strings.Join(slides[1].problems(), "; "); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if slides[1].line != 12 {
			t.Errorf("%s: it begins on line %d, want 12", name, slides[1].line)
		}
	}
	if _, _, err := readSlides("# Title\n"); err == nil {
		t.Error("a deck without front matter is fine")
	}
}
