package neighbour

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/backend"
	"example.com/tracing-workshop/workshop/internal/hostport"
	"example.com/tracing-workshop/workshop/internal/shell"
)

// tellNext says what to type once a system runs: in another terminal, since it
// has this one.
func (h *Host) tellNext(name string, r running) {
	switch name {
	case "cassandra":
		h.tellJaeger("The Jaeger that writes to it,", setting{"CASSANDRA_ADDRESS", "127.0.0.1:9042", r.at(0)}, "cassandra.yaml")
	case "opensearch", "elasticsearch":
		h.tellJaeger("The Jaeger that writes to it,", setting{"SEARCH_URL", "http://127.0.0.1:9200", hostport.URL(r.at(0))}, name+".yaml")
	case "kafka":
		h.tellJaeger("A storage, a collector that fills Kafka, an ingester that empties it into the storage,\nand what answers questions, each", setting{"KAFKA_BROKER", "127.0.0.1:9092", r.at(0)},
			"storage.yaml", "kafka-collector.yaml", "kafka-ingester.yaml", "query.yaml")
	case "zipkin":
		h.tell("Its page, in a browser:", hostport.URL(r.at(0))+"/zipkin/")
		h.tellCommands("The collector that sends spans to it, in another terminal:",
			setting{"ZIPKIN_ENDPOINT", "http://127.0.0.1:9411/api/v2/spans", hostport.URL(r.at(0)) + "/api/v2/spans"}, h.Command()+" backend collector")
	case "collector":
		h.tellCollector(r)
	case "prometheus":
		h.tell("Its page, in a browser:", hostport.URL(r.at(0)))
	case "python":
		h.tellPython(r)
	}
}

// tellPython says where the spans of the services in Python go, and what to ask
// them. Only user-service has /fetch-external.
func (h *Host) tellPython(r running) {
	h.tell("Its spans go where OTEL_EXPORTER_OTLP_ENDPOINT says, or to 127.0.0.1:4317. See them, in\nanother terminal:", h.Command()+" traces")
	h.tell("Where a Jaeger has that port, ask that Jaeger for them:", h.Command()+" traces -from http://127.0.0.1:16686")
	users, jokes := r.named("user-service"), r.named("joke-service")
	switch {
	case users == "":
		h.tell("Ask it, in a third one:", "curl "+hostport.URL(jokes)+"/jokes/random")
	case jokes == "":
		others := cmp.Or(os.Getenv("JOKE_URL"), "http://127.0.0.1:8081/jokes/random")
		h.tell("Ask it, in a third one; the joke it has from "+others+":", "curl "+hostport.URL(users)+"/fetch-external")
	default:
		h.tell("Ask it, in a third one:", "curl "+hostport.URL(users)+"/fetch-external")
	}
}

// named gives the address of that name, or "".
func (r running) named(what string) string {
	for _, a := range r.addresses {
		if a.What == what {
			return a.Value
		}
	}
	return ""
}

// tellCollector says how spans get to a collector, and where they go from there.
func (h *Host) tellCollector(r running) {
	i := slices.IndexFunc(r.addresses, func(a backend.Address) bool { return a.What == "OTLP" || a.What == "OTLP GRPC" })
	if i >= 0 {
		h.tell("Type this in another terminal, and run your program there:",
			shell.SetVariable(runtime.GOOS, "OTEL_EXPORTER_OTLP_ENDPOINT", hostport.URL(r.at(i))))
	}
	switch to := os.Getenv("ZIPKIN_ENDPOINT"); {
	case h.Config != "":
		h.Printf("\nIt hands them on as %s says.\n", h.Config)
	case to != "":
		h.Printf("\nIt hands them on to the Zipkin at %s.\n", to)
	default:
		h.tell("It hands them on to Zipkin, at 127.0.0.1:9411, in a third terminal:", h.Command()+" backend zipkin")
	}
}

// at gives the address of that number, or "".
func (r running) at(i int) string {
	if i < len(r.addresses) {
		return r.addresses[i].Value
	}
	return ""
}

// setting is an environment variable that a configuration file reads, what that
// takes where it is not set, and what it has to be.
type setting struct{ name, usual, value string }

// line is what sets it.
func (s setting) line() string { return shell.SetVariable(runtime.GOOS, s.name, s.value) }

// tellJaeger shows the commands that run Jaeger with files of
// step05-jaeger/production.
func (h *Host) tellJaeger(what string, s setting, files ...string) {
	var commands []string
	for _, file := range files {
		commands = append(commands, h.Command()+" jaeger -config "+shell.PathWord(h.configuration(file)))
	}
	if len(files) > 1 && s.value != s.usual {
		h.tell(fmt.Sprintf("First, in each of %d more terminals:", len(files)), s.line())
		s.value = s.usual
	}
	h.tellCommands(what+" in a terminal of its own:", s, commands...)
}

// configuration gives the path of a file of step05-jaeger/production: of the one
// of the solution, as long as the learner's has a gap.
func (h *Host) configuration(file string) string {
	yours := []string{"step05-jaeger", "production", file}
	finished := append([]string{"solutions"}, yours...)
	text, err := os.ReadFile(h.Path(yours...))
	if err == nil && strings.Contains(string(text), "TODO(") && h.Has(finished...) {
		return h.Show(finished...)
	}
	return h.Show(yours...)
}

// tellCommands shows commands that need a setting.
func (h *Host) tellCommands(what string, s setting, commands ...string) {
	if s.value != s.usual {
		commands = append([]string{s.line()}, commands...)
	}
	h.tell(what, commands...)
}

// tell shows lines to type.
func (h *Host) tell(what string, lines ...string) {
	h.Printf("\n%s\n\n", what)
	for _, line := range lines {
		h.Printf("  %s\n", h.Bold(line))
	}
}
