package backend

import (
	"regexp"
	"strings"
)

// mostWords is how many lines of a log an error quotes.
const mostWords = 3

var (
	// frames are the lines of a stack, and what else says nothing to a person.
	frames = regexp.MustCompile(`^\s*(at |\.\.\. \d+ |Suppressed: |File ".*", line |\^+$|~)`)
	// trouble is in the lines that say why a program fails.
	trouble = regexp.MustCompile(`\b(Caused by: |ERROR|FATAL|Fatal|error:|level=error)|Exception\b|Error: `)
	// class is the name of what Java throws, before what that says.
	class = regexp.MustCompile(`^(Caused by: |Exception in thread "[^"]*" )?([a-z]\w*\.)+[A-Z][\w.$]*: `)
)

// essence gives what a log says about why its program has ended, on one line:
// the last lines that speak of an error, or else the last ones of all.
func essence(lines []string) string {
	var words, troubles []string
	for _, line := range lines {
		if line = strings.TrimSpace(line); line == "" || frames.MatchString(line) {
			continue
		}
		words = append(words, line)
		last := len(troubles) - 1
		switch {
		case trouble.MatchString(line):
			troubles = add(troubles, withoutClass(line))
		case last >= 0 && strings.HasSuffix(troubles[last], ":"):
			troubles[last] += " " + line
		}
	}
	if len(troubles) > 0 {
		words = troubles
	}
	return strings.Join(words[max(0, len(words)-mostWords):], "; ")
}

func withoutClass(line string) string {
	for {
		short := class.ReplaceAllString(line, "")
		if short == line {
			return strings.TrimRight(line, ";. ")
		}
		line = short
	}
}

// add adds a line, unless the one before says the same and more.
func add(lines []string, line string) []string {
	if len(lines) > 0 && strings.Contains(lines[len(lines)-1], line) {
		return lines
	}
	return append(lines, line)
}
