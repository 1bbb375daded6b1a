package prove

import (
	"fmt"
	"strings"
)

// edit applies the hunks of a corpus entry to one file. A hunk is a run of
// lines that begin with a space (kept), a minus (removed) or a plus (added), as
// in a diff; hunks are set apart by a line @@. What a hunk keeps and removes
// must stand in the file exactly once. A single hunk of nothing but plus lines
// is the whole file.
func edit(text, hunks string) (string, error) {
	for _, hunk := range strings.Split(strings.TrimSuffix(hunks, "\n"), "\n@@\n") {
		before, after, err := sides(hunk)
		if err != nil {
			return "", err
		}
		if before == "" {
			return after, nil
		}
		if n := occurrences(text, before); n != 1 {
			return "", fmt.Errorf("these lines stand in the file %d times instead of once:\n%s", n, before)
		}
		text = strings.TrimPrefix(strings.Replace("\n"+text, "\n"+before, "\n"+after, 1), "\n")
	}
	return text, nil
}

// occurrences counts where lines stand in text, also where they overlap.
func occurrences(text, lines string) int {
	n := 0
	for rest := text; rest != ""; {
		if strings.HasPrefix(rest, lines) {
			n++
		}
		_, rest, _ = strings.Cut(rest, "\n")
	}
	return n
}

// sides gives the lines of a hunk before and after it is applied.
func sides(hunk string) (before, after string, err error) {
	for _, line := range strings.Split(hunk, "\n") {
		mark, rest := " ", ""
		if line != "" {
			mark, rest = line[:1], line[1:]
		}
		switch mark {
		case " ":
			before += rest + "\n"
			after += rest + "\n"
		case "-":
			before += rest + "\n"
		case "+":
			after += rest + "\n"
		default:
			return "", "", fmt.Errorf("a line of a hunk begins with a space, a minus or a plus: %q", line)
		}
	}
	return before, after, nil
}
