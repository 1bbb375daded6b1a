package solutions

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/tracing-workshop/solutions/prove"
)

// TestGivenFilesAreIdentical holds the files of a step that have no gap to
// those of its solution.
func TestGivenFilesAreIdentical(t *testing.T) {
	for _, step := range prove.Steps(t) {
		starter, solution := prove.Starter(t, step), prove.Solution(t, step)
		gaps := 0
		for name, text := range starter {
			if strings.Contains(text, "TODO(") {
				gaps++
				continue
			}
			if solution[name] != text {
				t.Errorf("%s/%s has no gap, and differs from the solution's", step, name)
			}
		}
		if gaps == 0 {
			t.Errorf("%s has no gap at all", step)
		}
		for name, text := range solution {
			if strings.Contains(text, "TODO(") {
				t.Errorf("solutions/%s/%s has a gap", step, name)
			}
		}
	}
}

// TestStepsContinue holds the starter of a step to the solution of the one
// before: it is that solution with new gaps, so that nobody has to have
// finished it, and the difference is what is new.
func TestStepsContinue(t *testing.T) {
	// What the gaps, their comments and a new parameter may change in a file.
	const mostChanged = 12
	all := prove.Steps(t)
	for i := 1; i < len(all); i++ {
		before, starter := prove.Solution(t, all[i-1]), prove.Starter(t, all[i])
		files := slices.Sorted(maps.Keys(before))
		if all[i] == "step03-autoinstrument" {
			// The journey ends, the services begin: only the tracing goes on.
			files = []string{"tracing.go"}
		}
		for _, name := range files {
			if changed := missingLines(before[name], starter[name]); len(changed) > mostChanged {
				t.Errorf("%s/%s lacks %d lines of %s:\n%s", all[i], name, len(changed), all[i-1], strings.Join(changed, "\n"))
			}
		}
	}
}

// missingLines gives the lines of text that are not, in this order, among those
// of other.
func missingLines(text, other string) []string {
	var missing []string
	rest := strings.Split(other, "\n")
	for _, line := range strings.Split(text, "\n") {
		if i := slices.Index(rest, line); i >= 0 {
			rest = rest[i+1:]
			continue
		}
		missing = append(missing, line)
	}
	return missing
}
