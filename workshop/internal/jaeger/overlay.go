package jaeger

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/hostport"
	"example.com/tracing-workshop/workshop/internal/port"
)

// overlay is what is laid over a configuration file so that a Jaeger does not
// meet another one on this machine.
type overlay struct {
	ports map[string]string // from the address in the file to the one in use
	held  []*port.Reserved  // those in use
	over  map[string]any    // merged over what the file says

	folder string // for its data
}

// newOverlay picks a free port for every address on which the configuration
// makes Jaeger listen, and a place in folder for every Badger storage. It
// opens nothing that the file does not open, and two things that share an
// address in the file share the new one.
func newOverlay(c Config, folder string, beside ...string) (*overlay, error) {
	o := &overlay{ports: map[string]string{}, over: map[string]any{}, folder: folder}
	for _, address := range c.listens() {
		o.ports[address.value] = ""
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	if err := o.pick(); err != nil {
		return nil, fmt.Errorf("no free port for Jaeger: %w", err)
	}
	for _, address := range c.listens() {
		o.set(o.ports[address.value], address.path...)
	}
	for _, s := range c.Storages() {
		if s.Kind == "badger" {
			for _, part := range []string{"keys", "values"} {
				o.set(filepath.Join(folder, s.Name, part),
					"extensions", "jaeger_storage", "backends", s.Name, "badger", "directories", part)
			}
		}
	}
	// What it would hand on stays here: a Jaeger of the learner's may listen
	// where it would go.
	for _, id := range c.keys("exporters") {
		if endpoint := c.text("exporters", id, "endpoint"); endpoint != "" && !isKind(id, "prometheus") && !slices.Contains(beside, hostport.Of(endpoint)) {
			o.set(o.nearby(endpoint), "exporters", id, "endpoint")
		}
	}
	// What it counts is shown soon: nobody waits for a minute.
	for _, id := range c.keys("connectors") {
		if interval, ok := c.At("connectors", id, "metrics_flush_interval").(float64); ok && interval > float64(flushInterval) {
			o.set(flushInterval.String(), "connectors", id, "metrics_flush_interval")
		}
	}
	// Its log says when it is ready, and leaves no file behind.
	for _, paths := range []string{"output_paths", "error_output_paths"} {
		o.set([]any{"stderr"}, "service", "telemetry", "logs", paths)
	}
	// The metrics of Jaeger itself would take port 8888.
	o.set("none", "service", "telemetry", "metrics", "level")
	for _, id := range c.keys("extensions") {
		if isKind(id, "jaeger_query") {
			// Jaeger traces its own query API, sends that to port 4317,
			// shows up as a service, and needs 10 s to stop.
			o.set(false, "extensions", id, "enable_tracing")
		}
	}
	return o, nil
}

// pick reserves a port for each address. While Jaeger restarts it does not
// listen; the port stays its own all the same, until it is released or this
// process ends.
func (o *overlay) pick() error {
	for _, address := range slices.Sorted(maps.Keys(o.ports)) {
		if is, ok := o.shared(address); ok {
			o.ports[address] = is
			continue
		}
		at, err := port.Reserve()
		if err != nil {
			return err
		}
		o.held = append(o.held, at)
		o.ports[address] = at.Address
	}
	return nil
}

// release lets others have the ports.
func (o *overlay) release() {
	for _, at := range o.held {
		at.Release()
	}
}

// shared gives the address in use that stands for one which means the same as
// this one: two parts that want one port are to be refused here, too, however
// the file spells that.
func (o *overlay) shared(address string) (is string, ok bool) {
	for _, was := range slices.Sorted(maps.Keys(o.ports)) {
		if is := o.ports[was]; is != "" && overlap(was, address) {
			return is, true
		}
	}
	return "", false
}

// nearby gives for an endpoint to which Jaeger connects the one that it has
// itself in its place, or else one where nobody listens.
func (o *overlay) nearby(endpoint string) string {
	is, ok := o.shared(hostport.Of(endpoint))
	if !ok {
		is = nobody
	}
	if scheme, _, isURL := strings.Cut(endpoint, "://"); isURL {
		return scheme + "://" + is
	}
	return is
}

// flushInterval is the longest time from one to the next of the counts of spans
// that connectors make.
const flushInterval = 500 * time.Millisecond

// nobody is an address that no program gets from the system, and where hardly
// any listens.
const nobody = "127.0.0.1:1"

func (o *overlay) set(value any, path ...string) {
	branch := o.over
	for _, key := range path[:len(path)-1] {
		next, ok := branch[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			branch[key] = next
		}
		branch = next
	}
	branch[path[len(path)-1]] = value
}

// flag gives the command-line flag that lays it over the file.
func (o *overlay) flag() string {
	text, _ := json.Marshal(o.over) // of maps, strings and booleans: cannot fail
	// A dollar sign would start a variable.
	return "--config=yaml:" + strings.ReplaceAll(string(text), "$", "$$")
}

// move gives the endpoints that are in use in place of those in the file.
func (o *overlay) move(e Endpoints) Endpoints {
	for _, address := range []*string{&e.OTLPGRPC, &e.OTLPHTTP, &e.Query, &e.QueryGRPC, &e.Health, &e.Storage, &e.Metrics} {
		*address = o.ports[*address]
	}
	return e
}

// original puts the file's addresses back into what Jaeger says.
func (o *overlay) original(text string) string {
	for _, was := range slices.Sorted(maps.Keys(o.ports)) {
		text = strings.ReplaceAll(text, o.ports[was], was)
	}
	return text
}
