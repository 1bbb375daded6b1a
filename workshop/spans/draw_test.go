package spans_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"

	"example.com/tracing-workshop/workshop/internal/golden"
	"example.com/tracing-workshop/workshop/spans"
)

var drawings = []struct {
	file    string
	explain string
	trace   spans.Trace
	options spans.Options
}{
	{
		"two-services.txt", "one request through two services; the service is named where it changes",
		twoServices(), spans.Options{},
	},
	{
		"two-services-40.txt", "the narrowest drawing shortens names, but keeps every column",
		twoServices(), spans.Options{Width: 40},
	},
	{
		"two-services-120.txt", "a wide drawing has longer bars",
		twoServices(), spans.Options{Width: 120, Attributes: true},
	},
	{
		"two-services-color.txt", "each service has its colour",
		twoServices(), spans.Options{Color: true},
	},
	{
		"details.txt", "attributes show their type, events their time, errors their description",
		journey(), spans.Options{Attributes: true, Events: true},
	},
	{
		"attributes-left-out.txt", "some attributes are enough where there is little room, and all events stay",
		journey(), spans.Options{Attributes: true, MaxAttributes: 1, Events: true},
	},
	{
		"details-40.txt", "details are wrapped, also in the narrowest drawing",
		journey(), spans.Options{Width: 40, Attributes: true, Events: true},
	},
	{
		"failed.txt", "an error is marked in every span that has it",
		failedRequest(), spans.Options{},
	},
	{
		"failed-color.txt", "an error is red",
		failedRequest(), spans.Options{Color: true, Events: true},
	},
	{
		"several-roots.txt", "orphans say which parent is not there; a root without a service says so",
		traceOf(
			span(1, 0, "GET /fetch-external", 0, 40, of("user-service"), kind(spans.KindServer)),
			span(2, 0x99f0, "GET /jokes/random", 12, 30, of("joke-service"), kind(spans.KindServer)),
			span(3, 2, "pick", 14, 16, of("joke-service")),
			span(4, 0, "", 50, 55),
		), spans.Options{},
	},
	{
		"skew.txt", "clocks that disagree are pointed out, and bars stay in the drawing",
		traceOf(
			span(1, 0, "GET /fetch-external", 0, 40, of("user-service"), kind(spans.KindServer)),
			span(2, 1, "GET", 2, 38, of("user-service"), kind(spans.KindClient)),
			span(3, 2, "GET /jokes/random", -18, 10, of("joke-service"), kind(spans.KindServer)),
			span(4, 3, "publish", 5, 60, of("joke-service"), kind(spans.KindProducer)),
			span(5, 3, "clock set back", 8, 3, of("joke-service")),
		), spans.Options{},
	},
	{
		"circles.txt", "spans with impossible parents are all drawn, once",
		traceOf(
			span(1, 3, "first", 0, 9, of("a")),
			span(2, 1, "second", 1, 8, of("a")),
			span(3, 2, "third", 2, 7, of("a")),
			span(4, 4, "self", 3, 6, of("a")),
			span(5, 0, "twin", 4, 5, of("a")),
			span(5, 0, "twin", 6, 7, of("a")),
			span(6, 5, "child of a twin", 6, 7, of("a")),
		), spans.Options{},
	},
	{
		"untimed.txt", "spans of WithoutTimestamps have no bars",
		traceOf(
			span(1, 0, "journey", 0, 0, of("journey-planner"), untimed),
			span(2, 1, "route", 0, 0, of("journey-planner"), untimed),
		), spans.Options{},
	},
	{
		"instant.txt", "a span of no duration still shows where it is",
		traceOf(
			span(1, 0, "request", 0, 10, of("a")),
			span(2, 1, "at once", 0, 0, of("a")),
			span(3, 1, "in between", 5, 5, of("a")),
			span(4, 1, "at the end", 10, 10, of("a")),
		), spans.Options{},
	},
	{
		"thousand.txt", "siblings in the middle are left out, failed ones are not",
		thousand(), spans.Options{MaxSpans: 16},
	},
	{
		"deep.txt", "300 levels do not push the names out of the drawing",
		deep(300), spans.Options{MaxSpans: 14},
	},
	{
		"deep-branches.txt", "the number of the level stands before a span, not before what is said of it",
		traceOf(append(deep(9).Spans,
			span(20, 9, "left", 9, 10, of("recursive"), failed("too deep")),
			span(21, 9, "right", 10, 11, of("other")),
			span(22, 8, "uncle", 11, 12, of("recursive")),
		)...), spans.Options{},
	},
	{
		"deep-40.txt", "a narrow drawing names only the number of the level",
		deep(120), spans.Options{Width: 40, MaxSpans: 12},
	},
	{
		"unicode.txt", "names of any script keep the columns; control characters are escaped",
		unicodeNames(), spans.Options{},
	},
	{
		"unicode-40.txt", "names are cut between characters, never within one",
		unicodeNames(), spans.Options{Width: 40},
	},
	{
		"links.txt", "links say where they lead",
		traceOf(span(1, 0, "consume", 0, 1, of("worker"), kind(spans.KindConsumer),
			link("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"),
			link(traceID, spanID(7)),
			link("", ""),
		)), spans.Options{},
	},
	{
		"empty.txt", "a trace without spans is a header",
		traceOf(), spans.Options{},
	},
}

// TestDraw compares drawings with the files in testdata. To see a change, run
// the test with -update and look at the difference in git.
func TestDraw(t *testing.T) {
	for _, d := range drawings {
		t.Run(d.file, func(t *testing.T) {
			file := filepath.Join("testdata", "draw", d.file)
			got := draw(t, d.trace, d.options)
			checkWidth(t, got, d.options.Width)
			golden.Compare(t, file, got)
			if t.Failed() {
				t.Log(d.explain)
			}
		})
	}
}

func TestDrawIsTheSameForAnyOrderOfSpans(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, d := range drawings {
		want := draw(t, d.trace, d.options)
		shuffled := spans.Trace{ID: d.trace.ID, Spans: slices.Clone(d.trace.Spans)}
		r.Shuffle(len(shuffled.Spans), func(i, j int) {
			shuffled.Spans[i], shuffled.Spans[j] = shuffled.Spans[j], shuffled.Spans[i]
		})
		if diff := cmp.Diff(want, draw(t, shuffled, d.options)); diff != "" {
			t.Errorf("%s (-first order +second order):\n%s", d.file, diff)
		}
	}
}

func TestDrawWithoutColorHasNoControlSequences(t *testing.T) {
	for _, d := range drawings {
		d.options.Color = false
		if got := draw(t, d.trace, d.options); strings.ContainsAny(got, "\x1b\r\x07\u202e") {
			t.Errorf("%s: a control character got through:\n%q", d.file, got)
		}
	}
}

func TestDrawInColorIsTheSameText(t *testing.T) {
	for _, d := range drawings {
		d.options.Color = false
		want := draw(t, d.trace, d.options)
		d.options.Color = true
		if diff := cmp.Diff(want, withoutColor(draw(t, d.trace, d.options))); diff != "" {
			t.Errorf("%s (-without colour +with colour):\n%s", d.file, diff)
		}
	}
}

// TestDrawLimit counts the lines with a bar: those are the spans.
func TestDrawLimit(t *testing.T) {
	for _, limit := range []int{1, 2, 7, 50, 999, 1000, 2000} {
		got := draw(t, thousand(), spans.Options{MaxSpans: limit, Width: 100})
		drawn := strings.Count(got, " internal ") + strings.Count(got, " server ")
		if want := min(limit, 1000); drawn != want {
			t.Errorf("with MaxSpans %d, %d spans are drawn, want %d", limit, drawn, want)
		}
		if hidden := leftOut(t, got); hidden != 1000-drawn {
			t.Errorf("with MaxSpans %d, %d spans are said to be left out, want %d", limit, hidden, 1000-drawn)
		}
	}
}

func TestDrawKeepsErrorsVisible(t *testing.T) {
	got := draw(t, thousand(), spans.Options{MaxSpans: 10})
	for _, name := range []string{"✗ item 300", "✗ item 700"} {
		if !strings.Contains(got, name) {
			t.Errorf("%q is left out:\n%s", name, got)
		}
	}
}

// TestDrawRandomTraces is about traces that nobody thought of.
func TestDrawRandomTraces(t *testing.T) {
	for seed := range int64(60) {
		r := rand.New(rand.NewSource(seed))
		trace := randomTrace(r)
		options := spans.Options{
			Width:      40 + r.Intn(100),
			Color:      r.Intn(2) == 0,
			Attributes: true,
			Events:     true,
			MaxSpans:   1 + r.Intn(60),
		}
		got := draw(t, trace, options)
		checkWidth(t, got, options.Width)
		if lines := strings.Split(withoutColor(got), "\n"); !strings.HasPrefix(lines[0], "trace ") {
			t.Errorf("seed %d: the first line is no header: %q", seed, lines[0])
		}
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, got)
		}
	}
}

func TestDrawReportsWriteErrors(t *testing.T) {
	full := errors.New("disk full")
	r, w := io.Pipe()
	r.CloseWithError(full)
	if err := spans.Draw(w, twoServices(), spans.Options{}); !errors.Is(err, full) {
		t.Errorf("got error %v, want %v", err, full)
	}
}

func BenchmarkDraw(b *testing.B) {
	trace := thousand()
	for _, limit := range []int{50, 1000} {
		b.Run(fmt.Sprintf("spans=1000/limit=%d", limit), func(b *testing.B) {
			for b.Loop() {
				spans.Draw(io.Discard, trace, spans.Options{MaxSpans: limit})
			}
		})
	}
}

func draw(t testing.TB, trace spans.Trace, o spans.Options) string {
	t.Helper()
	var b strings.Builder
	if err := spans.Draw(&b, trace, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func checkWidth(t testing.TB, drawn string, width int) {
	t.Helper()
	if width == 0 {
		width = 80
	}
	for line := range strings.Lines(withoutColor(drawn)) {
		line = strings.TrimSuffix(line, "\n")
		if got := uniseg.StringWidth(line); got > width {
			t.Errorf("a line is %d columns wide, want at most %d:\n%q", got, width, line)
		}
	}
}

var colors = regexp.MustCompile("\x1b\\[[0-9]+m")

func withoutColor(drawn string) string { return colors.ReplaceAllString(drawn, "") }

var more = regexp.MustCompile(`… ([0-9]+) more spans?`)

func leftOut(t *testing.T, drawn string) int {
	t.Helper()
	sum := 0
	for _, match := range more.FindAllStringSubmatch(drawn, -1) {
		var n int
		if _, err := fmt.Sscan(match[1], &n); err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	return sum
}
