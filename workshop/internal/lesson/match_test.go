package lesson

import (
	"strings"
	"testing"
)

func TestExpectation(t *testing.T) {
	const (
		exact = iota
		begins
		differs
	)
	tests := []struct {
		expected string
		output   string
		want     int
	}{
		{"", "", exact},
		{"", "a\n", begins},
		{"a", "a\n", exact},
		{"a", "b\n", differs},
		{"a", "", differs},
		{"a", "a\nb\n", begins},
		{"a\n…", "a\nb\nc\n", exact},
		{"…\nc", "a\nb\nc\n", exact},
		{"…\nc", "a\nb\n", differs},
		{"a\n…\nc", "a\nc\n", exact},
		{"a … c", "a big c\n", exact},
		{"a … c", "a\nc\n", differs},
		{"a.c", "abc\n", differs},
		{"  two  words", "\ttwo words\n", exact},
		{"a\nb", "\na\n \nb\n", exact},
		{"ok x 0.01s", "ok  \tx\t2.35s\n", exact},
		{"ok x 0.01s", "ok  \tx\t(cached)\n", exact},
		{"took 5 s", "took 7 s\n", differs},
		{"id 0af7651916cd43dd8448eb211c80319c", "id 4bf92f3577b34da6a3ce929d0e0e4736\n", exact},
		{"id 0af7651916cd43dd", "id 4bf92f3577b34da6a3ce929d0e0e4736\n", differs},
		{"trace 0af76519…  12.5ms · 1 span", "trace 4bf92f35…  9µs · 1 span\n", exact},
		{"at 2026-11-22T20:24:05.458113948Z", "at 2027-01-02T03:04:05+01:00\n", exact},
		{"x ━━━ 1ms", "x   ━━━━━━━  1.00s\n", exact},
		{"a", "go: downloading example.com/x v1.0.0\na\n", exact},
		{"└─ x ··╺━━╸·· 1ms", "└─ x  ╺━━━━━━ 2.5ms\n", exact},
		{"in · between", "in between\n", differs},
		{"a | 1\nb | 1", "b | 1\na | 1\n", exact},
		{"a | 1\nb | 1\na | 2", "a | 1\na | 2\nb | 1\n", exact},
		{"a | 1\nb | 1", "b | 1\n", differs},
		{"a | 1\nb | 1", "b | 1\na | 1\nb | 2\n", begins},
		{"a | 1\n…\nb | 2", "b | 1\nb | 2\na | 1\n", exact},
		{"a | 1\n…", "b | 1\na | 1\n", exact},
		{"a | 1", "b | 1\na | 1\n", begins},
	}
	for _, test := range tests {
		var e expectation
		if test.expected != "" {
			e = strings.Split(test.expected, "\n")
		}
		if got := e.check(test.output) == nil; got != (test.want == exact) {
			t.Errorf("%q is all that %q expects: %v", test.output, test.expected, got)
		}
		if got := e.begins(test.output); got != (test.want != differs) {
			t.Errorf("%q begins as %q expects: %v", test.output, test.expected, got)
		}
	}
}

func TestHopeless(t *testing.T) {
	tests := []struct {
		expected, output string
		want             bool
	}{
		{"a\nb", "", false},
		{"a\nb", "a\n", false},
		{"a\nb", "b\n", true},
		{"a\nb", "a\nc\n", true},
		{"a\n…\nb", "a\nc\n", false},
		{"…\nb", "c\n", false},
		{"a | 1\nb | 1", "b | 1\n", false},
		{"a | 1\nb | 1", "b | 2\n", true},
	}
	for _, test := range tests {
		if got := expectation(strings.Split(test.expected, "\n")).hopeless(test.output); got != test.want {
			t.Errorf("expecting %q, %q is hopeless: %v", test.expected, test.output, got)
		}
	}
}

func TestCheckNamesTheFirstDifference(t *testing.T) {
	err := expectation{"a", "…", "b", "c"}.check("a\nx\nb\nd\n")
	if err == nil || !strings.Contains(err.Error(), `no line "c" in its place`) {
		t.Errorf("got %v", err)
	}
}
