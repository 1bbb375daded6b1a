package lesson

import (
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

var (
	inlineLink    = regexp.MustCompile(`\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)`)
	linkReference = regexp.MustCompile(`(?m)^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?`)
	htmlLink      = regexp.MustCompile(`(?:href|src)="([^"]+)"`)
	htmlAnchor    = regexp.MustCompile(`<[^>]+\b(?:id|name)="([^"]+)"`)
	heading       = regexp.MustCompile(`(?m)^#{1,6} +(.+?)(?: +#+)? *$`)
	codeSpan      = regexp.MustCompile("`[^`\n]*`")
	lineAnchor    = regexp.MustCompile(`^L(\d+)(?:-L(\d+))?$`)
)

// BrokenLinks tells which links in the Markdown file name, from root, lead to
// a file of the workshop or an anchor in one that is not there. Links that leave
// the workshop are not looked at.
func BrokenLinks(root, name string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	var broken []string
	for _, link := range links(string(text)) {
		if err := follow(root, name, link); err != nil {
			broken = append(broken, fmt.Sprintf("%s: %s: %v", name, link, err))
		}
	}
	return broken, nil
}

// links gives the targets of the links in text, code left out.
func links(text string) []string {
	text = codeSpan.ReplaceAllString(withoutBlocks(text), "")
	var targets []string
	for _, kind := range []*regexp.Regexp{inlineLink, linkReference, htmlLink} {
		for _, match := range kind.FindAllStringSubmatch(text, -1) {
			targets = append(targets, match[1])
		}
	}
	return targets
}

func follow(root, from, link string) error {
	target, err := url.Parse(link)
	if err != nil {
		return err
	}
	if target.Scheme != "" || target.Host != "" {
		return nil
	}
	to := from
	if target.Path != "" {
		to = path.Join(path.Dir(from), target.Path)
	}
	if to == ".." || strings.HasPrefix(to, "../") || strings.HasPrefix(target.Path, "/") {
		return fmt.Errorf("it leaves the workshop")
	}
	full := filepath.Join(root, filepath.FromSlash(to))
	info, err := os.Stat(full)
	if err != nil {
		return fmt.Errorf("there is no %s", to)
	}
	if target.Fragment == "" {
		return nil
	}
	if info.IsDir() {
		return fmt.Errorf("%s is a folder and has no anchors", to)
	}
	text, err := os.ReadFile(full)
	if err != nil {
		return err
	}
	if !hasAnchor(to, string(text), target.Fragment) {
		return fmt.Errorf("%s has no anchor %s", to, target.Fragment)
	}
	return nil
}

// hasAnchor tells whether GitHub finds this fragment in a file.
func hasAnchor(name, text, fragment string) bool {
	if strings.HasSuffix(name, ".md") {
		return anchors(text)[fragment]
	}
	match := lineAnchor.FindStringSubmatch(fragment)
	if match == nil {
		return false
	}
	last := match[1]
	if match[2] != "" {
		last = match[2]
	}
	number, err := strconv.Atoi(last)
	return err == nil && number <= strings.Count(text, "\n")
}

// anchors gives the anchors of a Markdown file, as GitHub makes them.
func anchors(text string) map[string]bool {
	text = withoutBlocks(text)
	found := map[string]bool{}
	for _, match := range heading.FindAllStringSubmatch(text, -1) {
		slug := Anchor(match[1])
		unique := slug
		for n := 1; found[unique]; n++ {
			unique = fmt.Sprintf("%s-%d", slug, n)
		}
		found[unique] = true
	}
	for _, match := range htmlAnchor.FindAllStringSubmatch(text, -1) {
		found[match[1]] = true
	}
	return found
}

// Anchor gives the anchor that GitHub makes of a heading, unless another one of the
// document has the same: lower case, without punctuation,
// hyphens for spaces. Of a link only its text counts.
func Anchor(heading string) string {
	heading = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(heading, "$1")
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

// withoutBlocks gives text without its fenced blocks.
func withoutBlocks(text string) string {
	lines := strings.Split(text, "\n")
	var kept []string
	for i := 0; i < len(lines); i++ {
		if opening := fence.FindStringSubmatch(strings.TrimRight(lines[i], " \r")); opening != nil {
			if end := closing(lines, i, opening[2]); end > 0 {
				i = end
				continue
			}
		}
		kept = append(kept, lines[i])
	}
	return strings.Join(kept, "\n")
}
