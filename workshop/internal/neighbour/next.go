package neighbour

import (
	"runtime"
	"strings"

	"example.com/tracing-workshop/workshop/internal/shell"
)

// tellNext says what to type once a system runs: in another terminal, since it
// has this one.
func (h *Host) tellNext(name string, r running) {
	switch name {
	case "cassandra":
		h.tellJaeger("The Jaeger that writes to it,", setting{"CASSANDRA_ADDRESS", "127.0.0.1:9042", r.at(0)}, "cassandra.yaml")
	case "opensearch", "elasticsearch":
		h.tellJaeger("The Jaeger that writes to it,", setting{"SEARCH_URL", "http://127.0.0.1:9200", urlOf(r.at(0))}, name+".yaml")
	case "kafka":
		h.tellJaeger("A storage, an ingester that empties Kafka into it, a collector that fills Kafka,\nand what answers questions, each", setting{"KAFKA_BROKER", "127.0.0.1:9092", r.at(0)},
			"storage.yaml", "kafka-ingester.yaml", "kafka-collector.yaml", "query.yaml")
	case "zipkin":
		h.tell("Its page, in a browser:", urlOf(r.at(0))+"/zipkin/")
		h.tell("The collector that sends spans to it, in another terminal:", h.Command()+" backend collector")
	case "collector":
		h.tell("Type this in another terminal, and run your program there:", shell.SetVariable(runtime.GOOS, "OTEL_EXPORTER_OTLP_ENDPOINT", urlOf(r.at(0))))
		h.tell("It hands them on to Zipkin, at 127.0.0.1:9411, in a third terminal:", h.Command()+" backend zipkin")
	case "prometheus":
		h.tell("Its page, in a browser:", urlOf(r.at(0)))
	case "python":
		h.tell("Ask it, in another terminal:", "curl "+urlOf(r.at(0))+"/fetch-external")
	}
}

// at gives the address of that number, or "".
func (r running) at(i int) string {
	if i < len(r.addresses) {
		return r.addresses[i].Value
	}
	return ""
}

// urlOf makes a URL of an address that may be one.
func urlOf(address string) string {
	if address == "" || strings.Contains(address, "://") {
		return strings.TrimSuffix(address, "/")
	}
	return "http://" + address
}

// setting is an environment variable that a file of step05-jaeger/production
// reads, what the file takes where it is not set, and what it has to be.
type setting struct{ name, usual, value string }

// tellJaeger shows the commands that run Jaeger with files of
// step05-jaeger/production.
func (h *Host) tellJaeger(what string, s setting, files ...string) {
	var lines []string
	if s.value != s.usual {
		lines = append(lines, shell.SetVariable(runtime.GOOS, s.name, s.value))
	}
	for _, file := range files {
		lines = append(lines, h.Command()+" jaeger -config "+shell.PathWord(h.Show("step05-jaeger", "production", file)))
	}
	h.tell(what+" in a terminal of its own:", lines...)
}

// tell shows lines to type.
func (h *Host) tell(what string, lines ...string) {
	h.Printf("\n%s\n\n", what)
	for _, line := range lines {
		h.Printf("  %s\n", h.Bold(line))
	}
}
