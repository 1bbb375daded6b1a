package prose

import (
	"fmt"
	"html"
	"net/url"
	"path"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"example.com/tracing-workshop/workshop/internal/lesson"
)

// rewriter makes the links and pictures of a lesson fit for the page.
type rewriter struct {
	step     string
	source   []byte
	sections map[string]int // anchor -> the section it is in, 0 before the first
	lessonOf func(step string) ([]byte, error)
}

// sectionsOf gives the sections in which the headings of a lesson stand, by their
// anchors.
func sectionsOf(source []byte) map[string]int {
	sections, section := map[string]int{}, 0
	document := markdown.Parser().Parse(text.NewReader(source))
	for node := document.FirstChild(); node != nil; node = node.NextSibling() {
		heading, ok := node.(*ast.Heading)
		if !ok {
			continue
		}
		if number, _ := numbered(heading, source); number > 0 {
			section = number
		}
		anchor := lesson.Anchor(string(heading.Lines().Value(source)))
		unique := anchor
		for n := 1; has(sections, unique); n++ {
			unique = fmt.Sprintf("%s-%d", anchor, n)
		}
		sections[unique] = section
	}
	return sections
}

func has(sections map[string]int, anchor string) bool {
	_, ok := sections[anchor]
	return ok
}

// rewrite changes the links and pictures below a node, and notes on blocks of
// code what they are about.
func (r *rewriter) rewrite(document ast.Node) error {
	var links []*ast.Link
	var images []*ast.Image
	err := ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			links = append(links, n)
		case *ast.Image:
			images = append(images, n)
		case *ast.FencedCodeBlock:
			r.describe(n)
		}
		return ast.WalkContinue, nil
	})
	for _, image := range images { // a picture can stand in a link
		r.picture(image)
	}
	for _, link := range links {
		r.link(link)
	}
	return err
}

// describe notes the file and the terminal that stand behind the language.
func (r *rewriter) describe(block *ast.FencedCodeBlock) {
	if block.Info == nil {
		return
	}
	words := strings.Fields(string(block.Info.Value(r.source)))
	for _, word := range words[min(1, len(words)):] {
		if terminal, ok := strings.CutPrefix(word, "terminal="); ok {
			block.SetAttributeString(terminalOfBlock, terminal)
		} else {
			block.SetAttributeString(fileOfBlock, word)
		}
	}
}

// link makes a way on the page of a link to a lesson, and text of one to another
// file. What leaves the workshop stays as it is.
func (r *rewriter) link(n *ast.Link) {
	target, err := url.Parse(string(n.Destination))
	if err != nil {
		r.unlink(n, "")
		return
	}
	if target.Scheme != "" || target.Host != "" {
		return // the policy knows which of them may stay
	}
	to := r.resolve(target)
	if to == "" {
		r.unlink(n, "")
		return
	}
	step, file := path.Split(to)
	if step = strings.TrimSuffix(step, "/"); file == "README.md" || to == r.step {
		if way := r.way(step, target.Fragment); way != "" {
			n.Destination = []byte(way)
			return
		}
	}
	if target.Fragment != "" {
		to += "#" + target.Fragment
	}
	r.unlink(n, to)
}

// resolve gives the path of a link from the root of the workshop, and "" if it
// leads out of that.
func (r *rewriter) resolve(target *url.URL) string {
	if target.Path == "" {
		return path.Join(r.step, "README.md")
	}
	to := path.Join(r.step, target.Path)
	if path.IsAbs(target.Path) || to == ".." || strings.HasPrefix(to, "../") {
		return ""
	}
	return to
}

// way is the address on the page of a section of a lesson, and "" if that is no
// lesson.
func (r *rewriter) way(step, anchor string) string {
	sections := r.sections
	if step != r.step {
		if !strings.HasPrefix(step, "step") || strings.Contains(step, "/") {
			return ""
		}
		source, err := r.lessonOf(step)
		if err != nil {
			return ""
		}
		sections = sectionsOf(source)
	}
	if section := sections[anchor]; section > 0 {
		return fmt.Sprintf("#/learn/%s/%d", step, section)
	}
	return "#/learn/" + step
}

// unlink puts the words of a link in its place, and the path that it leads to.
func (r *rewriter) unlink(n *ast.Link, to string) {
	parent := n.Parent()
	words := plain(n, r.source)
	bare, _, _ := strings.Cut(to, "#")
	if to != "" && (words == bare || words == path.Base(bare)) {
		parent.ReplaceChild(parent, n, code(to))
		return
	}
	for child := n.FirstChild(); child != nil; {
		next := child.NextSibling()
		parent.InsertBefore(parent, n, child)
		child = next
	}
	if to != "" {
		parent.InsertBefore(parent, n, ast.NewString([]byte(" (")))
		parent.InsertBefore(parent, n, code(to))
		parent.InsertBefore(parent, n, ast.NewString([]byte(")")))
	}
	parent.RemoveChild(parent, n)
}

// code is text as code. It is HTML, which is written as it is.
func code(words string) *ast.String {
	s := ast.NewString([]byte("<code>" + html.EscapeString(words) + "</code>"))
	s.SetCode(true)
	return s
}

// picture gives a picture of the workshop its address on the page, and puts its
// description in the place of any other one.
func (r *rewriter) picture(n *ast.Image) {
	target, err := url.Parse(string(n.Destination))
	if err == nil && target.Scheme == "" && target.Host == "" && target.Path != "" {
		if to := r.resolve(target); to != "" && IsPicture(to) {
			n.Destination = []byte("/images/" + to)
			return
		}
	}
	n.Parent().ReplaceChild(n.Parent(), n, ast.NewString([]byte(plain(n, r.source))))
}

// IsPicture tells whether a file of the workshop is a picture that a lesson can
// show: a PNG, SVG or WebP below docs or a step.
func IsPicture(name string) bool {
	folder, _, below := strings.Cut(name, "/")
	if !below || folder != "docs" && !strings.HasPrefix(folder, "step") {
		return false
	}
	switch path.Ext(name) {
	case ".png", ".svg", ".webp":
		return true
	}
	return false
}
