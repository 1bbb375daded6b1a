package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/hostport"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/internal/traceview"
	"example.com/tracing-workshop/workshop/internal/usage"
	"example.com/tracing-workshop/workshop/spans"
)

// question draws the answers of a Jaeger to what is asked with the flags of traces.
type question struct {
	*console.Console
	traceview.Query
	base  string
	brief bool
	list  bool
	only  bool
	calls bool
}

// check checks the flags that were given, and what follows them.
func (q *question) check(given map[string]bool, args []string) error {
	if len(args) > 1 {
		return usage.Errorf("traces: %q is one argument too many (see %s traces -h)", args[1], repository.Invocation)
	}
	if !given["from"] {
		for _, name := range slices.Sorted(maps.Keys(given)) {
			if name != "listen" && name != "brief" {
				return usage.Errorf("traces: -%s is a question to a Jaeger: add -from http://127.0.0.1:16686", name)
			}
		}
		if len(args) == 1 {
			return strayArgument(args[0])
		}
		return nil
	}
	switch {
	case q.base == "":
		return usage.Errorf("traces: -from needs the address of a Jaeger, as http://127.0.0.1:16686")
	case given["listen"]:
		return usage.Errorf("traces: -listen and -from do not go together: one receives spans, the other asks a Jaeger")
	case q.Filter.Operation != "" && q.Filter.Service == "":
		return usage.Errorf("traces: -operation needs -service, whose operation it is")
	case q.Filter.Shorter != 0 && q.Filter.Service == "":
		return usage.Errorf("traces: -shorter needs -service, since nearly every trace has some short span")
	case q.Filter.Shorter < 0 || q.Filter.Longer < 0:
		return usage.Errorf("traces: no span takes less than no time: -longer and -shorter are from 0 on")
	case q.Filter.Shorter != 0 && q.Filter.Shorter <= q.Filter.Longer:
		return usage.Errorf("traces: no span takes at least %s and less than %s", q.Filter.Longer, q.Filter.Shorter)
	case q.only && q.Filter.Anything():
		return usage.Errorf("traces: -only needs to know which spans: add -service, -errors, -longer or -attribute")
	case q.calls && (q.list || q.only):
		return usage.Errorf("traces: -calls counts, and neither lists nor draws: leave -list and -only out")
	case q.list && q.only:
		return usage.Errorf("traces: -list and -only do not go together: one has a line for each trace, the other draws spans")
	case q.Limit < 1:
		return usage.Errorf("traces: -limit %d shows nothing: it is a number from 1 on", q.Limit)
	case q.Since <= 0:
		return usage.Errorf("traces: -since %s is no time to look back", q.Since)
	}
	if q.calls && !given["limit"] {
		q.Limit = traceview.MostSearched // a count is of all
	}
	return checkFrom("traces", q.base)
}

// strayArgument says what may be meant by an argument where no Jaeger is
// asked.
func strayArgument(argument string) error {
	what := fmt.Sprintf("traces: %q is no trace id", argument)
	if traceID(argument) != "" {
		return usage.Errorf("traces: %q would be the id of a trace to ask a Jaeger for: add -from http://127.0.0.1:16686", argument)
	}
	if strings.Contains(argument, ":") {
		return didYouMean(what, "traces", "-from", argument)
	}
	return tracesCommand().tooMany(argument)
}

// traceID gives an id, or the beginning of one, as it was typed or copied from
// a drawing, and "" if the text is none.
func traceID(text string) string {
	id := strings.ToLower(strings.TrimRight(text, "….")) // as drawings shorten it
	if len(id) > traceDigits || strings.Trim(id, "0123456789abcdef") != "" {
		return ""
	}
	return id
}

const traceDigits = 32

// show draws the trace whose id is given, or the newest ones.
func (q *question) show(ctx context.Context, args []string) error {
	base, id := splitPage(q.base)
	if q.base = base; len(args) == 1 {
		id = args[0]
	}
	q.Client = jaeger.NewClient(q.base)
	if q.Live {
		q.Query.Waiting = func() (done func()) {
			return q.Console.Waiting("waiting for spans that may be on their way", "a batch leaves its program after five seconds")
		}
	}
	var err error
	if id != "" {
		err = q.showOne(ctx, id)
	} else {
		err = q.showNewest(ctx)
	}
	if errors.Is(err, jaeger.ErrUnreachable) {
		return fmt.Errorf("%w; to start one: %s jaeger", err, repository.Invocation)
	}
	return err
}

// splitPage takes the address of a trace's page in the UI apart.
func splitPage(page string) (base, id string) {
	page = hostport.URL(page)
	u, err := url.Parse(page)
	if err != nil {
		return page, ""
	}
	u.Path, id, _ = strings.Cut(u.Path, "/trace/")
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/search")
	u.RawQuery, u.Fragment = "", ""
	return u.String(), id
}

func (q *question) showOne(ctx context.Context, typed string) error {
	id := traceID(typed)
	if id == "" {
		return usage.Errorf("traces: %q is no trace id: that has %d digits from 0 to 9 and a to f, and its first few may do", typed, traceDigits)
	}
	if len(id) < traceDigits {
		full, err := q.complete(ctx, id)
		if err != nil {
			return err
		}
		id = full
	}
	answer, err := q.Trace(ctx, id)
	if errors.Is(err, jaeger.ErrNotFound) {
		return fmt.Errorf("there is no trace %s in the Jaeger at %s: was it sampled, has its service sent it yet, and does it send to this Jaeger?", id, q.base)
	}
	if err != nil {
		return err
	}
	if len(answer.Traces) == 0 {
		q.Printf("Trace %s has %s, and none is what you ask for.\n", id, text.Plural(len(answer.Of[0].Spans), "span"))
		return nil
	}
	q.present(answer.Traces)
	q.Printf("%s", mayGrow(answer))
	return nil
}

// complete gives the one id that begins so.
func (q *question) complete(ctx context.Context, begin string) (string, error) {
	ids, err := q.IDs(ctx, begin)
	if err != nil {
		return "", err
	}
	switch len(ids) {
	case 0:
		return "", fmt.Errorf("no trace of the last %s in the Jaeger at %s has an id that begins with %s", period(q.Since), q.base, begin)
	case 1:
		return ids[0], nil
	}
	return "", usage.Errorf("traces: %d ids begin with %s, as %s and %s: add some more digits", len(ids), begin, ids[0], ids[1])
}

func (q *question) showNewest(ctx context.Context) error {
	answer, err := q.Newest(ctx)
	if err != nil {
		return err
	}
	shown, found := answer.Traces, answer.Of
	if len(found) == 0 {
		return q.explainNothing(ctx)
	}
	q.present(shown)
	q.Printf("\n%s of the last %s", text.Plural(len(found), "trace"), period(q.Since))
	switch {
	case len(shown) == len(found):
	case len(shown) == 1:
		q.Printf("; this is the newest, and -limit shows more")
	default:
		q.Printf("; these are the newest %d, and -limit shows more", len(shown))
	}
	q.Printf(".\n%s", mayGrow(answer)+severalSeeds(found))
	return nil
}

// present shows traces as the flags want it.
func (q *question) present(traces []spans.Trace) {
	if q.calls {
		q.showCalls(traces)
		return
	}
	for i, trace := range traces {
		if q.list {
			q.Printf("%s  %s\n", trace.Spans[0].Start.Local().Format("15:04:05.000"), spans.Summary(trace))
			continue
		}
		if i > 0 {
			q.Printf("\n")
		}
		q.draw(trace)
	}
}

func (q *question) draw(t spans.Trace) {
	options := q.Drawing()
	options.Attributes, options.Events = !q.brief, !q.brief
	if q.only {
		options.Of, t.Spans = len(t.Spans), q.Filter.In(t)
	}
	_ = spans.Draw(q, t, options)
}

// mayGrow says that what is shown may not be all.
func mayGrow(a traceview.Answer) string {
	if a.Whole {
		return ""
	}
	return "A parent is still missing in a trace that ended a moment ago. Ask again: there may be more.\n"
}

// severalSeeds warns of traffic that was sent with several seeds, of which each
// has its own trouble.
func severalSeeds(traces []spans.Trace) string {
	var seeds []string // the newest is last
	for _, t := range traces {
		for _, s := range t.Spans {
			if seed := s.Resource.Get("traffic.seed"); seed != nil {
				text := text.Escape(fmt.Sprint(seed))
				seeds = append(slices.DeleteFunc(seeds, func(s string) bool { return s == text }), text)
			}
		}
	}
	if len(seeds) < 2 {
		return ""
	}
	return fmt.Sprintf("! This is traffic of several seeds, %s, each with its own trouble. Tell them apart with\n  -attribute traffic.seed=%s, on the page with the tag traffic.seed=%[2]s.\n", strings.Join(seeds, " and "), seeds[len(seeds)-1])
}

// explainNothing says why there may be no trace to show.
func (q *question) explainNothing(ctx context.Context) error {
	services, err := q.Client.Services(ctx)
	if err != nil {
		return err
	}
	slices.Sort(services)
	service, others := q.Filter.Service, q.Filter
	others.Service = ""
	switch {
	case len(services) == 0:
		q.Printf("The Jaeger at %s holds no traces yet. Programs send theirs to its OTLP port,\nas a rule http://127.0.0.1:4317, and some seconds may pass until they do.\n", q.base)
		return nil
	case service != "" && !slices.Contains(services, service):
		return fmt.Errorf("the Jaeger at %s has no spans of a service %q; it knows %s", q.base, service, strings.Join(services, ", "))
	}
	what := "no trace"
	if service != "" {
		what += " of " + service
	}
	if !others.Anything() {
		what += " that fits"
	}
	q.Printf("There is %s from the last %s in the Jaeger at %s; -since looks further back.\n", what, period(q.Since), q.base)
	if service == "" {
		q.Printf("Services that it knows: %s\n", strings.Join(services, ", "))
	}
	return nil
}

// period gives a length of time as people say it.
func period(d time.Duration) string {
	if hours := int(d / time.Hour); hours > 0 && d%time.Hour == 0 {
		return text.Plural(hours, "hour")
	}
	if n := int(d / time.Minute); n > 0 && d%time.Minute == 0 {
		return text.Plural(n, "minute")
	}
	return d.String()
}

// showCalls writes a line for each call, the most frequent first.
func (q *question) showCalls(traces []spans.Trace) {
	table := tabwriter.NewWriter(q, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, " calls\ttraces\tcaller\t→ service\toperation")
	for _, c := range traceview.Count(traces, q.Filter) {
		fmt.Fprintf(table, "%6d\t%6d\t%s\t→ %s\t%s\n", c.Calls, c.Traces, text.Escape(c.Caller), text.Escape(c.Service), text.Escape(c.Operation))
	}
	table.Flush()
}
