package exposition

import (
	"math"
	"testing"
)

const page = `# HELP calls_total
# TYPE calls_total counter
calls_total{service_name="user-service",span_name="GET \"/\" {x}, a=b"} 12
calls_total{service_name="user-service",span_name="GET /",} 30 1700000000000
calls_total{ service_name = "joke-service" } 1e3

up 1
latency_bucket{le="+Inf"} +Inf
nothing NaN
`

func TestParse(t *testing.T) {
	s, err := Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	if len(s) != 6 {
		t.Fatalf("%d samples, want 6: %v", len(s), s)
	}
	if got := s[0].Labels["span_name"]; got != `GET "/" {x}, a=b` {
		t.Errorf("the label is %q", got)
	}
	for _, c := range []struct {
		name   string
		labels []string
		want   float64
	}{
		{"calls_total", nil, 1042},
		{"calls_total", []string{"service_name", "user-service"}, 42},
		{"calls_total", []string{"service_name", "user-service", "span_name", "GET /"}, 30},
		{"calls_total", []string{"service_name", "nobody"}, 0},
		{"up", nil, 1},
		{"latency_bucket", []string{"le", "+Inf"}, math.Inf(1)},
		{"nothing", nil, 0},
	} {
		if got := s.Named(c.name).With(c.labels...).Sum(); got != c.want {
			t.Errorf("%s %v is %v, want %v", c.name, c.labels, got, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, page := range []string{"calls_total", "calls_total{a=\"b\"}", "calls_total{a=\"b\"", "calls_total{a=b} 1", "calls_total{a} 1", "calls_total many", "<html>"} {
		if s, err := Parse(page); err == nil {
			t.Errorf("%q is read as %v", page, s)
		}
	}
}
