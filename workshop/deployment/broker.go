package deployment

import (
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kfake"
)

// partitions is how many each topic has: so many ingesters can be at work.
const partitions = 4

// Broker starts a broker that speaks Kafka's protocol in this very process, and
// keeps its topics in memory. It serves where it does not matter how a real one
// behaves when it is in trouble, and takes no Java.
func (d *Deployment) Broker() {
	if d.failed() {
		return
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.AllowAutoTopicCreation(), kfake.DefaultNumPartitions(partitions))
	if err == nil && len(cluster.ListenAddrs()) != 1 {
		err = errors.New("it listens nowhere")
	}
	if err != nil {
		d.fail(fmt.Errorf("the broker does not run: %w", err))
		return
	}
	m := member{d: d, name: "the broker"}
	m.runs(broker{cluster})
	d.moved[usualPorts["kafka"]] = cluster.ListenAddrs()[0]
	d.note("a broker runs")
}

// broker is one that is ended with the play.
type broker struct{ *kfake.Cluster }

func (b broker) Stop() error           { b.Close(); return nil }
func (b broker) Kill()                 { b.Close() }
func (b broker) Done() <-chan struct{} { return nil } // it cannot end by itself
func (b broker) Err() error            { return nil }
