package jaeger

import (
	"encoding/json"
	"net"
	"path/filepath"
	"strings"

	"example.com/tracing-workshop/workshop/internal/port"
)

// aside is what is laid over a configuration file so that a Jaeger does not
// meet another one on this machine.
type aside struct {
	ports map[string]string // from the address in the file to the one in use
	over  map[string]any    // merged over what the file says
}

// newAside picks a free port for every address on which the configuration
// makes Jaeger listen, and a place in folder for every Badger storage. It
// opens nothing that the file does not open, and two things that share an
// address in the file share the new one.
func newAside(c Config, folder string) (*aside, error) {
	a := &aside{ports: map[string]string{}, over: map[string]any{}}
	for _, address := range c.listens() {
		a.ports[address.value] = ""
	}
	if err := a.pick(); err != nil {
		return nil, err
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

// pick finds a free port for each address. All of them are held until the
// last one is found, so they differ. While Jaeger restarts, a client that dials
// it again and again could be given its port for itself, were it not one of
// package port.
func (a *aside) pick() error {
	for address := range a.ports {
		l, err := port.Listen()
		if err != nil {
			return err
		}
		defer l.Close()
		a.ports[address] = l.Addr().String()
	}
	return nil
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
	for was, is := range a.ports {
		text = strings.ReplaceAll(text, is, was)
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

// sharedAddress tells whether two things of the configuration listen on the
// address, so that Jaeger can never start.
func (c Config) sharedAddress(value string) bool {
	n := 0
	for _, address := range c.listens() {
		if address.value == value {
			n++
		}
	}
	return n > 1
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
