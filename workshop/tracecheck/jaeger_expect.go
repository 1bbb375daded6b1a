package tracecheck

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// The ways in which a Jaeger can fall short.
const (
	NotStarted   Shortfall = "not-started"   // Jaeger does not start, or there is none
	NotListening Shortfall = "not-listening" // Jaeger takes no spans
	NotAnswering Shortfall = "not-answering" // Jaeger cannot be asked
	NotReported  Shortfall = "not-reported"  // Jaeger does not know a service
	NotKept      Shortfall = "not-kept"      // Jaeger has forgotten spans
	NoNews       Shortfall = "no-news"       // Jaeger takes no new spans after a restart
	WrongShare   Shortfall = "wrong-share"   // too many or too few traces are sampled
	Incomplete   Shortfall = "incomplete"    // a trace that should be sampled has holes
	WrongFinding Shortfall = "wrong-finding" // an answer is missing or wrong
)

// Starts expects that Jaeger starts, and stays.
func Starts(e *Evidence) *Miss {
	if e.Jaeger.err == nil {
		return nil
	}
	return &Miss{What: NotStarted, Says: sentence(e.Jaeger.err.Error())}
}

// TakesSpans expects that Jaeger listens for OTLP over gRPC.
func TakesSpans(e *Evidence) *Miss {
	if e.Jaeger.process.Config.Endpoints().OTLPGRPC != "" {
		return nil
	}
	return &Miss{What: NotListening, Says: "Jaeger runs, and does not listen for OTLP over gRPC."}
}

// CanBeAsked expects that Jaeger's query API listens on that port.
func CanBeAsked(port string) Expectation {
	return func(e *Evidence) *Miss {
		address := e.Jaeger.process.Config.Endpoints().Query
		if _, got, err := net.SplitHostPort(address); err == nil && got == port {
			return nil
		}
		miss := &Miss{What: NotAnswering, Got: address, Says: "Jaeger runs, and cannot be asked for traces."}
		if address != "" {
			miss.Says = fmt.Sprintf("Jaeger can be asked for traces at %s; port %s is wanted.", address, port)
		}
		return miss
	}
}

// Reports expects that Jaeger knows these services.
func Reports(services ...string) Expectation {
	return func(e *Evidence) *Miss {
		if err := e.Jaeger.wiring.err; err != nil {
			return &Miss{What: NotReported, Key: "environment", Says: sentence(err.Error())}
		}
		known := e.Jaeger.at(0).services
		for _, service := range services {
			if slices.Contains(known, service) {
				continue
			}
			says := "Jaeger knows no service."
			if len(known) > 0 {
				says = fmt.Sprintf("Jaeger knows %s, and not %s.", strings.Join(known, ", "), service)
			}
			return &Miss{What: NotReported, Service: service, Says: says}
		}
		return nil
	}
}

// Among expects it of the traces that have a span of that name, as if there
// were no other.
func Among(name string, expect Expectation) Expectation {
	return func(e *Evidence) *Miss {
		narrowed := *e
		narrowed.Held = nil
		for _, trace := range spans.Group(e.Held) {
			if slices.ContainsFunc(trace.Spans, func(s spans.Span) bool { return s.Name == name }) {
				narrowed.Held = append(narrowed.Held, trace.Spans...)
			}
		}
		return expect(&narrowed)
	}
}

// Survives expects that all spans of Jaeger's first look are there at the last.
func Survives(e *Evidence) *Miss {
	there := map[string]bool{}
	for _, s := range e.Jaeger.last() {
		there[s.TraceID+s.SpanID] = true
	}
	lost := slices.DeleteFunc(slices.Clone(e.Jaeger.first()), func(s spans.Span) bool { return there[s.TraceID+s.SpanID] })
	if len(lost) == 0 && len(e.Jaeger.first()) > 0 {
		return nil
	}
	are := "are"
	if len(lost) == 1 {
		are = "is"
	}
	return &Miss{What: NotKept, Span: firstOf(lost),
		Says: fmt.Sprintf("Jaeger held %s. After a restart, %d of them %s gone.", plural(len(e.Jaeger.first()), "span"), len(lost), are)}
}

func firstOf(all []spans.Span) *spans.Span {
	if len(all) == 0 {
		return nil
	}
	return &all[0]
}

// HasNews expects that Jaeger took new traces after it was started again.
func HasNews(e *Evidence) *Miss {
	if len(newTraces(e.Jaeger.last(), e.Jaeger.since)) > 0 {
		return nil
	}
	return &Miss{What: NoNews, Says: fmt.Sprintf("No trace of a request after the restart reached Jaeger within %v.", newsPatience)}
}

// Share expects that Jaeger holds so many percent of n requests' traces, as
// long as no caller has decided for them.
func Share(n, least, most int) Expectation {
	return func(e *Evidence) *Miss {
		decided := e.decisions()
		kept := 0
		for _, trace := range spans.Group(e.Held) {
			if _, byCaller := decided[trace.ID]; !byCaller {
				kept++
			}
		}
		if percent := kept * 100 / n; percent >= least && percent <= most {
			return nil
		}
		return &Miss{What: WrongShare, Got: kept, Want: n,
			Says: fmt.Sprintf("Of %d requests, %d left a trace: %d %%. A quarter is wanted, %d to %d %%.", n, kept, kept*100/n, least, most)}
	}
}

// Whole expects that each trace which Jaeger holds is the whole way of a
// request.
func Whole(hops ...Hop) Expectation {
	return func(e *Evidence) *Miss {
		for _, trace := range spans.Group(e.Held) {
			if miss := followChain(trace, hops); miss != nil {
				miss.What, miss.Span = Incomplete, &trace.Spans[0]
				miss.Says = "A trace has holes: " + uncapitalize(miss.Says)
				return miss
			}
		}
		return nil
	}
}

// FollowsCallers expects that a trace is there if and only if the caller who
// began it has sampled it (W3C Trace Context, section 3.2.2.5.1).
func FollowsCallers(e *Evidence) *Miss {
	there := map[string]bool{}
	for _, s := range e.Held {
		there[s.TraceID] = true
	}
	var ignored, unwanted, all int
	for id, sampled := range e.decisions() {
		switch all++; {
		case sampled && !there[id]:
			ignored++
		case !sampled && there[id]:
			unwanted++
		}
	}
	if ignored+unwanted == 0 {
		return nil
	}
	return &Miss{What: Incomplete, Says: fmt.Sprintf("%d callers had decided whether to sample. For %d who had said yes your part of the trace is missing, for %d who had said no it is there.", all, ignored, unwanted)}
}

// decisions gives what callers have decided: trace id -> sampled.
func (e *Evidence) decisions() map[string]bool {
	decided := map[string]bool{}
	for _, x := range e.Exchanges {
		for name, values := range x.Header {
			if parts := strings.Split(values[0], "-"); strings.EqualFold(name, "traceparent") && len(parts) == 4 {
				decided[parts[1]] = parts[3] == "01"
			}
		}
	}
	return decided
}

// sentence makes a sentence of an error.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.TrimRight(capitalize(text), ".") + "."
}

func uncapitalize(s string) string { return strings.ToLower(s[:1]) + s[1:] }
