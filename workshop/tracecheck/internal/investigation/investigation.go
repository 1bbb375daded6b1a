// Package investigation finds out what is wrong with a constellation of services
// from the traces that it left: the right answers to the questions of step 5.
package investigation

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// Truth is what is wrong with a constellation of services, computed from the
// traces that it left, and from nothing else.
type Truth struct {
	Slow     Slow
	Failing  Failing
	Repeated Repeated
}

// Slow is the service that takes its time by itself, and the attribute
// that says when.
type Slow struct{ Service, Key, Value string }

// Failing is the operation that fails for one caller in a way in which it
// fails for nobody else, and the event that tells so.
type Failing struct{ Service, Operation, Caller, Event string }

// Repeated is the call that one span makes again and again.
type Repeated struct {
	Caller, Service, Operation string
	Times                      int
}

// Find computes the truth.
func Find(held []spans.Span) Truth {
	traces := spans.Group(held)
	return Truth{Slow: findSlow(traces), Failing: FindFailing(traces), Repeated: findRepeated(traces)}
}

// findSlow looks for the service whose slow spans are furthest from its usual
// ones, and for the attribute that parts the two best. The time of a span is what
// it takes itself, without the calls that it waits for.
func findSlow(traces []spans.Trace) Slow {
	var found Slow
	var widest time.Duration
	own := OwnTimes(traces)
	for _, service := range slices.Sorted(maps.Keys(own)) {
		if usual, slow := UsualAndSlow(own[service]); slow-usual > widest {
			widest, found.Service = slow-usual, service
		}
	}
	clearest := 0.0
	for _, trait := range traitsOf(own[found.Service]) {
		ofSlow, ofQuick := sharesOf(own[found.Service], trait)
		if ofSlow-ofQuick > clearest {
			clearest, found.Key, found.Value = ofSlow-ofQuick, trait.key, trait.value
		}
	}
	return found
}

// UsualAndSlow gives the times that half of the spans do not reach, and that
// one in ten does.
func UsualAndSlow(all []Measured) (usual, slow time.Duration) {
	times := make([]time.Duration, len(all))
	for i, m := range all {
		times[i] = m.own
	}
	slices.Sort(times)
	return times[len(times)/2], times[len(times)*9/10]
}

// sharesOf tells which share of the slow spans has a trait, and which of the
// quick ones. Slow is nearer to the slow ones than to the usual.
func sharesOf(all []Measured, t trait) (ofSlow, ofQuick float64) {
	usual, slow := UsualAndSlow(all)
	var have, of [2]int
	for _, m := range all {
		group := 0
		if m.own > (usual+slow)/2 {
			group = 1
		}
		of[group]++
		if m.span.Attributes.Get(t.key) == t.value {
			have[group]++
		}
	}
	return share(have[1], of[1]), share(have[0], of[0])
}

func share(n, of int) float64 { return float64(n) / float64(max(of, 1)) }

// CommonTrait gives the value that most slow spans of a service have under a
// key, and which share of the slow and of the quick ones has it.
func CommonTrait(traces []spans.Trace, service, key string) (value string, ofSlow, ofQuick float64) {
	all := OwnTimes(traces)[service]
	values := map[string]bool{}
	for _, m := range all {
		if value, ok := m.span.Attributes.Get(key).(string); ok {
			values[value] = true
		}
	}
	for _, v := range slices.Sorted(maps.Keys(values)) {
		if slow, quick := sharesOf(all, trait{key, v}); slow > ofSlow {
			value, ofSlow, ofQuick = v, slow, quick
		}
	}
	return value, ofSlow, ofQuick
}

// trait is an attribute that says something about the work.
type trait struct{ key, value string }

// Measured is a span of a server with the time in which it waits for nobody.
type Measured struct {
	span spans.Span
	own  time.Duration
}

// OwnTimes measures the spans of all servers, by service.
func OwnTimes(traces []spans.Trace) map[string][]Measured {
	own := map[string][]Measured{}
	for _, trace := range traces {
		for _, m := range measure(trace) {
			own[m.span.Service()] = append(own[m.span.Service()], m)
		}
	}
	return own
}

func measure(trace spans.Trace) []Measured {
	children := childrenOf(trace)
	var all []Measured
	for _, s := range trace.Spans {
		if s.Kind == spans.KindServer {
			all = append(all, Measured{s, ownTime(s, children[s.SpanID])})
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

// traitsOf gives the attributes that say something about the work. Those of the
// semantic conventions say where and how.
func traitsOf(all []Measured) []trait {
	traits := map[trait]bool{}
	for _, m := range all {
		for _, attribute := range m.span.Attributes {
			value, ok := attribute.Value.(string)
			namespace, _, _ := strings.Cut(attribute.Key, ".")
			if ok && !slices.Contains([]string{"http", "url", "server", "client", "network", "user_agent"}, namespace) {
				traits[trait{attribute.Key, value}] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(traits), func(a, b trait) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value))
	})
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// FindFailing looks for the event that the failing calls of one caller have, and
// no other call of that operation. Of several, it is the one that comes most
// often.
func FindFailing(traces []spans.Trace) Failing {
	failures, callers := FailuresOf(traces)
	alone := map[Failing]int{}
	for f, n := range failures {
		if len(callers[Operation{f.Service, f.Operation}]) > 1 && len(CallersOf(failures, f)) == 1 {
			alone[f] = n
		}
	}
	return mostOf(alone)
}

// Operation is an operation of a service.
type Operation struct{ service, operation string }

// FailuresOf counts the spans of servers that failed although nothing below
// them did, once for each of their events that tells them from spans which went
// well. And it gives who calls an operation at all.
func FailuresOf(traces []spans.Trace) (failures map[Failing]int, callers map[Operation]map[string]bool) {
	failures, callers = map[Failing]int{}, map[Operation]map[string]bool{}
	usual := map[string]bool{} // events that spans have which did not fail
	for _, trace := range traces {
		parents, passed := parentsOf(trace), passesOn(trace)
		for _, s := range trace.Spans {
			if s.Status.Code != spans.StatusError {
				for _, event := range s.Events {
					usual[event.Name] = true
				}
			}
			caller, asked := parents[s.SpanID]
			if s.Kind != spans.KindServer || !asked {
				continue
			}
			o := Operation{s.Service(), s.Name}
			if callers[o] == nil {
				callers[o] = map[string]bool{}
			}
			callers[o][caller.Service()] = true
			if s.Status.Code != spans.StatusError || passed[s.SpanID] {
				continue
			}
			for _, event := range s.Events {
				failures[Failing{s.Service(), s.Name, caller.Service(), event.Name}]++
			}
		}
	}
	maps.DeleteFunc(failures, func(f Failing, _ int) bool { return usual[f.Event] })
	return failures, callers
}

// passesOn gives the spans below which something failed: if they failed, too,
// they may only pass it on.
func passesOn(trace spans.Trace) map[string]bool {
	parents, passed := parentsOf(trace), map[string]bool{}
	for _, s := range trace.Spans {
		if s.Status.Code != spans.StatusError {
			continue
		}
		for above, ok := parents[s.SpanID]; ok; above, ok = parents[above.SpanID] {
			passed[above.SpanID] = true
		}
	}
	return passed
}

// Symptom tells whether a service or an operation fails, and never but where
// something below it does.
func Symptom(traces []spans.Trace, key, given string) bool {
	found := false
	for _, trace := range traces {
		passed := passesOn(trace)
		for _, s := range trace.Spans {
			name := s.Service()
			if key == "failing.operation" {
				name = s.Name
			}
			if s.Kind != spans.KindServer || s.Status.Code != spans.StatusError || !SameAnswer(given, name) {
				continue
			}
			if !passed[s.SpanID] {
				return false
			}
			found = true
		}
	}
	return found
}

// CallersOf gives those whose calls of an operation fail with the same event.
func CallersOf(failures map[Failing]int, like Failing) []string {
	var callers []string
	for f := range failures {
		if f.Service == like.Service && f.Operation == like.Operation && f.Event == like.Event {
			callers = append(callers, f.Caller)
		}
	}
	slices.Sort(callers)
	return callers
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
func findRepeated(traces []spans.Trace) Repeated {
	counts := CallsOf(traces)
	maps.DeleteFunc(counts, func(call Repeated, _ int) bool { return call.Times == 1 })
	return mostOf(counts)
}

// CallsOf counts the spans that make a call so many times.
func CallsOf(traces []spans.Trace) map[Repeated]int {
	counts := map[Repeated]int{}
	for _, trace := range traces {
		parents := parentsOf(trace)
		calls := map[string]map[Repeated]int{} // span that calls -> what -> how many times
		for _, s := range trace.Spans {
			client, isCalled := parents[s.SpanID]
			if s.Kind != spans.KindServer || !isCalled || client.Kind != spans.KindClient {
				continue
			}
			if calls[client.ParentID] == nil {
				calls[client.ParentID] = map[Repeated]int{}
			}
			calls[client.ParentID][Repeated{Caller: client.Service(), Service: s.Service(), Operation: s.Name}]++
		}
		for _, made := range calls {
			for call, times := range made {
				call.Times = times
				counts[call]++
			}
		}
	}
	return counts
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

// Waits tells whether the spans of a service are long, and wait for another
// one most of that time.
func Waits(traces []spans.Trace, service string) bool {
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

// TicketOf gives the ticket of the trace that a log line complains about.
func TicketOf(log string, held []spans.Span) string {
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

// SameAnswer does not mind capitals and spaces.
func SameAnswer(given, right string) bool {
	tidy := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	return right != "" && tidy(given) == tidy(right)
}
