package jaeger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// Config is a configuration as Jaeger understands it: merged, with its
// variables filled in and its defaults spelled out.
type Config struct {
	tree map[string]any
}

// ReadConfig lets the Jaeger b read a configuration file and check it. What
// Jaeger finds wrong with the file is a [*StartError]. A file can pass and
// still not start: names of storages are only looked up at the start.
func ReadConfig(ctx context.Context, b Binary, o Options) (Config, error) {
	cmd := proc.Command(ctx, b.Path, "print-config", "--format=json", "--config="+o.Config)
	cmd.Dir, cmd.Env = o.Dir, o.environment()
	stdout, err := proc.Output(cmd)
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		return Config{}, newStartError(o, string(exit.Stderr), err)
	}
	if err != nil {
		return Config{}, fmt.Errorf("%s could not be run: %w", b.Path, err)
	}
	c, err := ParseConfig(stdout)
	if err != nil {
		return Config{}, fmt.Errorf("%s printed its configuration in a way the workshop does not know: %w", b.Path, err)
	}
	return c, nil
}

// ParseConfig gives the configuration that Jaeger prints as JSON.
func ParseConfig(text []byte) (c Config, err error) {
	err = json.Unmarshal(text, &c.tree)
	return c, err
}

// At gives what is at the path, or nil: a string, float64, bool, []any or
// map[string]any. Durations are float64 nanoseconds.
func (c Config) At(path ...string) any {
	var node any = c.tree
	for _, key := range path {
		branch, _ := node.(map[string]any)
		node = branch[key]
	}
	return node
}

func (c Config) text(path ...string) string {
	text, _ := c.At(path...).(string)
	return text
}

func (c Config) list(path ...string) []string {
	var all []string
	items, _ := c.At(path...).([]any)
	for _, item := range items {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

func (c Config) keys(path ...string) []string {
	branch, _ := c.At(path...).(map[string]any)
	keys := make([]string, 0, len(branch))
	for key := range branch {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Endpoints are the addresses, host:port, on which a Jaeger listens. An
// address is empty when the configuration does not open it: a receiver only
// runs if a pipeline names it, and an extension only if the service does.
type Endpoints struct {
	OTLPGRPC  string // takes spans
	OTLPHTTP  string // takes spans; http://OTLPHTTP is an OTEL_EXPORTER_OTLP_ENDPOINT
	Query     string // the user interface and /api/v3
	QueryGRPC string
	Health    string // GET /status
	Storage   string // serves this Jaeger's storage to other ones, over gRPC
	Metrics   string // GET /metrics, of what pipelines for metrics lead to the exporter prometheus
}

// Endpoints gives the addresses as they stand in the configuration. Where
// several parts do the same, it gives the address of the first.
func (c Config) Endpoints() Endpoints {
	e := Endpoints{OTLPGRPC: first(c.Receives("grpc")), OTLPHTTP: first(c.Receives("http"))}
	for _, id := range c.list("service", "extensions") {
		switch {
		case isKind(id, "jaeger_query"):
			e.Query = c.text("extensions", id, "http", "endpoint")
			e.QueryGRPC = c.text("extensions", id, "grpc", "endpoint")
		case isKind(id, "healthcheckv2"):
			e.Health = c.text("extensions", id, "http", "endpoint")
		case isKind(id, "remote_storage"):
			e.Storage = c.text("extensions", id, "endpoint")
		}
	}
	for _, pipeline := range c.keys("service", "pipelines") {
		for _, id := range c.list("service", "pipelines", pipeline, "exporters") {
			if isKind(id, "prometheus") && e.Metrics == "" {
				e.Metrics = c.text("exporters", id, "endpoint")
			}
		}
	}
	return e
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// Receives gives the addresses at which spans come in by OTLP over grpc or
// http. A receiver takes spans only if a pipeline for traces names it.
func (c Config) Receives(protocol string) []string {
	var all []string
	for _, pipeline := range c.tracePipelines() {
		for _, id := range c.list("service", "pipelines", pipeline, "receivers") {
			address := c.text("receivers", id, "protocols", protocol, "endpoint")
			if isKind(id, "otlp") && address != "" && !slices.Contains(all, address) {
				all = append(all, address)
			}
		}
	}
	return all
}

// ReceivesTLS tells whether a receiver for OTLP over gRPC has a certificate.
func (c Config) ReceivesTLS() bool {
	return slices.ContainsFunc(c.keys("receivers"), func(id string) bool {
		return isKind(id, "otlp") && c.At("receivers", id, "protocols", "grpc", "tls") != nil
	})
}

func (c Config) tracePipelines() []string {
	return slices.DeleteFunc(c.keys("service", "pipelines"), func(id string) bool { return !isKind(id, "traces") })
}

// Ends gives the exporters in which the way of a span that came in by OTLP
// ends, by their ids. A connector leads from one pipeline into others.
func (c Config) Ends() []string {
	var ends []string
	seen := map[string]bool{}
	var follow func(pipeline string)
	follow = func(pipeline string) {
		if seen[pipeline] {
			return
		}
		seen[pipeline] = true
		for _, id := range c.list("service", "pipelines", pipeline, "exporters") {
			if c.At("connectors", id) == nil {
				ends = append(ends, id)
				continue
			}
			for _, next := range c.tracePipelines() {
				if slices.Contains(c.list("service", "pipelines", next, "receivers"), id) {
					follow(next)
				}
			}
		}
	}
	for _, pipeline := range c.tracePipelines() {
		if slices.ContainsFunc(c.list("service", "pipelines", pipeline, "receivers"), func(id string) bool { return isKind(id, "otlp") }) {
			follow(pipeline)
		}
	}
	slices.Sort(ends)
	return slices.Compact(ends)
}

// BasePath is where the query API begins, such as "/jaeger", and "" for the root.
func (c Config) BasePath() string {
	for _, id := range c.list("service", "extensions") {
		if isKind(id, "jaeger_query") {
			return strings.TrimRight(c.text("extensions", id, "base_path"), "/")
		}
	}
	return ""
}

// Decides is how long a processor waits before it decides about a whole trace,
// and 0 if none does.
func (c Config) Decides() time.Duration {
	var longest time.Duration
	for _, pipeline := range c.tracePipelines() {
		for _, wait := range c.waits(pipeline, deciding...) {
			longest = max(longest, wait)
		}
	}
	return longest
}

// HoldsBack is how long the configuration may hold a span, or what it makes of
// one, back: batch until it has enough for a batch, tail_sampling until it decides,
// a queue until it has enough for a batch of its own.
func (c Config) HoldsBack() time.Duration {
	var longest time.Duration
	for _, pipeline := range c.keys("service", "pipelines") {
		longest = max(longest, c.holdsBack(pipeline))
	}
	return longest
}

// holdsBack is how long it takes from the beginning of a pipeline, over those into
// which connectors lead, to the end. before are those that lead there.
func (c Config) holdsBack(pipeline string, before ...string) time.Duration {
	var all, later time.Duration
	for _, wait := range c.waits(pipeline, append([]string{"timeout"}, deciding...)...) { // batch
		all += wait
	}
	before = append(before, pipeline)
	for _, id := range c.list("service", "pipelines", pipeline, "exporters") {
		if wait, ok := c.At("exporters", id, "queue", "batch", "flush_timeout").(float64); ok && c.At("exporters", id, "queue", "enabled") == true {
			later = max(later, time.Duration(wait))
		}
		for _, next := range c.keys("service", "pipelines") {
			if c.At("connectors", id) != nil && !slices.Contains(before, next) && slices.Contains(c.list("service", "pipelines", next, "receivers"), id) {
				later = max(later, c.holdsBack(next, before...))
			}
		}
	}
	return all + later
}

// TriesAgain is how long an exporter may wait until it tries once more, when what
// it writes to has been away for that long: each time half as long again as the
// time before, and by chance up to half as long as that more or less (Collector,
// exporterhelper).
func (c Config) TriesAgain(away time.Duration) time.Duration {
	var longest time.Duration
	for _, id := range c.keys("exporters") {
		if c.At("exporters", id, "retry_on_failure", "enabled") != true {
			continue
		}
		first, _ := c.At("exporters", id, "retry_on_failure", "initial_interval").(float64)
		most, _ := c.At("exporters", id, "retry_on_failure", "max_interval").(float64)
		longest = max(longest, min(time.Duration(most), time.Duration(first)+away)*3/2)
	}
	return longest
}

// Session is how long a broker takes a reader of the configuration for alive that
// says nothing, and gives nobody else what that reads; 0 if it reads from none.
func (c Config) Session() time.Duration {
	var longest time.Duration
	for _, id := range c.keys("receivers") {
		if session, ok := c.At("receivers", id, "session_timeout").(float64); ok && isKind(id, "kafka") {
			longest = max(longest, time.Duration(session))
		}
	}
	return longest
}

// deciding are the keys under which processors that decide about a whole trace
// say how long they wait: tail_sampling and groupbytrace.
var deciding = []string{"decision_wait", "wait_duration"}

// waits gives the durations that the processors of a pipeline have under these
// keys.
func (c Config) waits(pipeline string, keys ...string) []time.Duration {
	var all []time.Duration
	for _, id := range c.list("service", "pipelines", pipeline, "processors") {
		for _, key := range keys {
			if nanoseconds, ok := c.At("processors", id, key).(float64); ok {
				all = append(all, time.Duration(nanoseconds))
			}
		}
	}
	return all
}

// isKind tells whether a component's id, like otlp or otlp/second, is of that
// kind.
func isKind(id, kind string) bool {
	name, _, _ := strings.Cut(id, "/")
	return name == kind
}

// Storage is one of the storages of a configuration.
type Storage struct {
	Name string
	Kind string // memory, badger, grpc, cassandra, elasticsearch, ...
	// Ephemeral says that a restart of Jaeger loses what the storage holds.
	Ephemeral bool
	// Ignores names further kinds that the file describes under the same name,
	// with commas between them.
	Ignores string
}

// kinds are the kinds of storage among which Jaeger chooses when a backend
// describes several, in its order: it takes the first and says nothing.
var kinds = []string{"memory", "badger", "grpc", "cassandra", "elasticsearch", "opensearch", "clickhouse"}

// Storages gives the storages that are configured, by name, as Jaeger uses them.
func (c Config) Storages() []Storage {
	var all []Storage
	for _, name := range c.keys("extensions", "jaeger_storage", "backends") {
		described := slices.DeleteFunc(c.keys("extensions", "jaeger_storage", "backends", name), func(kind string) bool {
			return c.At("extensions", "jaeger_storage", "backends", name, kind) == nil
		})
		if len(described) == 0 {
			continue
		}
		kind := described[0]
		if i := slices.IndexFunc(kinds, func(kind string) bool { return slices.Contains(described, kind) }); i >= 0 {
			kind = kinds[i]
		}
		ephemeral := c.At("extensions", "jaeger_storage", "backends", name, kind, "ephemeral") == true
		all = append(all, Storage{Name: name, Kind: kind, Ephemeral: kind == "memory" || ephemeral, Ignores: strings.Join(without(described, kind), ", ")})
	}
	return all
}

func without(all []string, one string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return s == one })
}

// WritesTo gives the names of the storages that the pipelines write to.
func (c Config) WritesTo() []string {
	var names []string
	for _, pipeline := range c.keys("service", "pipelines") {
		for _, id := range c.list("service", "pipelines", pipeline, "exporters") {
			if isKind(id, "jaeger_storage_exporter") {
				names = append(names, c.text("exporters", id, "trace_storage"))
			}
		}
	}
	return names
}

// ReadsFrom gives the name of the storage that the query API reads from, or
// "" when the query API is not part of the service.
func (c Config) ReadsFrom() string {
	for _, id := range c.list("service", "extensions") {
		if isKind(id, "jaeger_query") {
			return c.text("extensions", id, "storage", "traces")
		}
	}
	return ""
}

// environment is this process's environment without what would make Jaeger
// report on itself, and with what the options add.
func (o Options) environment() []string {
	return append(proc.WithoutTelemetry(os.Environ()), o.Env...)
}
