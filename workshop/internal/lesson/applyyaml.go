package lesson

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// ApplyYAML gives the text of a YAML file after an edit that a lesson asks for.
// Each key of the block that begins a line replaces the one in the file, with
// all below it, and with the comment above it if the block has one too. The key
// must be there.
func ApplyYAML(file, block string) (string, error) {
	edits := entriesOf(block)
	if len(edits) == 0 {
		return "", errors.New("the block has no key at the beginning of a line")
	}
	for _, edit := range edits {
		replaced := false
		for _, old := range entriesOf(file) {
			if old.key != edit.key {
				continue
			}
			from := old.begin
			if edit.start < edit.begin { // it brings a comment
				from = old.start
			}
			lines := strings.Split(file, "\n")
			lines = append(lines[:from:from], append(edit.lines, lines[old.end:]...)...)
			file, replaced = strings.Join(lines, "\n"), true
			break
		}
		if !replaced {
			return "", fmt.Errorf("the file has no key %s", edit.key)
		}
	}
	return file, nil
}

// entry is a key that begins a line, with what is below it. Its lines are
// counted from 0.
type entry struct {
	key        string
	lines      []string // with its comment
	start, end int      // with its comment, and without the empty lines after it
	begin      int      // of the key itself
}

var topKey = regexp.MustCompile(`^([\w.-]+):`)

func entriesOf(text string) []entry {
	lines := strings.Split(text, "\n")
	var all []entry
	for i, line := range lines {
		match := topKey.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		e := entry{key: match[1], begin: i, start: i, end: i + 1}
		for e.start > 0 && strings.HasPrefix(lines[e.start-1], "#") {
			e.start--
		}
		for next := i + 1; next < len(lines) && (lines[next] == "" || strings.HasPrefix(lines[next], " ")); next++ {
			if lines[next] != "" {
				e.end = next + 1
			}
		}
		e.lines = lines[e.start:e.end]
		all = append(all, e)
	}
	return all
}
