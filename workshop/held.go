package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/internal/usage"
	"example.com/tracing-workshop/workshop/spans"
)

// held draws the traces that a Jaeger holds.
type held struct {
	*console.Console
	client *jaeger.Client
	base   string
	wanted wanted
	since  time.Duration
	limit  int
	brief  bool
	list   bool
	only   bool
	calls  bool

	patience time.Duration // how long it waits for spans that may be on their way
	whole    bool          // nothing that is shown seems to be on its way any more
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
	case h.wanted.operation != "" && h.wanted.service == "":
		return usage.Errorf("traces: -operation needs -service, whose operation it is")
	case h.wanted.shorter != 0 && h.wanted.service == "":
		return usage.Errorf("traces: -shorter needs -service, since nearly every trace has some short span")
	case h.wanted.shorter < 0 || h.wanted.longer < 0:
		return usage.Errorf("traces: no span takes less than no time: -longer and -shorter are from 0 on")
	case h.wanted.shorter != 0 && h.wanted.shorter <= h.wanted.longer:
		return usage.Errorf("traces: no span takes at least %s and less than %s", h.wanted.longer, h.wanted.shorter)
	case h.only && h.wanted.anything():
		return usage.Errorf("traces: -only needs to know which spans: add -service, -errors, -longer or -attribute")
	case h.calls && (h.list || h.only):
		return usage.Errorf("traces: -calls counts, and neither lists nor draws: leave -list and -only out")
	case h.list && h.only:
		return usage.Errorf("traces: -list and -only do not go together: one has a line for each trace, the other draws spans")
	case h.limit < 1:
		return usage.Errorf("traces: -limit %d shows nothing: it is a number from 1 on", h.limit)
	case h.since <= 0:
		return usage.Errorf("traces: -since %s is no time to look back", h.since)
	}
	if h.calls && !given["limit"] {
		h.limit = mostSearched // a count is of all
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

// mostSearched is how many traces are looked through for the newest ones, or
// for the beginning of an id.
const mostSearched = 5000

// show draws the trace whose id is given, or the newest ones.
func (h *held) show(ctx context.Context, args []string) error {
	base, id := splitPage(h.base)
	if h.base = base; len(args) == 1 {
		id = args[0]
	}
	h.client = jaeger.NewClient(h.base)
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
	traces, err := h.settle(ctx, func() ([]spans.Trace, error) {
		found, err := h.client.Trace(ctx, id)
		return spans.Group(found), err
	})
	if errors.Is(err, jaeger.ErrNotFound) {
		return fmt.Errorf("there is no trace %s in the Jaeger at %s: was it sampled, has its service sent it yet, and does it send to this Jaeger?", id, h.base)
	}
	if err != nil {
		return err
	}
	wanted := h.wanted.among(traces)
	if len(wanted) == 0 {
		h.Printf("Trace %s has %s, and none is what you ask for.\n", id, text.Plural(len(traces[0].Spans), "span"))
		return nil
	}
	h.present(wanted)
	h.Printf("%s", h.mayGrow())
	return nil
}

// complete gives the one id that begins so.
func (h *held) complete(ctx context.Context, begin string) (string, error) {
	traces, err := h.find(ctx, wanted{})
	if err != nil {
		return "", err
	}
	traces = slices.DeleteFunc(traces, func(t spans.Trace) bool { return !strings.HasPrefix(t.ID, begin) })
	switch len(traces) {
	case 0:
		return "", fmt.Errorf("no trace of the last %s in the Jaeger at %s has an id that begins with %s", period(h.since), h.base, begin)
	case 1:
		return traces[0].ID, nil
	}
	return "", usage.Errorf("traces: %d ids begin with %s, as %s and %s: add some more digits", len(traces), begin, traces[0].ID, traces[1].ID)
}

// find gives the traces that are wanted, oldest first.
func (h *held) find(ctx context.Context, w wanted) ([]spans.Trace, error) {
	now := time.Now()
	found, err := h.client.Find(ctx, jaeger.Search{
		Service: w.service, Operation: w.operation, MinDuration: w.longer,
		From: now.Add(-h.since), To: now.Add(time.Minute), // clocks differ
		Limit: mostSearched,
	})
	return w.among(spans.Group(found)), err
}

func (h *held) showNewest(ctx context.Context) error {
	var found []spans.Trace
	shown, err := h.settle(ctx, func() (newest []spans.Trace, err error) {
		found, err = h.find(ctx, h.wanted)
		return found[max(0, len(found)-h.limit):], err
	})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return h.explainNothing(ctx)
	}
	h.present(shown)
	h.Printf("\n%s of the last %s", text.Plural(len(found), "trace"), period(h.since))
	switch {
	case len(shown) == len(found):
	case len(shown) == 1:
		h.Printf("; this is the newest, and -limit shows more")
	default:
		h.Printf("; these are the newest %d, and -limit shows more", len(shown))
	}
	h.Printf(".\n%s", h.mayGrow()+severalSeeds(found))
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
		options.Of, t.Spans = len(t.Spans), h.wanted.in(t)
	}
	_ = spans.Draw(h, t, options)
}

// askAgain is how long settle waits in between.
const askAgain = 300 * time.Millisecond

// settle asks for traces until those that ended a moment ago have all parents,
// and did not grow since it asked before, or until its patience is over. It also
// waits for a trace that is not found: maybe it has not come yet.
func (h *held) settle(ctx context.Context, ask func() ([]spans.Trace, error)) ([]spans.Trace, error) {
	late := time.Now().Add(h.patience)
	waits := false
	for before := -1; ; {
		traces, err := ask()
		missing := errors.Is(err, jaeger.ErrNotFound)
		if err != nil && !missing {
			return nil, err
		}
		fresh, whole := freshSpans(traces, time.Now().Add(-h.patience))
		settled := !missing && (fresh == 0 || whole && fresh == before)
		if h.whole = whole; settled || time.Now().After(late) {
			return traces, err
		}
		if before = fresh; h.Live && !waits {
			waits = true
			defer h.Waiting("waiting for spans that may be on their way", "a batch leaves its program after five seconds")()
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(askAgain):
		}
	}
}

// freshSpans gives how many spans the traces have of which some were not over at
// a moment, and whether no parent is missing in these.
func freshSpans(traces []spans.Trace, since time.Time) (n int, whole bool) {
	whole = true
	for _, t := range traces {
		if !slices.ContainsFunc(t.Spans, func(s spans.Span) bool { return s.End.After(since) }) {
			continue
		}
		n += len(t.Spans)
		whole = whole && complete(t.Spans)
	}
	return n, whole
}

// mayGrow says that what is shown may not be all.
func (h *held) mayGrow() string {
	if h.whole {
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
	services, err := h.client.Services(ctx)
	if err != nil {
		return err
	}
	slices.Sort(services)
	service, others := h.wanted.service, h.wanted
	others.service = ""
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
	if !others.anything() {
		what += " that fits"
	}
	h.Printf("There is %s from the last %s in the Jaeger at %s; -since looks further back.\n", what, period(h.since), h.base)
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
