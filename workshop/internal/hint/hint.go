// Package hint takes from a lesson what helps with one of its gaps, in three
// levels: where to read, what to write, and the lines themselves.
package hint

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"example.com/tracing-workshop/workshop/internal/lesson"
	"example.com/tracing-workshop/workshop/internal/shipped"
)

// Levels is how many levels a hint has.
const Levels = 3

// Hint is what a lesson says about the gap of one of its sections.
type Hint struct {
	Section int
	Title   string // of the section
	Line    int    // of the lesson on which the section begins
	// Write is what the section asks for, with the names to call: the paragraphs
	// of it that begin with **Write**, without the marks of Markdown.
	Write []Paragraph
	// Label is what the lesson says of its code: one way to write it.
	Label string
	// Edits are the lines that the section adds and removes, a file each.
	Edits []Edit
}

// Edit is what the code of a lesson changes in a file, as a unified diff
// without a head.
type Edit struct {
	File string
	Diff string
}

// Of finds what the lesson of a step says about a section. steps has the files
// that its code changes.
func Of(steps *shipped.Steps, step, text string, section int) (*Hint, error) {
	document, err := lesson.Parse(step+"/README.md", text)
	if err != nil {
		return nil, err
	}
	h := &Hint{Section: section}
	lines := sectionLines(text, section, h)
	if lines == nil {
		return nil, fmt.Errorf("the lesson of %s has no section %d", step, section)
	}
	h.Write = paragraphs(written(lines))
	h.Label = label(lines)
	h.Edits, err = edits(steps, step, document.Blocks, section)
	return h, err
}

// sectionLines gives the lines below the heading of a section, and notes that.
func sectionLines(text string, section int, h *Hint) []string {
	lines := strings.Split(shipped.Unix(text), "\n")
	start := -1
	for i, line := range lines {
		title, ours := strings.CutPrefix(line, "## "+strconv.Itoa(section)+". ")
		switch {
		case ours && start < 0:
			start, h.Title, h.Line = i+1, title, i+1
		case start >= 0 && strings.HasPrefix(line, "## "):
			return lines[start:i]
		}
	}
	if start < 0 {
		return nil
	}
	return lines[start:]
}

// written gives the lines from **Write** to the code that is folded away.
func written(lines []string) []string {
	start := -1
	for i, line := range lines {
		switch {
		case start < 0 && strings.HasPrefix(line, "**Write**"):
			start = i
		case start >= 0 && (line == "<details>" || strings.HasPrefix(line, "```")):
			return lines[start:i]
		}
	}
	if start < 0 {
		return nil
	}
	return lines[start:]
}

// label gives what the first folded part of a section is called.
func label(lines []string) string {
	for _, line := range lines {
		if rest, ok := strings.CutPrefix(line, "<summary>"); ok {
			return strings.TrimSuffix(rest, "</summary>")
		}
	}
	return ""
}

// edits does what the sections up to one say, and gives what that one changes.
func edits(steps *shipped.Steps, step string, blocks []lesson.Block, section int) ([]Edit, error) {
	before, after := map[string]string{}, map[string]string{}
	var files []string
	for _, b := range blocks {
		if b.File == "" || b.Section > section {
			continue
		}
		text, begun := after[b.File]
		if !begun {
			text, _ = steps.Text(step, b.File)
		}
		if _, met := before[b.File]; b.Section == section && !met {
			before[b.File], files = text, append(files, b.File)
		}
		edited, err := b.Edited(text)
		if err != nil {
			return nil, err
		}
		after[b.File] = edited
	}
	var all []Edit
	for _, file := range files {
		all = append(all, Edit{File: file, Diff: changes(before[file], after[file])})
	}
	return all, nil
}

// context is how many lines around a change are shown.
const context = 1

// changes gives a diff without the two lines that name the files.
func changes(before, after string) string {
	unified, err := udiff.ToUnified("", "", before, udiff.Lines(before, after), context)
	if err != nil {
		return after // the edits are those of this very text: it cannot be
	}
	_, rest, _ := strings.Cut(unified, "\n")
	_, rest, _ = strings.Cut(rest, "\n")
	return rest
}
