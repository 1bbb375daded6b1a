// Package prose makes HTML of the lessons, for the page. It is clean: what could
// run, load, or leave the page by itself is not in it, whatever the Markdown says.
package prose

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Lesson is the lesson of a step.
type Lesson struct {
	Step     string    `json:"step"`
	Title    string    `json:"title"`
	Intro    string    `json:"intro"` // HTML of what stands before the first section
	Sections []Section `json:"sections"`
	Next     string    `json:"next"` // the step after this one, or ""
}

// Section is a part of a lesson under a heading "## 1. Title". Headings without
// a number that follow it are in it.
type Section struct {
	Number int    `json:"number"`
	Title  string `json:"title"`
	HTML   string `json:"html"`
	Gap    string `json:"gap"` // the place of its gap, as tracing.go:31, if it is open
}

// mostBytes is how long a lesson may be.
const mostBytes = 4 << 20

// Read gives the lesson of a step of the workshop whose folder is root.
func Read(root, step string) (Lesson, error) {
	source, err := read(root, step)
	if err != nil {
		return Lesson{}, fmt.Errorf("the lesson of %s cannot be read: %w", step, err)
	}
	return render(step, source, func(other string) ([]byte, error) { return read(root, other) })
}

func read(root, step string) ([]byte, error) {
	file, err := os.Open(filepath.Join(root, step, "README.md"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, mostBytes))
}

// render gives a lesson. It asks for the text of others that it links to.
func render(step string, source []byte, lessonOf func(step string) ([]byte, error)) (Lesson, error) {
	document := markdown.Parser().Parse(text.NewReader(source))
	links := &rewriter{step: step, source: source, sections: sectionsOf(source), lessonOf: lessonOf}
	if err := links.rewrite(document); err != nil {
		return Lesson{}, err
	}
	l := Lesson{Step: step, Sections: []Section{}}
	var html bytes.Buffer
	flush := func() {
		clean := policy.Sanitize(html.String())
		html.Reset()
		if n := len(l.Sections); n > 0 {
			l.Sections[n-1].HTML = clean
		} else {
			l.Intro = clean
		}
	}
	for node := document.FirstChild(); node != nil; node = node.NextSibling() {
		if heading, ok := node.(*ast.Heading); ok {
			if heading.Level == 1 && l.Title == "" {
				l.Title = plain(heading, source)
				continue
			}
			if number, title := numbered(heading, source); number > 0 {
				flush()
				l.Sections = append(l.Sections, Section{Number: number, Title: title})
				continue
			}
			heading.Level = min(max(3, heading.Level+1), 6)
		}
		if err := markdown.Renderer().Render(&html, source, node); err != nil {
			return Lesson{}, err
		}
	}
	flush()
	return l, nil
}

var sectionTitle = regexp.MustCompile(`^(\d+)\. (.+)$`)

// numbered gives the number and the title of a section that begins with a
// heading, and 0 if none does.
func numbered(heading *ast.Heading, source []byte) (int, string) {
	match := sectionTitle.FindStringSubmatch(plain(heading, source))
	if heading.Level != 2 || match == nil {
		return 0, ""
	}
	number, _ := strconv.Atoi(match[1])
	return number, match[2]
}

// plain gives the words of a node without their markup.
func plain(node ast.Node, source []byte) string {
	var words strings.Builder
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			words.Write(n.Value(source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				words.WriteByte(' ')
			}
		case *ast.String:
			words.Write(n.Value)
		}
		return ast.WalkContinue, nil
	})
	return words.String()
}
