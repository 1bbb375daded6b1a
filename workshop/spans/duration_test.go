package spans

import (
	"math"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/text"
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
		if got := formatDuration(d); text.Width(got) > 7 {
			t.Errorf("%v is written %q, which takes more than 7 columns", d, got)
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
		if got := FormatValue(test.value); got != test.want {
			t.Errorf("%#v is written %s, want %s", test.value, got, test.want)
		}
	}
}
