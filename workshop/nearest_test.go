package main

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"check", "traces", "jaeger", "doctor", "help", "list", "limit", "step02-exporter"}
	for typed, want := range map[string]string{
		"chek": "check", "chcek": "check", "CHECK": "check", "checks": "check",
		"trces": "traces", "trace": "traces", "traecs": "traces",
		"jeager": "jaeger", "jager": "jaeger", "docter": "doctor",
		"lst": "list", "lmit": "limit", "hlep": "help",
		"doc": "doctor", "step02": "step02-exporter", "step02-exproter": "step02-exporter",
		"": "", "v": "", "ls": "", "do": "", "-v": "", "version": "", "watch": "", "über": "",
	} {
		if got := nearest(typed, words); got != want {
			t.Errorf("nearest to %q is %q, want %q", typed, got, want)
		}
	}
}

func TestTypos(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ac", 1},
		{"abc", "bac", 1}, {"kitten", "sitting", 3},
	} {
		if got := typos(test.a, test.b); got != test.want || typos(test.b, test.a) != got {
			t.Errorf("from %q to %q there are %d and %d, want %d", test.a, test.b, got, typos(test.b, test.a), test.want)
		}
	}
}
