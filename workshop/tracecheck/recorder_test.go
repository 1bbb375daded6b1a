package tracecheck

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestTheSDKCountsItsSpans fails on the day on which the SDK drops its
// experiment, or calls what it counts by other names: the verdicts would know
// less, and nobody would notice.
func TestTheSDKCountsItsSpans(t *testing.T) {
	t.Chdir("testdata/journey")
	const sampled = "RECORD_AND_SAMPLE"
	for name, c := range map[string]struct {
		args   []string
		starts []*startNote
		ends   []*endNote
	}{
		"a span": {
			[]string{"batch", "register", "span", "shutdown"},
			[]*startNote{{Sampling: sampled}}, []*endNote{{Name: "journey", Propagates: []string{}}}},
		"after the shutdown": {
			[]string{"batch", "register", "late-span", "shutdown"},
			[]*startNote{{Sampling: sampled}}, []*endNote{{Name: "journey", Late: true, Propagates: []string{}}}},
		"left open": {
			[]string{"batch", "register", "open"},
			[]*startNote{{Sampling: sampled}}, nil},
		"not sampled": {
			[]string{"never-sample", "batch", "register", "span"},
			[]*startNote{{Sampling: "DROP"}}, nil},
		"of nobody": {
			[]string{"batch", "span"}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := startProcess(t.TempDir(), append([]string{"provider"}, c.args...), environment(), time.Minute)
			p.Wait()
			ignored := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Trace" }, cmp.Ignore())
			if diff := cmp.Diff(c.starts, p.starts(), ignored); diff != "" {
				t.Errorf("starts: -want +got\n%s", diff)
			}
			if diff := cmp.Diff(c.ends, p.ends()); diff != "" {
				t.Errorf("ends: -want +got\n%s", diff)
			}
		})
	}
}
