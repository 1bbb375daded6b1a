package tracecheck

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// truth is what is wrong with a constellation of services, computed from the
// traces that it left, and from nothing else.
type truth struct {
	slow     slowTruth
	failing  failingTruth
	repeated repeatedTruth
}

// slowTruth is the service that takes its time by itself, and the attribute
// that says when.
type slowTruth struct{ service, key, value string }

// failingTruth is the operation in which the errors begin, who asks for it
// then, and the event that only these spans have.
type failingTruth struct{ service, operation, caller, event string }

// repeatedTruth is the call that one span makes again and again.
type repeatedTruth struct {
	caller, service, operation string
	times                      int
}

// investigate computes the truth.
func investigate(held []spans.Span) truth {
	traces := spans.Group(held)
	return truth{slow: findSlow(traces), failing: findFailing(traces), repeated: findRepeated(traces)}
}

// findSlow looks for the attribute that parts the spans of a service best: by
// the time that they take themselves, without the calls that they wait for.
func findSlow(traces []spans.Trace) slowTruth {
	type group struct{ with, without []time.Duration }
	own := map[string][]measured{}
	for _, trace := range traces {
		for _, m := range measure(trace) {
			own[m.span.Service()] = append(own[m.span.Service()], m)
		}
	}
	var found slowTruth
	var widest time.Duration
	for _, service := range slices.Sorted(maps.Keys(own)) {
		for _, trait := range traitsOf(own[service]) {
			var g group
			for _, m := range own[service] {
				if m.span.Attributes.Get(trait[0]) == trait[1] {
					g.with = append(g.with, m.own)
				} else {
					g.without = append(g.without, m.own)
				}
			}
			if len(g.with) < 3 || len(g.without) < 3 {
				continue
			}
			if gap := median(g.with) - median(g.without); gap > widest {
				widest, found = gap, slowTruth{service, trait[0], trait[1]}
			}
		}
	}
	return found
}

// measured is a span of a server with the time in which it waits for nobody.
type measured struct {
	span spans.Span
	own  time.Duration
}

func measure(trace spans.Trace) []measured {
	children := childrenOf(trace)
	var all []measured
	for _, s := range trace.Spans {
		if s.Kind == spans.KindServer {
			all = append(all, measured{s, ownTime(s, children[s.SpanID])})
		}
	}
	return all
}

func childrenOf(trace spans.Trace) map[string][]spans.Span {
	children := map[string][]spans.Span{}
	for _, s := range trace.Spans { // by start
		children[s.ParentID] = append(children[s.ParentID], s)
	}
	return children
}

// ownTime is the duration of a span without the time in which one of its
// children is open. The children are in the order of their starts.
func ownTime(s spans.Span, children []spans.Span) time.Duration {
	own, covered := s.Duration(), s.Start
	for _, child := range children {
		from, to := child.Start, child.End
		if from.Before(covered) {
			from = covered
		}
		if to.After(from) {
			own -= to.Sub(from)
			covered = to
		}
	}
	return own
}

// traitsOf gives the keys and values of the attributes that say something
// about the work. Those of the semantic conventions say where and how.
func traitsOf(all []measured) [][2]string {
	traits := map[[2]string]bool{}
	for _, m := range all {
		for _, attribute := range m.span.Attributes {
			value, ok := attribute.Value.(string)
			namespace, _, _ := strings.Cut(attribute.Key, ".")
			if ok && !slices.Contains([]string{"http", "url", "server", "client", "network", "user_agent"}, namespace) {
				traits[[2]string{attribute.Key, value}] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(traits), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// findFailing looks for spans of servers that failed although nothing below
// them did.
func findFailing(traces []spans.Trace) failingTruth {
	counts := map[failingTruth]int{}
	usual := map[string]bool{} // events that spans have which did not fail
	for _, trace := range traces {
		parents := parentsOf(trace)
		failed := map[string]bool{} // spans below which something failed
		for _, s := range trace.Spans {
			if s.Status.Code != spans.StatusError {
				for _, event := range s.Events {
					usual[event.Name] = true
				}
				continue
			}
			for above, ok := parents[s.SpanID]; ok; above, ok = parents[above.SpanID] {
				failed[above.SpanID] = true
			}
		}
		for _, s := range trace.Spans {
			if s.Kind != spans.KindServer || s.Status.Code != spans.StatusError || failed[s.SpanID] {
				continue
			}
			for _, event := range s.Events {
				counts[failingTruth{s.Service(), s.Name, parents[s.SpanID].Service(), event.Name}]++
			}
		}
	}
	maps.DeleteFunc(counts, func(f failingTruth, _ int) bool { return usual[f.event] })
	return mostOf(counts)
}

func parentsOf(trace spans.Trace) map[string]spans.Span {
	byID, parents := map[string]spans.Span{}, map[string]spans.Span{}
	for _, s := range trace.Spans {
		byID[s.SpanID] = s
	}
	for _, s := range trace.Spans {
		if parent, ok := byID[s.ParentID]; ok {
			parents[s.SpanID] = parent
		}
	}
	return parents
}

// findRepeated looks for calls that one span makes more than once.
func findRepeated(traces []spans.Trace) repeatedTruth {
	counts := map[repeatedTruth]int{}
	for _, trace := range traces {
		parents := parentsOf(trace)
		calls := map[string]map[repeatedTruth]int{} // span that calls -> what -> how many times
		for _, s := range trace.Spans {
			client, isCalled := parents[s.SpanID]
			if s.Kind != spans.KindServer || !isCalled || client.Kind != spans.KindClient {
				continue
			}
			if calls[client.ParentID] == nil {
				calls[client.ParentID] = map[repeatedTruth]int{}
			}
			calls[client.ParentID][repeatedTruth{caller: client.Service(), service: s.Service(), operation: s.Name}]++
		}
		for _, made := range calls {
			for call, times := range made {
				if call.times = times; times > 1 {
					counts[call]++
				}
			}
		}
	}
	return mostOf(counts)
}

// mostOf gives what was counted most often.
func mostOf[K comparable](counts map[K]int) K {
	var found K
	most := 0
	for k, n := range counts {
		if n > most {
			found, most = k, n
		}
	}
	return found
}

// waits tells whether the spans of a service are long, and wait for another
// one most of that time.
func waits(traces []spans.Trace, service string) bool {
	var own, whole []time.Duration
	for _, trace := range traces {
		for _, m := range measure(trace) {
			if m.span.Service() == service {
				own, whole = append(own, m.own), append(whole, m.span.Duration())
			}
		}
	}
	return len(own) > 0 && median(whole) > 3*median(own)
}

// complaint is the line of a log in which somebody complains.
var complaint = regexp.MustCompile(`(?m)^.*complain.*\btrace_id=([0-9a-f]{32})\b.*$`)

// ticketOf gives the ticket of the trace that a log line complains about.
func ticketOf(log string, held []spans.Span) string {
	match := complaint.FindStringSubmatch(log)
	if match == nil {
		return ""
	}
	for _, s := range held {
		if ticket, ok := s.Attributes.Get("ticket.number").(string); ok && s.TraceID == match[1] {
			return ticket
		}
	}
	return ""
}
