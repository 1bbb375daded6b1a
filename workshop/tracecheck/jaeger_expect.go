package tracecheck

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// Starts expects that Jaeger starts, and stays.
func Starts(e *Evidence) *Miss {
	if e.Jaeger.Err == nil {
		return nil
	}
	return &Miss{What: evidence.NotStarted, Says: text.Sentence(e.Jaeger.Err.Error())}
}

// TakesSpans expects that Jaeger listens for OTLP over gRPC.
func TakesSpans(e *Evidence) *Miss {
	if e.Jaeger.Process.Config.Endpoints().OTLPGRPC != "" {
		return nil
	}
	return &Miss{What: evidence.NotListening, Says: "Jaeger runs, and does not listen for OTLP over gRPC."}
}

// CanBeAsked expects that Jaeger's query API listens on that port.
func CanBeAsked(port string) Expectation {
	return func(e *Evidence) *Miss {
		address := e.Jaeger.Process.Config.Endpoints().Query
		if _, got, err := net.SplitHostPort(address); err == nil && got == port {
			return nil
		}
		miss := &Miss{What: evidence.NotAnswering, Got: address, Says: "Jaeger runs, and cannot be asked for traces."}
		if address != "" {
			miss.Says = fmt.Sprintf("Jaeger can be asked for traces at %s; port %s is wanted.", address, port)
		}
		return miss
	}
}

// Reports expects that Jaeger knows these services.
func Reports(services ...string) Expectation {
	return func(e *Evidence) *Miss {
		if err := e.Jaeger.Wiring.Err; err != nil {
			return &Miss{What: evidence.NotReported, Key: "environment", Says: text.Sentence(err.Error())}
		}
		known := e.Jaeger.At(0).Services
		for _, service := range services {
			if slices.Contains(known, service) {
				continue
			}
			says := "Jaeger knows no service."
			if len(known) > 0 {
				says = fmt.Sprintf("Jaeger knows %s, and not %s.", strings.Join(known, ", "), service)
			}
			return &Miss{What: evidence.NotReported, Service: service, Says: says}
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
	for _, s := range e.Jaeger.Last() {
		there[s.TraceID+s.SpanID] = true
	}
	lost := slices.DeleteFunc(slices.Clone(e.Jaeger.First()), func(s spans.Span) bool { return there[s.TraceID+s.SpanID] })
	if len(lost) == 0 && len(e.Jaeger.First()) > 0 {
		return nil
	}
	are := "are"
	if len(lost) == 1 {
		are = "is"
	}
	return &Miss{What: evidence.NotKept, Span: firstOf(lost),
		Says: fmt.Sprintf("Jaeger held %s. After a restart, %d of them %s gone.", text.Plural(len(e.Jaeger.First()), "span"), len(lost), are)}
}

func firstOf(all []spans.Span) *spans.Span {
	if len(all) == 0 {
		return nil
	}
	return &all[0]
}

// HasNews expects that Jaeger took new traces after it was started again.
func HasNews(e *Evidence) *Miss {
	if len(newTraces(e.Jaeger.Last(), e.Jaeger.Since)) > 0 {
		return nil
	}
	return &Miss{What: evidence.NoNews, Says: fmt.Sprintf("No trace of a request after the restart reached Jaeger within %v.", newsPatience)}
}

// Share expects that Jaeger holds so many percent of n requests' traces, as
// long as no caller has decided for them. Chance alone would let a fifth pass
// for a quarter. So where the sampler goes by the trace id, as the SDK's does,
// the ids must also agree with exactly a quarter.
func Share(n, least, most int) Expectation {
	const quarter = 0.25
	return func(e *Evidence) *Miss {
		decided := decisions(e)
		var kept []string
		for _, trace := range spans.Group(e.Held) {
			if _, byCaller := decided[trace.ID]; !byCaller {
				kept = append(kept, trace.ID)
			}
		}
		percent := len(kept) * 100 / n
		miss := &Miss{What: evidence.WrongShare, Got: len(kept), Want: n,
			Says: fmt.Sprintf("Of %d requests, %d left a trace: %d %%. A quarter is wanted, %d to %d %%.", n, len(kept), percent, least, most)}
		if percent < least || percent > most {
			return miss
		}
		if from, to, ok := ratioOf(kept, dropped(e, decided)); ok && (quarter < from || quarter > to) {
			miss.Says = fmt.Sprintf("Of %d requests, %d left a trace. The sampler goes by the trace id, and which ones it kept shows its ratio: %.2f. A quarter is wanted, 0.25.", n, len(kept), (from+to)/2)
			return miss
		}
		return nil
	}
}

// dropped gives the traces that the samplers of the programs said no to, as
// long as no caller has decided for them.
func dropped(e *Evidence, decided map[string]bool) []string {
	var dropped []string
	for _, p := range e.Processes {
		for _, n := range p.Notes {
			if n.Start == nil || n.Start.Trace == "" {
				continue
			}
			if _, byCaller := decided[n.Start.Trace]; !byCaller {
				dropped = append(dropped, n.Start.Trace)
			}
		}
	}
	return dropped
}

// ratioOf gives between which two bounds the ratio of a sampler lies that keeps
// the trace ids below a bound (OpenTelemetry specification, SDK,
// TraceIdRatioBased), as Go's does with the last 8 bytes. It is not ok where
// what was kept and dropped does not look like that.
func ratioOf(kept, dropped []string) (from, to float64, ok bool) {
	to = 1
	for _, id := range kept {
		from = max(from, place63(id))
	}
	for _, id := range dropped {
		to = min(to, place63(id))
	}
	return from, to, len(kept) > 0 && len(dropped) > 0 && from < to
}

// place63 gives where a trace id lies from 0 to 1 for that sampler, by the 63
// bits that it looks at.
func place63(traceID string) float64 {
	low, err := strconv.ParseUint(traceID[max(0, len(traceID)-16):], 16, 64)
	if err != nil {
		return 0
	}
	return float64(low>>1) / (1 << 63)
}

// Whole expects that each trace which Jaeger holds is the whole way of a
// request.
func Whole(hops ...Hop) Expectation {
	return func(e *Evidence) *Miss {
		for _, trace := range spans.Group(e.Held) {
			if miss := followChain(trace, hops); miss != nil {
				miss.What, miss.Span = evidence.Incomplete, &trace.Spans[0]
				miss.Says = "A trace has holes: " + text.Uncapitalize(miss.Says)
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
	for id, sampled := range decisions(e) {
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
	return &Miss{What: evidence.Incomplete, Says: fmt.Sprintf("%d callers had decided whether to sample. For %d who had said yes your part of the trace is missing, for %d who had said no it is there.", all, ignored, unwanted)}
}

// decisions gives what callers have decided: trace id -> sampled.
func decisions(e *Evidence) map[string]bool {
	decided := map[string]bool{}
	for _, t := range e.Told() {
		decided[t.TraceID] = t.Sampled()
	}
	return decided
}
