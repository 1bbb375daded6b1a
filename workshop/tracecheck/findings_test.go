package tracecheck

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

func TestReadFindings(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want map[string]string
		seed bool
		err  string
	}{
		"empty":              {text: "", want: map[string]string{}},
		"nested":             {text: "seed: 7\nslow:\n  service: basel\n", want: map[string]string{"seed": "7", "slow": "", "slow.service": "basel"}, seed: true},
		"comments":           {text: "# a\nseed: 7 # mine\n  # b\n", want: map[string]string{"seed": "7"}, seed: true},
		"quoted":             {text: "seed: \"7\"\nslow:\n  service: 'basel'\r\n", want: map[string]string{"seed": "7", "slow": "", "slow.service": "basel"}, seed: true},
		"a hash in a value":  {text: "slow:\n  value: a#b\n", want: map[string]string{"slow": "", "slow.value": "a#b"}},
		"a colon in a value": {text: "slow:\n  value: a:b\n", want: map[string]string{"slow": "", "slow.value": "a:b"}},
		"no number":          {text: "seed: seven\n", want: map[string]string{"seed": "seven"}},
		"no colon":           {text: "seed: 7\nslow is basel\n", err: "line 2 of answers.yaml is not of the form name: answer: slow is basel"},
	} {
		t.Run(name, func(t *testing.T) {
			f := ReadFindings(fstest.MapFS{"answers.yaml": {Data: []byte(test.text)}}, "answers.yaml")
			if test.err != "" {
				if f.err == nil || f.err.Error() != test.err {
					t.Errorf("the error is %v, want %s", f.err, test.err)
				}
				return
			}
			if f.err != nil || !maps.Equal(f.values, test.want) {
				t.Errorf("got %v, %v; want %v", f.values, f.err, test.want)
			}
			if _, ok := f.Seed(); ok != test.seed {
				t.Errorf("there is a seed: %v", ok)
			}
		})
	}
}

func TestReadEnvironment(t *testing.T) {
	got, err := readEnvironment("services.env", "# a\n\nA=1\nexport B=\"2\"\nC=\n D='3=4' \r\n")
	if want := map[string]string{"A": "1", "B": "2", "C": "", "D": "3=4"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	for _, line := range []string{"A", "A = 1", "A= 1", "set A=1"} {
		if _, err := readEnvironment("services.env", "B=1\n"+line); err == nil || !strings.Contains(err.Error(), "line 2 of services.env") {
			t.Errorf("%q gives %v", line, err)
		}
	}
}

func TestSameAddress(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"127.0.0.1:4317", "127.0.0.1:4317", true},
		{"localhost:4317", "127.0.0.1:4317", true},
		{"localhost:4317", "0.0.0.0:4317", true},
		{"[::1]:4317", ":4317", true},
		{"127.0.0.1:4317", "127.0.0.1:4318", false},
		{"example.com:4317", "127.0.0.1:4317", false},
		{"localhost", "127.0.0.1:4317", false},
	} {
		if got := sameAddress(test.a, test.b); got != test.want {
			t.Errorf("%s and %s are the same: %v", test.a, test.b, got)
		}
	}
}

// TestOwnTime takes the time of children off a span, and what they share once.
func TestOwnTime(t *testing.T) {
	start := time.Unix(0, 0)
	span := func(from, to int) spans.Span {
		return spans.Span{Start: start.Add(time.Duration(from) * time.Second), End: start.Add(time.Duration(to) * time.Second)}
	}
	for _, test := range []struct {
		children []spans.Span
		want     int
	}{
		{nil, 10},
		{[]spans.Span{span(2, 4)}, 8},
		{[]spans.Span{span(2, 4), span(6, 7)}, 7},
		{[]spans.Span{span(2, 6), span(3, 5)}, 6},
		{[]spans.Span{span(2, 6), span(5, 8)}, 4},
		{[]spans.Span{span(0, 10)}, 0},
	} {
		if got := ownTime(span(0, 10), test.children); got != time.Duration(test.want)*time.Second {
			t.Errorf("with %v: %v, want %ds", test.children, got, test.want)
		}
	}
}
