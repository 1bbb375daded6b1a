package jaeger

import (
	"cmp"
	"slices"
)

// Topic is one of Kafka's, from which a Jaeger takes spans, or to which it hands
// them on.
type Topic struct {
	Brokers []string // host:port
	Name    string
}

// TakesFrom gives the topics from which spans come in.
func (c Config) TakesFrom() []Topic { return c.topics("receivers") }

// HandsOnTo gives the topics on which spans end.
func (c Config) HandsOnTo() []Topic { return c.topics("exporters") }

func (c Config) topics(place string) []Topic {
	var all []Topic
	for _, id := range c.ofTraces(place) {
		if isKind(id, "kafka") {
			all = append(all, Topic{c.list(place, id, "brokers"), c.text(place, id, "traces", "topic")})
		}
	}
	return all
}

// Part is a receiver or an exporter, and its address, which may be unknown.
type Part struct{ ID, Address string }

// OtherReceivers gives those by which spans come in that neither OTLP nor Kafka
// brings.
func (c Config) OtherReceivers() []Part { return c.parts("receivers", "otlp", "kafka", "nop") }

// OtherExporters gives those which send spans to other programs, Kafka apart.
func (c Config) OtherExporters() []Part {
	return c.parts("exporters", "jaeger_storage_exporter", "kafka", "nop", "debug")
}

func (c Config) parts(place string, but ...string) []Part {
	var all []Part
	for _, id := range c.ofTraces(place) {
		if !slices.ContainsFunc(but, func(kind string) bool { return isKind(id, kind) }) {
			all = append(all, Part{id, cmp.Or(c.text(place, id, "endpoint"), c.text(place, id, "traces_endpoint"))})
		}
	}
	return all
}

// ofTraces gives the receivers or exporters that pipelines for traces name, each
// once, and no connectors.
func (c Config) ofTraces(place string) []string {
	var all []string
	for _, pipeline := range c.tracePipelines() {
		for _, id := range c.list("service", "pipelines", pipeline, place) {
			if !slices.Contains(all, id) && !slices.Contains(c.keys("connectors"), id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// Lends gives the name of the storage that other Jaegers use over gRPC, or "".
func (c Config) Lends() string {
	for _, id := range c.list("service", "extensions") {
		if isKind(id, "remote_storage") {
			return c.text("extensions", id, "storage")
		}
	}
	return ""
}

// Remote gives the addresses at which a storage over gRPC is read and written, and
// "" where it is of another kind.
func (c Config) Remote(storage string) (reads, writes string) {
	at := []string{"extensions", "jaeger_storage", "backends", storage, "grpc"}
	reads = c.text(append(at, "endpoint")...)
	return reads, cmp.Or(c.text(append(at, "writer", "endpoint")...), reads)
}
