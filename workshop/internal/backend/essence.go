package backend

import (
	"regexp"
	"strings"
)

// mostWords is how many lines of a log an error quotes.
const mostWords = 3

// frames are the lines of a stack, and what else says nothing to a person.
var frames = regexp.MustCompile(`^\s*(at |\.\.\. \d+ |Suppressed: |File ".*", line |\^+$|~)`)

// trouble is what the lines begin with that say why a program fails.
var trouble = regexp.MustCompile(`\b(Caused by: |ERROR|FATAL|Fatal|error:|Error:|Exception|level=error)`)

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
			troubles = append(troubles, strings.TrimPrefix(line, "Caused by: "))
		case last >= 0 && strings.HasSuffix(troubles[last], ":"):
			troubles[last] += " " + line
		}
	}
	if len(troubles) > 0 {
		words = troubles
	}
	return strings.Join(words[max(0, len(words)-mostWords):], "; ")
}
