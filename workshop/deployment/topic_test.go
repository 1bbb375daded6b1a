package deployment

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// TestAwaitTopic waits for a topic that is not there yet, and for the last of what
// was sent.
func TestAwaitTopic(t *testing.T) {
	stage := &bench{folder: t.TempDir()}
	d := newOn(stage, nil)
	t.Cleanup(d.discard)
	d.Broker()
	if stage.facts.Err != nil {
		t.Fatal(stage.facts.Err)
	}
	writer, err := kgo.NewClient(kgo.SeedBrokers(d.moved[usualPorts["kafka"]]), kgo.DefaultProduceTopic("spans"), kgo.AllowAutoTopicCreation())
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	write := func(traces Traces) {
		value, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: traces})
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.ProduceSync(t.Context(), &kgo.Record{Value: value}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	found := make(chan error, 1)
	go func() { found <- d.awaitTopic(ctx, "spans", 9) }()
	write(Visits(2))
	select {
	case err := <-found:
		t.Fatalf("it has enough at 6 of 9 spans (%v)", err)
	case <-time.After(5 * glance):
	}
	write(Visits(1))
	if err := <-found; err != nil || ctx.Err() != nil {
		t.Errorf("it has not enough at 9 of 9 spans (%v)", err)
	}

	short, stop := context.WithTimeout(t.Context(), 5*glance)
	defer stop()
	if err := d.awaitTopic(short, "spans", 10); err != nil || short.Err() == nil {
		t.Errorf("at 9 of 10 spans it gives up early, with %v", err)
	}
}
