package spans_test

import (
	"fmt"
	"math/rand"
	"strings"

	"example.com/tracing-workshop/workshop/spans"
)

func twoServices() spans.Trace {
	user, joke := of("user-service"), of("joke-service")
	return traceOf(
		span(1, 0, "GET /fetch-external", 0, 41.2, user, kind(spans.KindServer),
			with("http.route", "/fetch-external", "http.response.status_code", int64(200))),
		span(2, 1, "GET", 1.1, 39.8, user, kind(spans.KindClient),
			with("url.full", "http://127.0.0.1:8081/jokes/random", "http.response.status_code", int64(200))),
		span(3, 2, "GET /jokes/random", 14.3, 26.9, joke, kind(spans.KindServer),
			with("http.route", "/jokes/random", "http.response.status_code", int64(200))),
	)
}

func failedRequest() spans.Trace {
	const refused = `Get "http://127.0.0.1:8081/jokes/random": dial tcp 127.0.0.1:8081: connect: connection refused`
	user := of("user-service")
	return traceOf(
		span(1, 0, "GET /fetch-external", 0, 3.4, user, kind(spans.KindServer), failed("")),
		span(2, 1, "GET", 0.4, 2.9, user, kind(spans.KindClient), failed(refused),
			event("exception", 2.7,
				"exception.type", "*net.OpError",
				"exception.message", refused,
				"exception.stacktrace", "goroutine 1 [running]:\nmain.main()\n")),
	)
}

func journey() spans.Trace {
	return traceOf(span(1, 0, "journey", 0, 12.5, of("journey-planner"),
		failed(`no station in "Atlantis"`),
		with(
			"journey.from", "Amsterdam",
			"journey.stops", int64(4),
			"journey.stops.text", "4",
			"journey.price", 120.0,
			"journey.night", true,
			"journey.via", []any{"Köln", "Basel"},
			"journey.legs", []any{int64(1), 2.5, nil, []byte{0xca, 0xfe}},
			"journey.map", attributes("km", int64(815)),
			"journey.note", "two\nlines and a very long remark about the food on the train, which was not bad, and about the view from it, which was better, and about the seats, of which there were too few",
		),
		event("arrived", 10, "station", "Zürich HB", "platform", int64(7)),
		event("departed", 0),
		event("exception", 12.3, "exception.type", "*errors.errorString", "exception.message", `no station in "Atlantis"`),
	))
}

func thousand() spans.Trace {
	all := []spans.Span{span(1, 0, "GET /batch", 0, 1000, of("batch"), kind(spans.KindServer))}
	for n := 2; n <= 1000; n++ {
		s := span(n, 1, fmt.Sprintf("item %d", n), float64(n-1), float64(n+1), of("batch"))
		if n == 300 || n == 700 {
			failed("out of stock")(&s)
		}
		all = append(all, s)
	}
	return traceOf(all...)
}

func deep(levels int) spans.Trace {
	var all []spans.Span
	for n := 1; n <= levels; n++ {
		all = append(all, span(n, n-1, fmt.Sprintf("call %d", n), float64(n), float64(2*levels-n), of("recursive")))
	}
	return traceOf(all...)
}

var nastyNames = []string{
	"combining: e\u0301, Z\u0351\u036b\u0343\u036a",
	"\u0301starts with a combining mark",
	"wide: 東京発チューリッヒ行き夜行列車の予約を確認しています",
	"emoji: 👩‍👩‍👧‍👦 🇨🇭 ❤️ 👍🏽",
	"family of all 👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦",
	"rtl: מסע לציריך",
	"override: \u202egnirts",
	"\x1b[31mred\x1b[0m and \x07 a bell",
	"two\r\nlines\tand a tab",
	"invalid: \xff\xfe",
	"invisible: a\u200bb\u00a0c",
	strings.Repeat("very long ", 100),
}

func unicodeNames() spans.Trace {
	all := []spans.Span{span(1, 0, "names", 0, 100, of("サービス\x1b[2J"))}
	for n, name := range nastyNames {
		all = append(all, span(n+2, 1, name, float64(8*n), float64(8*n+9), of("サービス\x1b[2J")))
	}
	return traceOf(all...)
}

// randomTrace has a bit of everything that is allowed, and of what is not.
func randomTrace(r *rand.Rand) spans.Trace {
	var all []spans.Span
	services := []string{"user-service", "joke-service", "東京", strings.Repeat("s", 60)}
	for range r.Intn(60) {
		from := r.Float64()*100 - 20
		to := from + r.ExpFloat64()*20 - 2
		s := span(1+r.Intn(100), r.Intn(110), randomText(r), from, to, of(services[r.Intn(len(services))]))
		if r.Intn(8) == 0 {
			failed(randomText(r))(&s)
		}
		if r.Intn(20) == 0 {
			untimed(&s)
		}
		with(randomText(r), randomText(r), randomText(r), []any{r.Int63(), r.Float64(), randomText(r)})(&s)
		event(randomText(r), from+1, randomText(r), randomText(r))(&s)
		link(randomText(r), randomText(r))(&s)
		all = append(all, s)
	}
	return spans.Trace{ID: randomText(r), Spans: all}
}

func randomText(r *rand.Rand) string {
	pieces := append([]string{"a", " ", "word ", "…", "✗", "\u0903", "\u0d4e", "🇨", "\u200d", "\ufe0f", "⸻", "각", "ᄀ"}, nastyNames...)
	var b strings.Builder
	for range r.Intn(6) {
		b.WriteString(pieces[r.Intn(len(pieces))])
		if r.Intn(4) == 0 {
			b.WriteRune(rune(r.Intn(0x20000)))
		}
	}
	return b.String()
}
