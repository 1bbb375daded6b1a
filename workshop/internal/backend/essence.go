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
var trouble = regexp.MustCompile(`\b(Caused by: |ERROR|FATAL|Fatal|error:|level=error)|Exception\b|Error: `)

// essence gives what a log says about why its program has ended, on one line:
// the last lines that speak of an error, or else the last ones of all.
func essence(lines []string) string {
	var words, troubles []string
	for _, line := range lines {
		if line = strings.TrimSpace(line); line == "" || frames.MatchString(line) {
			continue
		}
		words = append(words, line)
		if trouble.MatchString(line) {
			troubles = append(troubles, strings.TrimPrefix(line, "Caused by: "))
		}
	}
	if len(troubles) > 0 {
		words = troubles
	}
	return strings.Join(words[max(0, len(words)-mostWords):], "; ")
}
