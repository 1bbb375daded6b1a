package deployment

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

const (
	// ordinary is how many ordinary traces are sent: enough that one in ten of
	// them is a share which chance moves little.
	ordinary = 1200
	// apart is how much later than the first spans of a trace its last ones are
	// sent. Each service waits for a full batch, or for some seconds
	// (OTEL_BSP_SCHEDULE_DELAY), and none knows of the others.
	apart = 2100 * time.Millisecond
	// hurry is how much more than that it may be, and attempts how often it is tried
	// to keep to that.
	hurry    = 1500 * time.Millisecond
	attempts = 3
	// partBatch is how many spans are in an export whose time was up before it was
	// full, as it is with services that are not in a hurry.
	partBatch = 16
	// early is the service that sends its spans first. Nothing ever fails in it.
	early = "joke-service"
)

// Traffic runs the traffic of step 5, and sends its traces to collectors, among
// which balance divides them. The spans of joke-service come first, and those of
// the other services two seconds later.
//
// The traffic has some dozens of ordinary traces: nothing failed in them, and they
// took less than slow. They are sent many times over, with other ids, so that one
// can tell their share.
func (d *Deployment) Traffic(seed uint64, slow time.Duration, balance Balance, to ...*Jaeger) {
	if d.failed() {
		return
	}
	recorded, err := d.record(seed)
	if err != nil {
		d.fail(err)
		return
	}
	visits := byTrace(recorded)
	repeated := repeat(visits, slow, seed)
	deal := func(t Traces, size int) []tracecheck.Sending { return d.deal(balance(t.batches(size), len(to)), to) }
	sendings := append(deal(flat(repeated), batchSize), d.sendApart(visits, deal)...)
	if d.failed() {
		return
	}
	d.facts.Slow = slow
	d.facts.Sendings = append(d.facts.Sendings, sendings...)
	d.note("the traffic of seed %d, %s, and its ordinary ones again and again, %s: %s",
		seed, text.Plural(len(visits), "trace"), text.Grouped(len(repeated)), account(sendings))
}

// sendApart sends the spans of some services later than those of the others. On a
// machine that has much else to do that takes longer than it should. Then it is
// done again, with other ids: a collector that waits long enough is not to blame.
func (d *Deployment) sendApart(visits []Traces, deal func(Traces, int) []tracecheck.Sending) (sendings []tracecheck.Sending) {
	for range attempts {
		began := time.Now()
		first, later := split(visits)
		sendings = deal(first, partBatch)
		_ = pause(d.ctx, apart) // if the play is over, what follows fails at once
		sendings = append(sendings, deal(later, partBatch)...)
		d.sent = time.Now()
		if d.facts.Apart = d.sent.Sub(began); d.facts.Apart < apart+hurry {
			break
		}
		visits = renamed(visits)
	}
	return sendings
}

// byTrace puts the spans of each trace together, a part for each service.
func byTrace(recorded []*tracepb.ResourceSpans) []Traces {
	var order []string
	parts := map[string]map[string]*tracepb.ResourceSpans{}
	for _, r := range recorded {
		service := r.Resource.String()
		for _, scope := range r.ScopeSpans {
			for _, s := range scope.Spans {
				id := string(s.TraceId)
				if parts[id] == nil {
					parts[id] = map[string]*tracepb.ResourceSpans{}
					order = append(order, id)
				}
				if parts[id][service] == nil {
					parts[id][service] = &tracepb.ResourceSpans{Resource: r.Resource, SchemaUrl: r.SchemaUrl}
				}
				add(parts[id][service], scope, s)
			}
		}
	}
	all := make([]Traces, 0, len(order))
	for _, id := range order {
		var trace Traces
		for _, service := range slices.Sorted(maps.Keys(parts[id])) {
			trace = append(trace, parts[id][service])
		}
		all = append(all, trace)
	}
	return all
}

func add(to *tracepb.ResourceSpans, scope *tracepb.ScopeSpans, s *tracepb.Span) {
	for _, known := range to.ScopeSpans {
		if proto.Equal(known.Scope, scope.Scope) {
			known.Spans = append(known.Spans, s)
			return
		}
	}
	to.ScopeSpans = append(to.ScopeSpans, &tracepb.ScopeSpans{Scope: scope.Scope, SchemaUrl: scope.SchemaUrl, Spans: []*tracepb.Span{s}})
}

// repeat gives the ordinary ones of these traces again and again. Their ids are
// the same each time, and so is what becomes of each id.
func repeat(visits []Traces, slow time.Duration, seed uint64) []Traces {
	var usual []Traces
	for _, v := range visits {
		if f := (tracecheck.Fate{Sent: spans.FromOTLP(v)}); f.Ordinary(slow) {
			usual = append(usual, v)
		}
	}
	if len(usual) == 0 {
		return nil
	}
	ids := rand.New(rand.NewPCG(seed, 12))
	all := make([]Traces, ordinary)
	for i := range all {
		id := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, ids.Uint64()), ids.Uint64())
		all[i] = usual[i%len(usual)].under(id)
	}
	return all
}

// under gives a copy of a trace under another id.
func (t Traces) under(id []byte) Traces {
	again := make(Traces, len(t))
	for i, r := range t {
		again[i] = proto.CloneOf(r)
		for _, scope := range again[i].ScopeSpans {
			for _, s := range scope.Spans {
				s.TraceId = id
			}
		}
	}
	return again
}

// renamed gives the traces under other ids.
func renamed(all []Traces) []Traces {
	other := make([]Traces, len(all))
	for i, t := range all {
		other[i] = t.under(id(16))
	}
	return other
}

// split parts what is sent early from what is sent later.
func split(visits []Traces) (first, later Traces) {
	for _, r := range flat(visits) {
		if spans.FromOTLP([]*tracepb.ResourceSpans{r})[0].Service() == early {
			first = append(first, r)
		} else {
			later = append(later, r)
		}
	}
	return first, later
}

func flat(all []Traces) Traces {
	var flat Traces
	for _, t := range all {
		flat = append(flat, t...)
	}
	return flat
}

// deal gives each collector what is for it, and tells what came of it.
func (d *Deployment) deal(hands [][][]*tracepb.ResourceSpans, to []*Jaeger) []tracecheck.Sending {
	sendings := make([]tracecheck.Sending, len(to))
	for i, hand := range hands {
		refused, why := export(d.ctx, to[i].part.Process.Endpoints.OTLPGRPC, hand)
		sendings[i] = tracecheck.Sending{To: to[i].part.File, Refused: refused, Why: why}
		for _, batch := range hand {
			sendings[i].Spans = append(sendings[i].Spans, spans.FromOTLP(batch)...)
		}
	}
	return sendings
}

// account says how much was sent.
func account(sendings []tracecheck.Sending) string {
	sent, refused, why := 0, 0, ""
	for _, s := range sendings {
		sent += len(s.Spans)
		refused += s.Refused
		why = cmp.Or(why, s.Why)
	}
	if refused > 0 {
		return fmt.Sprintf("%s, of which %s are refused (%s)", text.Plural(sent, "span"), text.Grouped(refused), why)
	}
	return text.Plural(sent, "span")
}
