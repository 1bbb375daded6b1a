package text

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"GET /jokes":              "GET /jokes",
		"Zürich 東京 שלום":          "Zürich 東京 שלום",
		"a\x1b[31mb":              `a\x1b[31mb`,
		"\u009b2J":                `\u009b2J`,
		"a\r\n\t\x00\x7f":         `a\r\n\t\x00\x7f`,
		"\u202egnp":               `\u202egnp`,
		"\u2066a\u2069\u2028":     `\u2066a\u2069\u2028`,
		"\xff":                    `\xff`,
		"\ufffd":                  "\ufffd",
		"e\u0301":                 "e\u0301",
		"\u0301e":                 `\u0301e`,
		"👩\u200d👧":                "👩\u200d👧",
		"\u200d👧":                 `\u200d👧`,
		"\u200b":                  `\u200b`,
		"\U000e0041":              `\U000e0041`,
		"it's a \"quote\" and \\": "it's a \"quote\" and \\",
	} {
		if got := Escape(in); got != want {
			t.Errorf("%q is escaped to %q, want %q", in, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	tests := []struct {
		text  string
		width int
		want  string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"abcd", 1, "…"},
		{"abcd", 0, ""},
		{"", 0, ""},
		{"東京都", 6, "東京都"},
		{"東京都", 5, "東京…"},
		{"東京都", 4, "東…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"👩\u200d👧👩\u200d👧", 3, "👩\u200d👧…"},
		{"🇨🇭🇨🇭", 2, "…"},
	}
	for _, test := range tests {
		if got := Clip(test.text, test.width); got != test.want {
			t.Errorf("%q is clipped to %d columns as %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{"short", []string{"short"}},
		{"ten column", []string{"ten column"}},
		{"twelve columns", []string{"twelve", "  columns"}},
		{"a longword, taken apart", []string{"a longword", "  , taken", "  apart"}},
		{"one two three four five six", []string{"one two", "  three", "  four fi…"}},
		{"dial://127.0.0.1:8081", []string{"dial://127", "  .0.0.1:8", "  081"}},
		{strings.Repeat("東", 9), []string{"東東東東東", "  東東東東"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, Wrap(test.text, 10, 3)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.text, diff)
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := Grouped(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
}

// TestParagraph wraps text at words.
func TestParagraph(t *testing.T) {
	for name, c := range map[string]struct {
		label, text string
		want        []string
	}{
		"short": {"", "Short.", []string{"Short."}},
		"empty": {"Label: ", "", []string{"Label:"}},
		"wrapped": {"Label: ", strings.Repeat("tuut ", 20),
			[]string{"Label: " + strings.Repeat(" tuut", 14)[1:], "       " + strings.Repeat(" tuut", 6)[1:]}},
		"no break at U+00A0":      {"", strings.Repeat("x", 74) + " a\u00a0b", []string{strings.Repeat("x", 74), "a b"}},
		"a word that is too long": {"L: ", strings.Repeat("x", 80) + " y", []string{"L: " + strings.Repeat("x", 80), "   y"}},
		"escapes take no room": {"", Painter(true).Words(Bold, strings.Repeat("x", 70)+" yyyyy"),
			[]string{"\x1b[1m" + strings.Repeat("x", 70) + "\x1b[0m \x1b[1myyyyy\x1b[0m"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Paragraph(c.label, c.text, 76)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestExcerpt makes one line that no terminal stumbles over of what a program
// wrote.
func TestExcerpt(t *testing.T) {
	for in, want := range map[string]string{"": "", "abc": "abc", "a\tb\x1b[1mc": "a b [1mc", "0123456789": "0123456789", "01234567890": "012345678…", "東京東京東京": "東京東京…"} {
		if got := Excerpt(in, 10); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
