package text

import "testing"

func TestTypos(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ac", 1},
		{"abc", "bac", 1}, {"kitten", "sitting", 3},
	} {
		if got := Typos(test.a, test.b); got != test.want || Typos(test.b, test.a) != got {
			t.Errorf("from %q to %q there are %d and %d, want %d", test.a, test.b, got, Typos(test.b, test.a), test.want)
		}
	}
}
