package main

import "strings"

// mostTypos is how many letters may be wrong, missing, too many or swapped in
// a word that is still taken for another one.
const mostTypos = 2

// nearest gives the one of words that somebody most likely meant, and "" if
// none is close. A word whose beginning was typed is close. Of several that
// are equally close it is the first.
func nearest(typed string, words []string) string {
	if len(typed) < 3 { // it is close to too many
		return ""
	}
	typed = strings.ToLower(typed)
	best, least := "", min(mostTypos, (len(typed)-1)/2)+1
	for _, word := range words {
		d := typos(typed, strings.ToLower(word))
		if strings.HasPrefix(word, typed) {
			d = min(d, 1)
		}
		if d < least {
			best, least = word, d
		}
	}
	return best
}

// typos counts the edits from a to b: a letter more, less or another, or two
// that are swapped (the optimal string alignment distance).
func typos(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			if i == 0 || j == 0 {
				rows[i][j] = i + j
				continue
			}
			other := 1
			if a[i-1] == b[j-1] {
				other = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+other)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
