package deployment

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tracecollector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

const (
	// batchSize is how many spans go into one export, as with the SDK's batch span
	// processor (OTEL_BSP_MAX_EXPORT_BATCH_SIZE).
	batchSize = 512
	// sendPatience is how long one export may take. An exporter of the SDK waits
	// for 10 s (OTEL_EXPORTER_OTLP_TIMEOUT).
	sendPatience = 5 * time.Second
	// senders is how many exports are under way at once: one for each of the two
	// services that a trace is of, and two more.
	senders = 4
)

// Send sends traces to a collector by OTLP over gRPC, and notes what it takes.
// What the collector refuses is not sent again: an SDK would drop it sooner or
// later, and the check is about what the collector says. When it has not answered
// in time, what is left counts as refused.
func (d *Deployment) Send(to *Jaeger, traces Traces) {
	if d.failed() {
		return
	}
	sending := tracecheck.Sending{To: to.part.File, Away: strings.Join(without(d.away, to.name), " and ")}
	for _, r := range traces {
		sending.Spans = append(sending.Spans, spans.FromOTLP([]*tracepb.ResourceSpans{r})...)
	}
	sending.Refused, sending.Why = export(d.ctx, to.part.Process.Endpoints.OTLPGRPC, traces.batches(batchSize))
	if d.failed() {
		return
	}
	d.facts.Sendings = append(d.facts.Sendings, sending)
	with := ""
	if sending.Away != "" {
		with = " without " + sending.Away
	}
	line := text.Plural(len(sending.Spans), "span") + " to " + sending.To + with + ": "
	switch {
	case sending.Refused == 0:
		line += "it takes all"
	case sending.Refused == len(sending.Spans):
		line += "it takes none (" + sending.Why + ")"
	default:
		line += "it refuses " + text.Grouped(sending.Refused) + " (" + sending.Why + ")"
	}
	d.note("%s", line)
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
}

// export sends batches, and gives how many spans were refused, and what was said
// of the first of them.
func export(ctx context.Context, address string, batches [][]*tracepb.ResourceSpans) (refused int, why string) {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		for _, batch := range batches {
			refused += spanCount(batch)
		}
		return refused, err.Error()
	}
	defer connection.Close()
	client := tracecollector.NewTraceServiceClient(connection)
	next := make(chan []*tracepb.ResourceSpans)
	var all sync.WaitGroup
	var mu sync.Mutex
	var silent atomic.Bool // it has not answered in time
	for range senders {
		all.Go(func() {
			for batch := range next {
				no, reason, late := spanCount(batch), "", false
				if !silent.Load() {
					no, reason, late = exportOne(ctx, client, batch)
				}
				if late {
					silent.Store(true)
				}
				mu.Lock()
				if refused += no; why == "" {
					why = reason
				}
				mu.Unlock()
			}
		})
	}
	for _, batch := range batches {
		next <- batch
	}
	close(next)
	all.Wait()
	return refused, why
}

// exportOne gives how many spans were refused, why, and whether that is because
// no answer came in time.
func exportOne(ctx context.Context, client tracecollector.TraceServiceClient, batch []*tracepb.ResourceSpans) (refused int, why string, late bool) {
	ctx, cancel := context.WithTimeout(ctx, sendPatience)
	defer cancel()
	response, err := client.Export(ctx, &tracecollector.ExportTraceServiceRequest{ResourceSpans: batch})
	if status.Code(err) == codes.DeadlineExceeded {
		return spanCount(batch), "no answer in " + sendPatience.String(), true
	}
	if err != nil {
		return spanCount(batch), status.Convert(err).Message(), false
	}
	if no := response.GetPartialSuccess(); no.GetRejectedSpans() > 0 {
		return int(no.GetRejectedSpans()), no.GetErrorMessage(), false
	}
	return 0, "", false
}

func spanCount(batch []*tracepb.ResourceSpans) int {
	n := 0
	for _, r := range batch {
		for _, s := range r.ScopeSpans {
			n += len(s.Spans)
		}
	}
	return n
}
