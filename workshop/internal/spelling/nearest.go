// Package spelling finds the word that somebody meant.
package spelling

import (
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
)

// Nearest gives the one of words that somebody most likely meant, and "" if
// none is close. A word whose beginning was typed is close. Of several that
// are equally close it is the first.
func Nearest(typed string, words []string) string {
	if len(typed) < 3 { // it is close to too many
		return ""
	}
	typed = strings.ToLower(typed)
	best, least := "", min(mostTypos, (len(typed)-1)/2)+1
	for _, word := range words {
		d := text.Typos(typed, strings.ToLower(word))
		if strings.HasPrefix(word, typed) {
			d = min(d, 1)
		}
		if d < least {
			best, least = word, d
		}
	}
	return best
}

// mostTypos is how many letters may be wrong, missing, too many or swapped in
// a word that is still taken for another one.
const mostTypos = 2
