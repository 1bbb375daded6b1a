// Package lesson does what the documents of the workshop tell a reader to do,
// so that a lesson cannot go stale.
//
// [Parse] reads a document. What its code blocks mean:
//
//   - A go block that names a file (```go journey.go) is an edit, in a lesson.
//     [Apply] makes it. So is a yaml block (```yaml jaeger.yaml), for
//     [ApplyYAML]. Another block that names a file, as ```sh services.env, is
//     the whole text of that file. Outside a lesson such a block quotes the
//     file: it must stand in it, line for line.
//   - A go block without the name of a file is an illustration: it must stand,
//     line for line, in some Go file of the workshop. A long line may be broken.
//   - A console block holds commands, in lines that begin with "$ ", each one
//     followed by what it prints. A line … stands for any lines, and … in a line
//     for any text. Identifiers, times and durations need not be the same, and
//     space and empty lines do not count. ^C interrupts the command.
//   - A console block with terminal=2 is typed into a second terminal. The last
//     command of such a block may go on while the document does; a block that
//     begins without a command says what it has printed by then.
//   - Under <!-- not run: reason --> a console block is not run.
//   - All other blocks are for the eye.
//
// [Walk] goes through a document from top to bottom, and [BrokenLinks] looks at
// where it points.
package lesson

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Document is a Markdown file of the workshop.
type Document struct {
	Path     string // from the root of the workshop, with slashes
	Prose    string // what is not in a block
	Sections []Section
	Blocks   []Block
}

// Paths gives the documents that a reader follows: the README, the lessons and
// what is in docs, from the root of the workshop, with slashes.
func Paths(root string) ([]string, error) {
	var all []string
	for _, pattern := range []string{"README.md", "step[0-9][0-9]-*/README.md", "step[0-9][0-9]-*/production/README.md", "docs/*.md"} {
		names, err := fs.Glob(os.DirFS(root), pattern)
		if err != nil {
			return nil, err
		}
		all = append(all, names...)
	}
	return all, nil
}

// Section is a part of a lesson under a heading "## 1. Title".
type Section struct {
	Number int
	Title  string
}

// Block is a fenced block of code.
type Block struct {
	Line     int    // number of the line that opens the block
	Section  int    // number of the section it is in, 0 before the first
	Language string // go, console, ...
	File     string // that it names, or ""
	Terminal string // that its commands are typed into, "" for the first one
	Text     string
	NotRun   bool
	Reason   string // why it is not run
}

var (
	numberedHeading = regexp.MustCompile(`^## (\d+)\. (.+)$`)
	fence           = regexp.MustCompile("^( *)(```+)([^`]*)$")
	notRun          = regexp.MustCompile(`^<!-- not run:(.*)-->$`)
)

// Parse reads the document at path.
func Parse(path, text string) (*Document, error) {
	d := &Document{Path: path, Prose: withoutBlocks(text)}
	section, previous := 0, ""
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRight(lines[i], " \r")
		if heading := numberedHeading.FindStringSubmatch(line); heading != nil {
			section, _ = strconv.Atoi(heading[1])
			d.Sections = append(d.Sections, Section{Number: section, Title: heading[2]})
		}
		if opening := fence.FindStringSubmatch(line); opening != nil {
			end := closing(lines, i, opening[2])
			if end < 0 {
				return nil, fmt.Errorf("%s:%d: this block is never closed", path, i+1)
			}
			b := describe(opening[3])
			b.Line, b.Section = i+1, section
			b.Text = unindent(lines[i+1:end], opening[1])
			if mark := notRun.FindStringSubmatch(previous); mark != nil {
				b.NotRun, b.Reason = true, strings.TrimSpace(mark[1])
			}
			d.Blocks = append(d.Blocks, b)
			i, line = end, lines[end]
		}
		if line != "" {
			previous = strings.TrimSpace(line)
		}
	}
	return d, nil
}

// closing gives the index of the line that closes the block opened at start.
func closing(lines []string, start int, ticks string) int {
	for i := start + 1; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) == ticks {
			return i
		}
	}
	return -1
}

// describe reads what stands after the opening of a block.
func describe(info string) Block {
	var b Block
	for i, word := range strings.Fields(info) {
		number, isTerminal := strings.CutPrefix(word, "terminal=")
		switch {
		case i == 0:
			b.Language = word
		case isTerminal:
			b.Terminal = number
		default:
			b.File = word
		}
	}
	return b
}

func unindent(lines []string, indent string) string {
	var text strings.Builder
	for _, line := range lines {
		text.WriteString(strings.TrimRight(strings.TrimPrefix(line, indent), "\r") + "\n")
	}
	return text.String()
}
