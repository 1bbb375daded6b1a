package lesson_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/tracing-workshop/workshop/internal/golden"
)

// slide is a page of the deck.
type slide struct {
	line     int      // on which it begins
	class    string   // "step" for the page before a part
	notes    string   // what the speaker says
	lines    []string // what is shown, without empty lines
	blocks   [][]string
	pictures []picture
	unknown  string // a class that the style does not have
}

// picture is one on a slide, from the folder of the deck.
type picture struct{ alt, file string }

var (
	slideComment = regexp.MustCompile(`(?s)<!--(.*?)-->`)
	slideClass   = regexp.MustCompile(`^\s*_class: (\S+)\s*$`)
	slideSetting = regexp.MustCompile(`^\s*_\w+: `)
	slidePicture = regexp.MustCompile(`^!\[([^\]]*)\]\(([^)\s]+)\)$`)
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
		case strings.HasPrefix(content, "```"), content == terminalOpens, content == terminalCloses:
			if inBlock = !inBlock; inBlock {
				s.blocks = append(s.blocks, nil)
			}
			continue
		case inBlock:
			last := len(s.blocks) - 1
			s.blocks[last] = append(s.blocks[last], unpainted(content))
			continue
		case strings.TrimSpace(content) == "":
			continue
		}
		if found := slidePicture.FindStringSubmatch(content); found != nil {
			s.pictures = append(s.pictures, picture{alt: found[1], file: found[2]})
			continue
		}
		s.lines = append(s.lines, content)
	}
	return s
}

// The sizes of the deck's style, in the pixels of a page of 1280 by 720. They
// stand in the style, too: [TestSlidesAreLarge] holds the two together.
const (
	codeSize    = 26                  // the least that is read from the last row
	codeLarge   = 30                  // on slides of the class large
	codeFrame   = 2*14 + 14           // padding of a block, and the margin to the next
	codeWidth   = 1280 - 2*(72-44+16) // between margins and padding
	titleSize   = 90
	lineSize    = 56  // of a line of a paragraph or an item
	lineWrapped = 48  // of a line more, if it wraps
	lineWidth   = 72  // characters of a line
	rowSize     = 60  // of a row of a table
	space       = 664 // from the top to the number of the page
)

// codeSize is that of the slide's class.
func (s slide) codeSize() int {
	if s.class == "large" {
		return codeLarge
	}
	return codeSize
}

var markup = strings.NewReplacer("*", "", "`", "")

// height estimates how far down a slide reaches. A browser is the judge: see the
// instructor guide.
func (s slide) height() float64 {
	height := 56.0
	for _, line := range s.lines {
		switch {
		case strings.HasPrefix(line, "# "):
			height += titleSize
		case strings.HasPrefix(line, "| --- "):
		case strings.HasPrefix(line, "|"):
			height += rowSize
		default:
			height += lineSize + float64(lineWrapped*((utf8.RuneCountInString(markup.Replace(line))-1)/lineWidth))
		}
	}
	for _, block := range s.blocks {
		height += codeFrame + 1.28*float64(len(block)*s.codeSize())
	}
	return height
}

// problems tells what would not fit on the page, or leaves the speaker alone.
func (s slide) problems() []string {
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
	if height := s.height(); height > space && len(s.pictures) == 0 {
		complain("it is %.0f pixels high, more than %d", height, space)
	}
	if len(s.pictures) > 0 && s.class != "picture" && s.class != "whole" {
		complain("a picture, and not the class picture or whole")
	}
	for _, p := range s.pictures {
		if len(strings.Fields(p.alt)) < 5 {
			complain("the picture %s does not say what there is to see", p.file)
		}
	}
	// DejaVu Sans Mono, the widest of the fonts, takes 0.602 of its size.
	widest := codeWidth * 1000 / (602 * s.codeSize())
	for _, block := range s.blocks {
		for _, content := range block {
			if columns := utf8.RuneCountInString(strings.ReplaceAll(content, "\t", "    ")); columns > widest {
				complain("a line of %d columns, more than %d: %s", columns, widest, content)
			}
		}
	}
	return found
}

// deck reads the slides.
func deck(t *testing.T) (text, front string, slides []slide) {
	t.Helper()
	content, err := os.ReadFile(deckFile)
	if err != nil {
		t.Fatal(err)
	}
	text = strings.ReplaceAll(string(content), "\r\n", "\n")
	front, slides, err = readSlides(text)
	if err != nil {
		t.Fatal(err)
	}
	return text, front, slides
}

var deckFile = filepath.Join(root, "docs", "slides.md")

// TestSlides holds the deck to what can be read from the last row, and told.
func TestSlides(t *testing.T) {
	text, front, slides := deck(t)
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
		for _, p := range s.pictures {
			if _, err := os.Stat(filepath.Join(filepath.Dir(deckFile), filepath.FromSlash(p.file))); err != nil {
				t.Errorf("docs/slides.md:%d: slide %d: %v", s.line, i+1, err)
			}
		}
	}
	if !slices.ContainsFunc(slices.Concat(slides[0].blocks...), regexp.MustCompile(`^git clone \S+`).MatchString) {
		t.Error("the first slide does not say what to clone")
	}
	golden.Compare(t, deckFile, terminalBlock.ReplaceAllStringFunc(text, func(block string) string {
		shown := strings.TrimSuffix(strings.TrimPrefix(block, terminalOpens+"\n"), terminalCloses)
		return terminalOpens + "\n" + painted(unpainted(shown)) + terminalCloses
	}))
}

// What the terminal shows stands between these lines.
const (
	terminalOpens  = `<pre class="terminal">`
	terminalCloses = `</pre>`
)

var terminalBlock = regexp.MustCompile(`(?ms)^` + terminalOpens + `$.*?^` + terminalCloses + `$`)

// TestSlidesAreLarge looks for the sizes in the style of the deck.
func TestSlidesAreLarge(t *testing.T) {
	_, front, _ := deck(t)
	for selector, sizes := range map[string]string{
		"section": "padding: 56px 72px 60px;",
		"pre":     fmt.Sprintf("padding: 14px 16px; margin: 14px -44px; line-height: 1.28; font-size: %dpx;", codeSize),
		"table":   "font-size: 29px;", // with code at 0.9 of it
		"code":    "font-size: 0.9em;",

		`section\.large pre`: fmt.Sprintf("font-size: %dpx;", codeLarge),
	} {
		if !regexp.MustCompile(`(?m)^  ` + selector + ` \{[^}]*` + regexp.QuoteMeta(sizes)).MatchString(front) {
			t.Errorf("the style does not say, for %s, %s", selector, sizes)
		}
	}
	for _, rule := range regexp.MustCompile(`(?m)^  (.*(?:pre|code|table).*) \{[^}]*font-size: (\d+)px`).FindAllStringSubmatch(front, -1) {
		if size, _ := strconv.Atoi(rule[2]); size < codeSize {
			t.Errorf("%s has %d pixels, less than %d", rule[1], size, codeSize)
		}
	}
}

func TestSlidesThatDoNotFit(t *testing.T) {
	const front = "---\nmarp: true\nstyle: section.small {} section.large {}\n---\n"
	const notes = "\n<!--\nSay this.\n-->\n"
	for name, test := range map[string]struct{ page, want string }{
		"good":     {"\n# Title\n\n```text\n---\n```\n" + notes, ""},
		"no title": {"\nwords\n" + notes, "it does not begin with a title"},
		"no notes": {"<!-- _paginate: false -->\n# Title\n", "it has no notes for the speaker: a comment at its end"},
		"class":    {"<!-- _class: smal -->\n# Title\n" + notes, "the style has no class smal"},
		"long":     {"# Title\n" + strings.Repeat("- one\n", 10) + notes, "it is 706 pixels high, more than 664"},
		"wraps":    {"# Title\n- " + strings.Repeat("word ", 200) + notes, "it is 826 pixels high, more than 664"},
		"block":    {"# Title\n```\n" + strings.Repeat("a\n", 15) + "```\n" + notes, "it is 687 pixels high, more than 664"},
		"wide":     {"# Title\n```\n\t" + strings.Repeat("━", 73) + "\n```\n" + notes, "a line of 77 columns, more than 76: \t" + strings.Repeat("━", 73)},
		"large":    {"<!-- _class: large -->\n# Title\n```\n" + strings.Repeat("a", 67) + "\n```\n" + notes, "a line of 67 columns, more than 66: " + strings.Repeat("a", 67)},
		"terminal": {"# Title\n<pre class=\"terminal\">\n" + strings.Repeat("<b>a</b>", 76) + "\n\n</pre>\n" + notes, ""},
		"picture":  {"<!-- _class: small -->\n# Title\n![It](it.png)\n" + notes, "a picture, and not the class picture or whole; the picture it.png does not say what there is to see"},
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
