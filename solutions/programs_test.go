//go:build programs

package solutions

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"testing"

	"example.com/tracing-workshop/solutions/prove"
)

var programs = flag.String("programs", "", "the `folder` that holds STEP/NAME/expect, from the root of the workshop or absolute")

// TestPrograms holds the verdicts against programs with which the kit was not
// made. It lists those whose verdict is not the expected one, and gives the
// figures:
//
//	go test -tags programs ./solutions -run TestPrograms -timeout 2h -v -programs FOLDER
func TestPrograms(t *testing.T) {
	all := prove.ReadLearners(t, *programs)
	judged := make([]string, len(all))
	t.Run("programs", func(t *testing.T) {
		for i, l := range all {
			t.Run(l.Name, func(t *testing.T) {
				t.Parallel()
				o := prove.Verdict(t, l.Step, l.Program)
				judged[i] = l.Judge(o)
				if judged[i] != "right" {
					t.Errorf("%s: check %s, cause %s; wanted %s\n%s", judged[i], o.Failing, o.Cause, l.Wanted(), o.Output)
				}
			})
		}
	})
	figures := map[string]map[string]int{} // step -> judgement -> how many
	for i, l := range all {
		if figures[l.Step] == nil {
			figures[l.Step] = map[string]int{}
		}
		figures[l.Step][judged[i]]++
	}
	for _, step := range slices.Sorted(maps.Keys(figures)) {
		line := step
		for _, judgement := range prove.Judgements {
			line += fmt.Sprintf("  %d %s", figures[step][judgement], judgement)
		}
		t.Log(line)
	}
}
