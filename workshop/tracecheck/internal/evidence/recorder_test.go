package evidence

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/tracecheck/internal/recorder"
)

// TestTheSDKCountsItsSpans fails on the day on which the SDK drops its
// experiment, or calls what it counts by other names: the verdicts would know
// less, and nobody would notice.
func TestTheSDKCountsItsSpans(t *testing.T) {
	t.Chdir("../../testdata/journey")
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"a span": {
			[]string{"batch", "register", "span", "shutdown"},
			[]string{"started journey internal RECORD_AND_SAMPLE", "ended journey internal", "closed"}},
		"after the shutdown": {
			[]string{"batch", "register", "late-span", "shutdown"},
			[]string{"started journey internal RECORD_AND_SAMPLE", "closed", "ended journey internal late"}},
		"left open": {
			[]string{"batch", "register", "open"},
			[]string{"started journey internal RECORD_AND_SAMPLE"}},
		"not sampled": {
			[]string{"never-sample", "batch", "register", "span"},
			[]string{"started DROP"}},
		"to nobody": {
			[]string{"register", "span", "shutdown"},
			[]string{"started journey internal RECORD_AND_SAMPLE", "ended journey internal to nobody"}},
		"cut off": {
			[]string{"slow", "register", "span", "hasty-shutdown"},
			[]string{"started journey internal RECORD_AND_SAMPLE", "ended journey internal", "closed while it worked"}},
		"of nobody": {
			[]string{"batch", "span"}, nil},
		"not exported": {
			[]string{"otlp", "register", "span", "shutdown"},
			[]string{"started journey internal RECORD_AND_SAMPLE", "ended journey internal", "1 not exported", "closed"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := Start(t.TempDir(), append([]string{"provider"}, c.args...), Environment(), time.Minute)
			p.Wait()
			var got []string
			for _, n := range p.Notes {
				switch {
				case n.Start != nil:
					got = append(got, strings.Join(strings.Fields("started "+n.Start.Name+" "+n.Start.Kind+" "+n.Start.Sampling), " "))
					if place := n.Start.Stack.Inside(); !strings.HasPrefix(place, "journey.go:") {
						t.Errorf("the span started at %q (%q)", place, n.Start.Stack)
					}
				case n.End != nil:
					late := ""
					if n.End.Late {
						late = " late"
					}
					if n.End.Processors == nil {
						t.Error("it is not known how many processors the provider has")
					} else if *n.End.Processors == 0 && !n.End.Late {
						late = " to nobody"
					}
					got = append(got, "ended "+n.End.Name+" "+n.End.Kind+late)
				case n.Result != nil:
					outcome := "exported"
					if n.Result.Error != "" {
						outcome = "not exported"
					}
					got = append(got, fmt.Sprint(n.Result.Spans, " ", outcome))
				case n.Close != nil:
					cut := ""
					if n.Close.Cut {
						cut = " while it worked"
					}
					got = append(got, "closed"+cut)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestRecorderHasALimit ends every span that is noted, however many there are.
func TestRecorderHasALimit(t *testing.T) {
	t.Chdir("../../testdata/journey")
	p := Start(t.TempDir(), []string{"many-spans"}, Environment(), time.Minute)
	p.Wait()
	all := p.Lives()
	if len(all) != recorder.MostNotes {
		t.Errorf("%d spans are noted, want %d", len(all), recorder.MostNotes)
	}
	for _, l := range all {
		if l.End == nil {
			t.Fatal("a span that ended is noted as open")
		}
	}
	if p.Closed() == nil {
		t.Error("the shutdown is not noted")
	}
}
