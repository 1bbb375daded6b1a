package cause

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
)

// arrivalCauses are of spans that do not arrive.
var arrivalCauses = []Cause{
	{
		name:    "span-name-varies",
		of:      shortfalls{evidence.NoSpan, evidence.WrongName},
		fact:    "the name of the span that arrived",
		refines: []string{"span-name-wrong", "span-missing", "span-not-named-after-route"},
		witness: func(f *Fault) string {
			for _, s := range f.Evidence.Spans() {
				if s.Name != f.Name && strings.Contains(s.Name, f.Name) && f.holdsInput(s.Name) {
					return fmt.Sprintf("The span is called %q. With values in it every span has a name of its own, and then no backend can group or count them.", s.Name)
				}
			}
			return ""
		},
		next: "Keep the name fixed, and put what varies in attributes.",
	},
	{
		name:    "span-name-wrong",
		of:      shortfalls{evidence.NoSpan, evidence.WrongName},
		fact:    "the name of the span that arrived",
		refines: []string{"span-missing"},
		witness: func(f *Fault) string {
			for _, s := range f.Evidence.Spans() {
				if f.Kind == "" && s.Kind == spans.KindInternal && f.isMeant(s) && !f.Source.Quotes(`"`+f.Name+`"`) {
					return fmt.Sprintf("A span arrived, but it is called %q, not %q.", s.Name, f.Name)
				}
			}
			return ""
		},
		next: "Give the span the name that the lesson asks for.",
	},
	{
		name:    "tracer-of-other-provider",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atSampled, atProcessed, atExported, atReceived},
		fact:    "the span was started by a provider that was not the registered one",
		refines: []string{"no-shutdown", "shutdown-context-cancelled", "exporter-not-used", "no-exporter", "sampled-out", "wrong-provider-registered"},
		witness: func(f *Fault) string {
			lost := f.lost()
			if len(lost) == 0 || !lost[0].Start.Foreign {
				return ""
			}
			return fmt.Sprintf("The program makes %s. The one that started this span%s was not the registered one.", text.Plural(len(f.process().Providers()), "tracer provider"), facts.At(lost[0].Start.Stack))
		},
		next: "Get the tracer with otel.Tracer, which asks the registered provider.",
	},
	{
		name:    "span-missing",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atStarted},
		general: true,
		witness: func(f *Fault) string {
			// Where the source starts one, something kept it from that.
			if f.Kind != "" || f.nothingArrived() || len(f.Source.Starts(f.Name)) > 0 {
				return ""
			}
			return fmt.Sprintf("Other spans arrived, but nothing starts a span called %s on this way through the program.", f.Name)
		},
		next: "Start the span where its work begins, and end it when the work is done.",
	},
	{
		name:    "exporter-shut-down",
		of:      shortfalls{evidence.NoSpan},
		at:      []station{atExported, atSent, atReceived},
		fact:    "stderr, where the exporter says that it was shut down",
		refines: []string{"shutdown-context-cancelled", "no-shutdown", "exit-skips-shutdown", "endpoint-hard-coded", "endpoint-with-scheme", "http-port-with-grpc"},
		witness: func(f *Fault) string {
			said := f.exporterClosed()
			if said == "" {
				return ""
			}
			return fmt.Sprintf("When the exporter was given the span, it had been shut down, or its connection had been closed: %q.", said)
		},
		next:  "Leave exporter and connection to the provider: its Shutdown comes last, and shuts the exporter down, too.",
		setup: true,
	},
	{
		name:    "exported-twice",
		of:      shortfalls{evidence.ExtraSpan},
		fact:    "two spans of a trace with the same id",
		refines: []string{"still-on-stdout"},
		witness: func(f *Fault) string {
			ids := map[string]bool{}
			for _, s := range f.Evidence.Spans() {
				if ids[s.TraceID+s.SpanID] {
					return fmt.Sprintf("The span %s is there twice, with the same id: it was started once, and exported by two processors or exporters.", s.Name)
				}
				ids[s.TraceID+s.SpanID] = true
			}
			return ""
		},
		next: "Give the provider one exporter, in one processor.",
	},
	{
		name:    "extra-span",
		of:      shortfalls{evidence.ExtraSpan},
		general: true,
		witness: func(f *Fault) string {
			if f.Kind != "" { // those of a library
				return ""
			}
			return "One piece of work is one span here; more than one was started and ended."
		},
		next: "Start the span once, and put what you want to tell about it in attributes and events.",
	},
}

// holdsInput tells whether a name holds something that the play put into the
// program: an argument, or a value in a URL.
func (f *Fault) holdsInput(name string) bool {
	var inputs []string
	for _, p := range f.Evidence.Processes {
		inputs = append(inputs, p.Args...)
	}
	for _, x := range f.Evidence.Exchanges {
		if u, err := url.Parse(x.URL); err == nil {
			for _, values := range u.Query() {
				inputs = append(inputs, values...)
			}
		}
	}
	return slices.ContainsFunc(inputs, func(input string) bool {
		return input != "" && !strings.HasPrefix(input, "-") && strings.Contains(name, input)
	})
}
