package jaeger

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/spans"
)

// TestRates has a Jaeger that knows the operations of two services, and answers
// with them in no order.
func TestRates(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var all []string
		for _, name := range []string{"d", "b", "e", "a", "c"} {
			for _, service := range []string{"users", "jokes"} {
				all = append(all, fmt.Sprintf(`{"labels": [{"name": "service_name", "value": %q}, {"name": "operation", "value": %q}],
					"metricPoints": [{"gaugeValue": {"doubleValue": 0.5}}]}`, service, name))
			}
		}
		fmt.Fprintf(w, `{"metrics": [%s]}`, strings.Join(all, ","))
	}))
	defer server.Close()
	rates, err := NewClient(server.URL).Rates(t.Context(), RateQuery{Services: []string{"users", "jokes"}, Kind: spans.KindServer, Quantiles: []float64{0.95}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rates {
		got = append(got, r.Service+" "+r.Name)
		if r.Calls != 0.5 || r.Errors != 0.5 || r.Latencies[0.95] != 0.5 {
			t.Errorf("the rates are %+v, want 0.5 for each", r)
		}
	}
	want := []string{"jokes a", "jokes b", "jokes c", "jokes d", "jokes e", "users a", "users b", "users c", "users d", "users e"}
	if !slices.Equal(got, want) {
		t.Errorf("the operations are %q, want %q", got, want)
	}
}
