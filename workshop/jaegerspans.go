package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/jaeger"
)

// whereTracesAre says where a Jaeger keeps traces, or where they are otherwise:
// one sentence a line.
func whereTracesAre(p *jaeger.Process, config string) []string {
	if config == "" {
		return []string{"It keeps traces in memory: they are gone when it stops."}
	}
	facts := whereItKeeps(p.Config, config)
	keeps := len(facts) > 0
	facts = append(facts, whereTheyGo(p.Config)...)
	if at := p.Endpoints.Storage; at != "" {
		facts = append(facts, fmt.Sprintf("Other Jaegers write to it and read from it over gRPC, at %s.", at))
	}
	switch {
	case keeps:
		return facts
	case len(facts) > 0:
		return append([]string{"It keeps no traces itself."}, facts...)
	}
	return []string{"It keeps no traces: no pipeline of the file ends in a storage."}
}

// whereItKeeps has a sentence for each storage that the pipelines, or other Jaegers,
// write to. One over gRPC keeps nothing here.
func whereItKeeps(c jaeger.Config, config string) []string {
	var facts []string
	written := append(c.WritesTo(), c.Lends())
	for _, s := range c.Storages() {
		if !slices.Contains(written, s.Name) {
			continue
		}
		switch {
		case s.Kind == "memory" && s.Ignores != "":
			facts = append(facts, fmt.Sprintf("It keeps traces in memory: they are gone when it stops. Jaeger ignores %s, which the file describes under the same name.", s.Ignores))
		case s.Kind == "memory":
			facts = append(facts, "It keeps traces in memory: they are gone when it stops.")
		case s.Ephemeral:
			facts = append(facts, "It keeps traces in a temporary folder: they are gone when it stops.")
		case s.Kind == "badger":
			facts = append(facts, whereBadgerIs(c, s.Name, config))
		case s.Kind != "grpc":
			facts = append(facts, fmt.Sprintf("It keeps traces in %s.", s.Kind))
		}
	}
	return slices.Compact(facts)
}

func whereBadgerIs(c jaeger.Config, storage, config string) string {
	folder, _ := c.At("extensions", "jaeger_storage", "backends", storage, "badger", "directories", "keys").(string)
	if folder == "" { // Jaeger's default is next to the program
		return "It keeps traces next to its program: the file names no directories."
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(filepath.Dir(config), folder)
	}
	return fmt.Sprintf("It keeps traces in %s, also when it stops.", filepath.Dir(folder))
}

// whereTheyGo says to which systems a Jaeger gives traces, and from which it reads
// them to answer questions.
func whereTheyGo(c jaeger.Config) []string {
	var facts []string
	written := append(c.WritesTo(), c.Lends())
	for _, s := range c.Storages() {
		writes, reads := slices.Contains(written, s.Name), s.Name == c.ReadsFrom()
		switch {
		case s.Kind == "grpc":
			facts = append(facts, atRemote(c, s.Name, writes, reads)...)
		case reads && !writes && !isOwn(s):
			facts = append(facts, fmt.Sprintf("It reads them from %s.", s.Kind))
		}
	}
	for _, topic := range c.HandsOnTo() {
		facts = append(facts, fmt.Sprintf("It hands them on to %s.", inKafka(topic)))
	}
	for _, exporter := range c.OtherExporters() {
		facts = append(facts, by("It hands them on by", exporter, "to"))
	}
	return facts
}

// isOwn tells whether nobody but this Jaeger can have filled a storage.
func isOwn(s jaeger.Storage) bool { return s.Kind == "memory" || s.Kind == "badger" }

func atRemote(c jaeger.Config, storage string, writes, reads bool) []string {
	readAt, writtenAt := c.Remote(storage)
	var facts []string
	switch {
	case writes && reads && readAt == writtenAt:
		return []string{fmt.Sprintf("It writes them to the storage at %s, and reads them there.", writtenAt)}
	case writes:
		facts = append(facts, fmt.Sprintf("It writes them to the storage at %s.", writtenAt))
	}
	if reads {
		facts = append(facts, fmt.Sprintf("It reads them from the storage at %s.", readAt))
	}
	return facts
}

func inKafka(t jaeger.Topic) string {
	return fmt.Sprintf("Kafka at %s, topic %s", strings.Join(t.Brokers, ", "), t.Name)
}

// whereSpansComeFrom has a sentence for each way in that is not OTLP, whose
// addresses are shown, or one that there is no way.
func whereSpansComeFrom(p *jaeger.Process) []string {
	var facts []string
	for _, topic := range p.Config.TakesFrom() {
		facts = append(facts, fmt.Sprintf("It takes spans from %s.", inKafka(topic)))
	}
	for _, receiver := range p.Config.OtherReceivers() {
		facts = append(facts, by("It takes spans by", receiver, "at"))
	}
	e := p.Endpoints
	if len(facts) == 0 && e.OTLPGRPC == "" && e.OTLPHTTP == "" && e.Storage == "" {
		return []string{"It takes no spans: no pipeline of the file has a receiver for OTLP."}
	}
	return facts
}

// by is a sentence about a part of the file, with its address where that is known.
func by(does string, part jaeger.Part, preposition string) string {
	if part.Address == "" {
		return fmt.Sprintf("%s %s.", does, part.ID)
	}
	return fmt.Sprintf("%s %s, %s %s.", does, part.ID, preposition, part.Address)
}

// finds is what a Jaeger does with the traces that it shows.
func finds(c jaeger.Config) string {
	if reads, _ := c.Remote(c.ReadsFrom()); reads != "" {
		return "finds"
	}
	return "holds"
}
