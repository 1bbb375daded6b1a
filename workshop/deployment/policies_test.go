package deployment

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/tracecheck"
)

func TestPolicies(t *testing.T) {
	t.Setenv("PERCENT", "25")
	got := policies(`
processors:
  batch:
  tail_sampling/late:
    policies:
      - name: share
        type: probabilistic
        probabilistic:
          sampling_percentage: ${env:PERCENT:-10}
        probabilistic_sampler:
      - name: bad
        type: and
        and:
          and_sub_policy:
            - name: slow
              type: latency
              latency: {threshold_ms: "${env:NOBODY_SETS_IT:-0.2}"}
            - name: failed
              type: status_code
              status_code: {status_codes: [ERROR]}
`)
	slow := tracecheck.Policy{Name: "slow", Type: "latency", Settings: map[string]any{"threshold_ms": "0.2"}}
	failed := tracecheck.Policy{Name: "failed", Type: "status_code", Settings: map[string]any{"status_codes": []any{"ERROR"}}}
	if len(got) != 2 {
		t.Fatalf("%d policies: %v", len(got), got)
	}
	if percent, ok := got[0].Number("sampling_percentage"); !ok || percent != 25 {
		t.Errorf("sampling_percentage is %v", got[0].Settings)
	}
	if p := got[0]; p.Processor != "tail_sampling/late" || len(p.Unread) != 1 || p.Unread[0] != "probabilistic_sampler" {
		t.Errorf("the first policy is of %q, and nobody reads its %q", p.Processor, p.Unread)
	}
	if ms, ok := slow.Number("threshold_ms"); !ok || ms != 0.2 {
		t.Errorf("threshold_ms is %v", slow.Settings)
	}
	if diff := cmp.Diff([]tracecheck.Policy{slow, failed}, got[1].Parts); diff != "" {
		t.Errorf("the parts of the second policy (-want +got):\n%s", diff)
	}
}
