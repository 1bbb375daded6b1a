package deployment

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// topicPatience is how long a collector may take to put on a topic what it has
// taken.
const topicPatience = 15 * time.Second

// OnTopic waits until all spans that collectors have taken are on a topic of the
// broker, in OTLP, or until they could be. A group of readers that begins after
// that finds them there, unless it begins with what comes next.
func (d *Deployment) OnTopic(topic string) {
	if d.failed() {
		return
	}
	sent, refused := d.facts.Sent()
	ctx, cancel := context.WithTimeout(d.ctx, topicPatience)
	defer cancel()
	if err := d.awaitTopic(ctx, topic, len(sent)-refused); err != nil {
		d.fail(err)
	}
}

// awaitTopic reads a topic from its beginning until n spans are read. That there
// are fewer is for others to find out.
func (d *Deployment) awaitTopic(ctx context.Context, topic string, n int) error {
	reader, err := kgo.NewClient(kgo.SeedBrokers(d.moved[usualPorts["kafka"]]), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.MetadataMinAge(glance)) // the topic may not be there yet
	if err != nil {
		return err
	}
	defer reader.Close()
	for read := 0; read < n && ctx.Err() == nil; {
		for record := range reader.PollFetches(ctx).RecordsAll() {
			var traces tracepb.TracesData
			if proto.Unmarshal(record.Value, &traces) == nil {
				read += spanCount(traces.ResourceSpans)
			}
		}
	}
	return nil
}
