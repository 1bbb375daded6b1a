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
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/internal/traceview"
	"example.com/tracing-workshop/workshop/internal/usage"
	"example.com/tracing-workshop/workshop/spans"
)

// held draws the traces that a Jaeger holds.
type held struct {
	*console.Console
	traceview.Query
	base  string
	brief bool
	list  bool
	only  bool
	calls bool
}

// check checks the flags that were given, and what follows them.
func (h *held) check(given map[string]bool, args []string) error {
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
	case h.base == "":
		return usage.Errorf("traces: -from needs the address of a Jaeger, as http://127.0.0.1:16686")
	case given["listen"]:
		return usage.Errorf("traces: -listen and -from do not go together: one receives spans, the other asks a Jaeger")
	case h.Filter.Operation != "" && h.Filter.Service == "":
		return usage.Errorf("traces: -operation needs -service, whose operation it is")
	case h.Filter.Shorter != 0 && h.Filter.Service == "":
		return usage.Errorf("traces: -shorter needs -service, since nearly every trace has some short span")
	case h.Filter.Shorter < 0 || h.Filter.Longer < 0:
		return usage.Errorf("traces: no span takes less than no time: -longer and -shorter are from 0 on")
	case h.Filter.Shorter != 0 && h.Filter.Shorter <= h.Filter.Longer:
		return usage.Errorf("traces: no span takes at least %s and less than %s", h.Filter.Longer, h.Filter.Shorter)
	case h.only && h.Filter.Anything():
		return usage.Errorf("traces: -only needs to know which spans: add -service, -errors, -longer or -attribute")
	case h.calls && (h.list || h.only):
		return usage.Errorf("traces: -calls counts, and neither lists nor draws: leave -list and -only out")
	case h.list && h.only:
		return usage.Errorf("traces: -list and -only do not go together: one has a line for each trace, the other draws spans")
	case h.Limit < 1:
		return usage.Errorf("traces: -limit %d shows nothing: it is a number from 1 on", h.Limit)
	case h.Since <= 0:
		return usage.Errorf("traces: -since %s is no time to look back", h.Since)
	}
	if h.calls && !given["limit"] {
		h.Limit = traceview.MostSearched // a count is of all
	}
	return checkFrom(h.base)
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
func (h *held) show(ctx context.Context, args []string) error {
	base, id := splitPage(h.base)
	if h.base = base; len(args) == 1 {
		id = args[0]
	}
	h.Client = jaeger.NewClient(h.base)
	if h.Live {
		h.Query.Waiting = func() (done func()) {
			return h.Console.Waiting("waiting for spans that may be on their way", "a batch leaves its program after five seconds")
		}
	}
	var err error
	if id != "" {
		err = h.showOne(ctx, id)
	} else {
		err = h.showNewest(ctx)
	}
	if errors.Is(err, jaeger.ErrUnreachable) {
		return fmt.Errorf("%w; to start one: %s jaeger", err, repository.Invocation)
	}
	return err
}

// splitPage takes the address of a trace's page in the UI apart.
func splitPage(address string) (base, id string) {
	address = withScheme(address)
	u, err := url.Parse(address)
	if err != nil {
		return address, ""
	}
	u.Path, id, _ = strings.Cut(u.Path, "/trace/")
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/search")
	u.RawQuery, u.Fragment = "", ""
	return u.String(), id
}

// withScheme gives the address as a URL, which is what people copy without its
// beginning.
func withScheme(address string) string {
	if strings.Contains(address, "://") {
		return address
	}
	return "http://" + address
}

func (h *held) showOne(ctx context.Context, typed string) error {
	id := traceID(typed)
	if id == "" {
		return usage.Errorf("traces: %q is no trace id: that has %d digits from 0 to 9 and a to f, and its first few may do", typed, traceDigits)
	}
	if len(id) < traceDigits {
		full, err := h.complete(ctx, id)
		if err != nil {
			return err
		}
		id = full
	}
	answer, err := h.Trace(ctx, id)
	if errors.Is(err, jaeger.ErrNotFound) {
		return fmt.Errorf("there is no trace %s in the Jaeger at %s: was it sampled, has its service sent it yet, and does it send to this Jaeger?", id, h.base)
	}
	if err != nil {
		return err
	}
	if len(answer.Traces) == 0 {
		h.Printf("Trace %s has %s, and none is what you ask for.\n", id, text.Plural(len(answer.Of[0].Spans), "span"))
		return nil
	}
	h.present(answer.Traces)
	h.Printf("%s", mayGrow(answer))
	return nil
}

// complete gives the one id that begins so.
func (h *held) complete(ctx context.Context, begin string) (string, error) {
	ids, err := h.IDs(ctx, begin)
	if err != nil {
		return "", err
	}
	switch len(ids) {
	case 0:
		return "", fmt.Errorf("no trace of the last %s in the Jaeger at %s has an id that begins with %s", period(h.Since), h.base, begin)
	case 1:
		return ids[0], nil
	}
	return "", usage.Errorf("traces: %d ids begin with %s, as %s and %s: add some more digits", len(ids), begin, ids[0], ids[1])
}

func (h *held) showNewest(ctx context.Context) error {
	answer, err := h.Newest(ctx)
	if err != nil {
		return err
	}
	shown, found := answer.Traces, answer.Of
	if len(found) == 0 {
		return h.explainNothing(ctx)
	}
	h.present(shown)
	h.Printf("\n%s of the last %s", text.Plural(len(found), "trace"), period(h.Since))
	switch {
	case len(shown) == len(found):
	case len(shown) == 1:
		h.Printf("; this is the newest, and -limit shows more")
	default:
		h.Printf("; these are the newest %d, and -limit shows more", len(shown))
	}
	h.Printf(".\n%s", mayGrow(answer)+severalSeeds(found))
	return nil
}

// present shows traces as the flags want it.
func (h *held) present(traces []spans.Trace) {
	if h.calls {
		h.showCalls(traces)
		return
	}
	for i, trace := range traces {
		if h.list {
			h.Printf("%s  %s\n", trace.Spans[0].Start.Local().Format("15:04:05.000"), spans.Summary(trace))
			continue
		}
		if i > 0 {
			h.Printf("\n")
		}
		h.draw(trace)
	}
}

func (h *held) draw(t spans.Trace) {
	options := h.Drawing()
	options.Attributes, options.Events = !h.brief, !h.brief
	if h.only {
		options.Of, t.Spans = len(t.Spans), h.Filter.In(t)
	}
	_ = spans.Draw(h, t, options)
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
func (h *held) explainNothing(ctx context.Context) error {
	services, err := h.Client.Services(ctx)
	if err != nil {
		return err
	}
	slices.Sort(services)
	service, others := h.Filter.Service, h.Filter
	others.Service = ""
	switch {
	case len(services) == 0:
		h.Printf("The Jaeger at %s holds no traces yet. Programs send theirs to its OTLP port,\nas a rule http://127.0.0.1:4317, and some seconds may pass until they do.\n", h.base)
		return nil
	case service != "" && !slices.Contains(services, service):
		return fmt.Errorf("the Jaeger at %s has no spans of a service %q; it knows %s", h.base, service, strings.Join(services, ", "))
	}
	what := "no trace"
	if service != "" {
		what += " of " + service
	}
	if !others.Anything() {
		what += " that fits"
	}
	h.Printf("There is %s from the last %s in the Jaeger at %s; -since looks further back.\n", what, period(h.Since), h.base)
	if service == "" {
		h.Printf("Services that it knows: %s\n", strings.Join(services, ", "))
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
func (h *held) showCalls(traces []spans.Trace) {
	table := tabwriter.NewWriter(h, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, " calls\ttraces\tcaller\t→ service\toperation")
	for _, c := range traceview.Count(traces, h.Filter) {
		fmt.Fprintf(table, "%6d\t%6d\t%s\t→ %s\t%s\n", c.Calls, c.Traces, text.Escape(c.Caller), text.Escape(c.Service), text.Escape(c.Operation))
	}
	table.Flush()
}
