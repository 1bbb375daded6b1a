package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// held draws the traces that a Jaeger holds.
type held struct {
	*console
	client *jaeger.Client
	base   string
	search jaeger.Search
	since  time.Duration
	limit  int
	brief  bool
	list   bool
}

// check checks the flags that were given, and what follows them.
func (h *held) check(given map[string]bool, args []string) error {
	if len(args) > 1 {
		return misuse("traces: %q is one argument too many (see %s traces -h)", args[1], invocation)
	}
	if !given["from"] {
		for _, name := range []string{"service", "operation", "longer", "since", "limit", "list"} {
			if given[name] {
				return misuse("traces: -%s is a question to a Jaeger: add -from http://127.0.0.1:16686", name)
			}
		}
		if len(args) == 1 {
			return strayArgument(args[0])
		}
		return nil
	}
	switch {
	case h.base == "":
		return misuse("traces: -from needs the address of a Jaeger, as http://127.0.0.1:16686")
	case given["listen"]:
		return misuse("traces: -listen and -from do not go together: one receives spans, the other asks a Jaeger")
	case h.search.Operation != "" && h.search.Service == "":
		return misuse("traces: -operation needs -service, whose operation it is")
	case h.limit < 1:
		return misuse("traces: -limit %d shows nothing: it is a number from 1 on", h.limit)
	case h.since <= 0:
		return misuse("traces: -since %s is no time to look back", h.since)
	}
	return checkFrom(h.base)
}

// strayArgument says what may be meant by an argument where no Jaeger is
// asked.
func strayArgument(argument string) error {
	what := fmt.Sprintf("traces: %q is no trace id", argument)
	if traceID(argument) != "" {
		return misuse("traces: %q would be the id of a trace to ask a Jaeger for: add -from http://127.0.0.1:16686", argument)
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
	h.search.To = time.Now().Add(time.Minute) // clocks differ
	h.search.From = h.search.To.Add(-time.Minute - h.since)
	var err error
	if id != "" {
		err = h.showOne(ctx, id)
	} else {
		err = h.showNewest(ctx)
	}
	if errors.Is(err, jaeger.ErrUnreachable) {
		return fmt.Errorf("%w; to start one: %s jaeger", err, invocation)
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

func (h *held) showOne(ctx context.Context, text string) error {
	id := traceID(text)
	if id == "" {
		return misuse("traces: %q is no trace id: that has %d digits from 0 to 9 and a to f, and its first few may do", text, traceDigits)
	}
	if len(id) < traceDigits {
		full, err := h.complete(ctx, id)
		if err != nil {
			return err
		}
		id = full
	}
	found, err := h.client.Trace(ctx, id)
	if errors.Is(err, jaeger.ErrNotFound) {
		return fmt.Errorf("there is no trace %s in the Jaeger at %s: was it sampled, has its service sent it yet, and does it send to this Jaeger?", id, h.base)
	}
	if err != nil {
		return err
	}
	for _, trace := range spans.Group(found) {
		h.draw(trace)
	}
	return nil
}

// complete gives the one id that begins so.
func (h *held) complete(ctx context.Context, begin string) (string, error) {
	traces, err := h.find(ctx, mostSearched)
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
	return "", misuse("traces: %d ids begin with %s, as %s and %s: add some more digits", len(traces), begin, traces[0].ID, traces[1].ID)
}

// find gives at most so many traces that fit, oldest first.
func (h *held) find(ctx context.Context, limit int) ([]spans.Trace, error) {
	h.search.Limit = limit
	found, err := h.client.Find(ctx, h.search)
	return spans.Group(found), err
}

func (h *held) showNewest(ctx context.Context) error {
	traces, err := h.find(ctx, mostSearched)
	if err != nil {
		return err
	}
	if len(traces) == 0 {
		return h.explainNothing(ctx)
	}
	shown := traces[max(0, len(traces)-h.limit):]
	for i, trace := range shown {
		if h.list {
			h.printf("%s  %s\n", trace.Spans[0].Start.Local().Format("15:04:05.000"), spans.Summary(trace))
			continue
		}
		if i > 0 {
			h.printf("\n")
		}
		h.draw(trace)
	}
	h.printf("\n%s of the last %s", plural(len(traces), "trace"), period(h.since))
	if len(shown) < len(traces) {
		newest := "this is the newest one"
		if len(shown) > 1 {
			newest = fmt.Sprintf("these are the newest %d", len(shown))
		}
		h.printf("; %s, and -limit shows more", newest)
	}
	h.printf(".\n")
	return nil
}

func (h *held) draw(t spans.Trace) {
	options := h.drawing()
	options.Attributes, options.Events = !h.brief, !h.brief
	_ = spans.Draw(h.w, t, options)
}

// explainNothing says why there may be no trace to show.
func (h *held) explainNothing(ctx context.Context) error {
	services, err := h.client.Services(ctx)
	if err != nil {
		return err
	}
	slices.Sort(services)
	service := h.search.Service
	switch {
	case len(services) == 0:
		h.printf("The Jaeger at %s holds no traces yet. Programs send theirs to its OTLP port,\nas a rule http://127.0.0.1:4317, and some seconds may pass until they do.\n", h.base)
		return nil
	case service != "" && !slices.Contains(services, service):
		return fmt.Errorf("the Jaeger at %s has no spans of a service %q; it knows %s", h.base, service, strings.Join(services, ", "))
	}
	what := "no trace"
	if service != "" {
		what += " of " + service
	}
	if h.search.Operation != "" || h.search.MinDuration != 0 {
		what += " that fits"
	}
	h.printf("There is %s from the last %s in the Jaeger at %s; -since looks further back.\n", what, period(h.since), h.base)
	h.printf("Services that it knows: %s\n", strings.Join(services, ", "))
	return nil
}

// period gives a length of time as people say it.
func period(d time.Duration) string {
	if hours := int(d / time.Hour); hours > 0 && d%time.Hour == 0 {
		return plural(hours, "hour")
	}
	if n := int(d / time.Minute); n > 0 && d%time.Minute == 0 {
		return plural(n, "minute")
	}
	return d.String()
}
