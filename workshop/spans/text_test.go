package spans

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                  "0s",
		1:                                  "1ns",
		999:                                "999ns",
		1000:                               "1.00µs",
		12_345:                             "12.3µs",
		999_499:                            "999µs",
		999_500:                            "1.00ms",
		41_200_000:                         "41.2ms",
		999 * time.Millisecond:             "999ms",
		999_600 * time.Microsecond:         "1.00s",
		9_996 * time.Millisecond:           "10.0s",
		59_940 * time.Millisecond:          "59.9s",
		59_960 * time.Millisecond:          "1m00s",
		62 * time.Second:                   "1m02s",
		time.Hour - time.Millisecond:       "1h00m",
		26*time.Hour + 31*time.Minute:      "1d03h",
		400 * day:                          "400d",
		math.MaxInt64:                      "106751d",
		math.MinInt64:                      "-106751d",
		-5 * time.Millisecond:              "-5.00ms",
		23*time.Hour + 59*time.Minute + 59: "23h59m",
		day - time.Second:                  "1d00h",
	} {
		if got := formatDuration(d); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}

func TestFormatDurationIsShort(t *testing.T) {
	for d := time.Duration(1); d < math.MaxInt64/2; d += d/7 + 1 {
		if got := formatDuration(d); columns(got) > 7 {
			t.Errorf("%v is written %q, which takes more than 7 columns", d, got)
		}
	}
}

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
		if got := clip(test.text, test.width); got != test.want {
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
		if diff := cmp.Diff(test.want, wrap(test.text, 10, 3)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.text, diff)
		}
	}
}

func TestFormatValueShowsTheType(t *testing.T) {
	tests := []struct {
		value any
		want  string
	}{
		{"4", `"4"`},
		{`a "b" \n`, `"a \"b\" \\n"`},
		{"\n", `"\n"`},
		{int64(4), "4"},
		{4.0, "4.0"},
		{-4.0, "-4.0"},
		{0.1, "0.1"},
		{1e100, "1e+100"},
		{math.NaN(), "NaN"},
		{math.Inf(-1), "-Inf"},
		{true, "true"},
		{nil, "empty"},
		{[]byte{0xca, 0xfe}, "0xcafe"},
		{[]any{}, "[]"},
		{[]any{int64(1), 1.0, "1", []any{nil}}, `[1, 1.0, "1", [empty]]`},
		{Attributes{{"a", int64(1)}, {"b\x1b", "x"}}, `{"a": 1, "b\x1b": "x"}`},
	}
	for _, test := range tests {
		if got := formatValue(test.value); got != test.want {
			t.Errorf("%#v is written %s, want %s", test.value, got, test.want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
}
