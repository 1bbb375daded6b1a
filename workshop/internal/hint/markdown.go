package hint

import (
	"regexp"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
)

// Paragraph is a piece of text for a terminal.
type Paragraph struct {
	Label string // that its first line begins with, as "1. ", or ""
	Text  string
	Row   bool // it is one row of a table, and stays in one line
}

var (
	link     = regexp.MustCompile(`\[([^\]]+)\](?:\[[^\]]*\]|\([^)]*\))`)
	bold     = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	emphasis = regexp.MustCompile(`\*([^*\s][^*]*)\*`)
	numbered = regexp.MustCompile(`^(\d+\. |- )(.*)$`)
	ruler    = regexp.MustCompile(`^[\s|:-]+$`)
)

// paragraphs reads lines of Markdown.
func paragraphs(lines []string) []Paragraph {
	var all []Paragraph
	var rows [][]string
	open := false // the last paragraph goes on
	for _, line := range lines {
		line = strings.TrimRight(line, " ")
		if strings.HasPrefix(line, "|") {
			if !ruler.MatchString(line) {
				rows = append(rows, cells(line))
			}
			continue
		}
		all, rows = append(all, table(rows)...), nil
		item := numbered.FindStringSubmatch(line)
		switch {
		case line == "":
			open = false
		case item != nil:
			all, open = append(all, Paragraph{Label: item[1], Text: plain(item[2])}), true
		case open:
			all[len(all)-1].Text += " " + plain(strings.TrimSpace(line))
		default:
			all, open = append(all, Paragraph{Text: plain(strings.TrimSpace(line))}), true
		}
	}
	return append(all, table(rows)...)
}

// plain takes the marks of Markdown out of a line, all but the backquotes:
// these tell code from words on a terminal, too.
func plain(line string) string {
	line = link.ReplaceAllString(line, "$1")
	line = bold.ReplaceAllString(line, "$1")
	return emphasis.ReplaceAllString(line, "$1")
}

func cells(line string) []string {
	var all []string
	for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
		all = append(all, plain(strings.TrimSpace(cell)))
	}
	return all
}

// table gives a paragraph for each row, with the columns one below the other.
func table(rows [][]string) []Paragraph {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], text.Width(cell))
		}
	}
	var all []Paragraph
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += text.Pad(cell, widths[i]) + "  "
		}
		all = append(all, Paragraph{Text: strings.TrimRight(line, " "), Row: true})
	}
	return all
}
