package jaeger

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/port"
)

// aside is what is laid over a configuration file so that a Jaeger does not
// meet another one on this machine.
type aside struct {
	ports map[string]string // from the address in the file to the one in use
	held  []*port.Reserved  // those in use
	over  map[string]any    // merged over what the file says

	folder string // for its data
}

// newAside picks a free port for every address on which the configuration
// makes Jaeger listen, and a place in folder for every Badger storage. It
// opens nothing that the file does not open, and two things that share an
// address in the file share the new one.
func newAside(c Config, folder string) (*aside, error) {
	a := &aside{ports: map[string]string{}, over: map[string]any{}, folder: folder}
	for _, address := range c.listens() {
		a.ports[address.value] = ""
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	if err := a.pick(); err != nil {
		return nil, fmt.Errorf("no free port for Jaeger: %w", err)
	}
	for _, address := range c.listens() {
		a.set(a.ports[address.value], address.path...)
	}
	for _, s := range c.Storages() {
		if s.Kind == "badger" {
			for _, part := range []string{"keys", "values"} {
				a.set(filepath.Join(folder, s.Name, part),
					"extensions", "jaeger_storage", "backends", s.Name, "badger", "directories", part)
			}
		}
	}
	// What it would hand on stays here: a Jaeger of the learner's may listen
	// where it would go.
	for _, id := range c.keys("exporters") {
		if endpoint := c.text("exporters", id, "endpoint"); endpoint != "" {
			a.set(a.nearby(endpoint), "exporters", id, "endpoint")
		}
	}
	// Its log says when it is ready, and leaves no file behind.
	for _, paths := range []string{"output_paths", "error_output_paths"} {
		a.set([]any{"stderr"}, "service", "telemetry", "logs", paths)
	}
	// The metrics of Jaeger itself would take port 8888.
	a.set("none", "service", "telemetry", "metrics", "level")
	for _, id := range c.keys("extensions") {
		if isKind(id, "jaeger_query") {
			// Jaeger traces its own query API, sends that to port 4317,
			// shows up as a service, and needs 10 s to stop.
			a.set(false, "extensions", id, "enable_tracing")
		}
	}
	return a, nil
}

// pick reserves a port for each address. While Jaeger restarts it does not
// listen; the port stays its own all the same, until it is released or this
// process ends.
func (a *aside) pick() error {
	for _, address := range slices.Sorted(maps.Keys(a.ports)) {
		if is, ok := a.shared(address); ok {
			a.ports[address] = is
			continue
		}
		at, err := port.Reserve()
		if err != nil {
			return err
		}
		a.held = append(a.held, at)
		a.ports[address] = at.Address
	}
	return nil
}

// release lets others have the ports.
func (a *aside) release() {
	for _, at := range a.held {
		at.Release()
	}
}

// shared gives the address in use that stands for one which means the same as
// this one: two parts that want one port are to be refused here, too, however
// the file spells that.
func (a *aside) shared(address string) (is string, ok bool) {
	for _, was := range slices.Sorted(maps.Keys(a.ports)) {
		if is := a.ports[was]; is != "" && overlap(was, address) {
			return is, true
		}
	}
	return "", false
}

// nearby gives for an endpoint to which Jaeger connects the one that it has
// itself in its place, or else one where nobody listens.
func (a *aside) nearby(endpoint string) string {
	scheme, address, isURL := strings.Cut(endpoint, "://")
	if !isURL {
		scheme, address = "", endpoint
	}
	is, ok := a.shared(strings.TrimRight(address, "/"))
	if !ok {
		is = nobody
	}
	if isURL {
		return scheme + "://" + is
	}
	return is
}

// nobody is an address that no program gets from the system, and where hardly
// any listens.
const nobody = "127.0.0.1:1"

// overlap tells whether only one of two addresses can be listened on.
func overlap(a, b string) bool {
	hostA, portA, errA := net.SplitHostPort(a)
	hostB, portB, errB := net.SplitHostPort(b)
	if errA != nil || errB != nil || portA != portB || portA == "0" {
		return a == b
	}
	hostA, hostB = plainHost(hostA), plainHost(hostB)
	for _, every := range []string{"::", "0.0.0.0"} { // Jaeger's :: takes IPv4 as well
		if (hostA == every && !(every == "0.0.0.0" && hostB == "::1")) || (hostB == every && !(every == "0.0.0.0" && hostA == "::1")) {
			return true
		}
	}
	return hostA == hostB
}

// plainHost gives one spelling of a host to listen on.
func plainHost(host string) string {
	host = strings.ToLower(strings.Trim(host, "[]"))
	switch host {
	case "":
		return "::"
	case "localhost": // net.Listen takes the first IPv4 address of a name
		return "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip != nil {
		return ip.String()
	}
	return host
}

func (a *aside) set(value any, path ...string) {
	branch := a.over
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
func (a *aside) flag() string {
	text, _ := json.Marshal(a.over) // of maps, strings and booleans: cannot fail
	// A dollar sign would start a variable.
	return "--config=yaml:" + strings.ReplaceAll(string(text), "$", "$$")
}

// move gives the endpoints that are in use in place of those in the file.
func (a *aside) move(e Endpoints) Endpoints {
	for _, address := range []*string{&e.OTLPGRPC, &e.OTLPHTTP, &e.Query, &e.QueryGRPC, &e.Health, &e.Storage} {
		*address = a.ports[*address]
	}
	return e
}

// original puts the file's addresses back into what Jaeger says.
func (a *aside) original(text string) string {
	for _, was := range slices.Sorted(maps.Keys(a.ports)) {
		text = strings.ReplaceAll(text, a.ports[was], was)
	}
	return text
}

// address is a place in a configuration that makes Jaeger listen.
type address struct {
	path  []string
	value string
}

// listens gives the addresses of receivers and extensions. The addresses
// inside jaeger_storage are those of databases, to which Jaeger connects.
func (c Config) listens() []address {
	var all []address
	for _, id := range c.keys("receivers") {
		all = append(all, c.listensAt("receivers", id)...)
	}
	for _, id := range c.keys("extensions") {
		if !isKind(id, "jaeger_storage") {
			all = append(all, c.listensAt("extensions", id)...)
		}
	}
	return all
}

func (c Config) listensAt(path ...string) []address {
	var all []address
	for _, key := range c.keys(path...) {
		if key == "endpoint" && c.At(append(path, "use_v2")...) == true {
			continue // of the health check's first version, which does not run
		}
		at := append(append([]string{}, path...), key)
		value := c.text(at...)
		if _, port, err := net.SplitHostPort(value); key == "endpoint" && err == nil && isNumber(port) {
			all = append(all, address{path: at, value: value})
		}
		all = append(all, c.listensAt(at...)...)
	}
	return all
}

// Shares tells whether two things of the configuration listen on the address,
// so that Jaeger can never start.
func (c Config) Shares(value string) bool {
	n := 0
	for _, address := range c.listens() {
		if c.runs(address.path) && overlap(address.value, value) {
			n++
		}
	}
	return n > 1
}

// runs tells whether the service names the part to which a path belongs: what
// is only described opens no port.
func (c Config) runs(path []string) bool {
	if path[0] == "extensions" {
		return slices.Contains(c.list("service", "extensions"), path[1])
	}
	return slices.ContainsFunc(c.keys("service", "pipelines"), func(pipeline string) bool {
		return slices.Contains(c.list("service", "pipelines", pipeline, "receivers"), path[1])
	})
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
