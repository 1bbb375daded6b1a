package jaeger

import (
	"maps"
	"net"
	"slices"
	"strconv"
)

// implied lets addresses lead elsewhere that a configuration means without
// spelling them out: because they are the default, or because the port stands apart
// from the host. moved has the host:port for the port that is meant. It gives the
// new values with their paths.
func (c Config) implied(moved map[string]string) []redirected {
	var all []redirected
	backends := []string{"extensions", "jaeger_storage", "backends"}
	for _, name := range c.keys(backends...) {
		connection := append(slices.Clone(backends), name, "cassandra", "connection")
		port, _ := c.At(append(slices.Clone(connection), "port")...).(float64)
		all = append(all, c.redirect(moved, strconv.Itoa(int(port)), append(connection, "servers")...)...)
	}
	for _, place := range []string{"receivers", "exporters"} {
		for _, id := range c.keys(place) {
			if isKind(id, "kafka") {
				all = append(all, c.redirect(moved, "9092", place, id, "brokers")...)
			}
		}
	}
	return all
}

// redirected is a list of addresses that lead elsewhere.
type redirected struct {
	path []string
	to   []string
}

// redirect does so for a list, in which an address may lack its port.
func (c Config) redirect(moved map[string]string, port string, path ...string) []redirected {
	addresses := c.list(path...)
	other := slices.Clone(addresses)
	for i, address := range addresses {
		host, own, err := net.SplitHostPort(address)
		if err != nil {
			host, own = address, port
		}
		if is, ok := moved[own]; ok && (host == "127.0.0.1" || host == "localhost") {
			other[i] = is
		}
	}
	if slices.Equal(addresses, other) {
		return nil
	}
	return []redirected{{path, other}}
}

// with gives the configuration with these lists in place of its own.
func (c Config) with(all []redirected) Config {
	for _, r := range all {
		items := make([]any, len(r.to))
		for i, address := range r.to {
			items[i] = address
		}
		c.tree = replaced(c.tree, items, r.path...)
	}
	return c
}

// replaced gives a copy of a tree with another value at a path.
func replaced(tree map[string]any, value any, path ...string) map[string]any {
	tree = maps.Clone(tree)
	if len(path) == 1 {
		tree[path[0]] = value
		return tree
	}
	branch, _ := tree[path[0]].(map[string]any)
	tree[path[0]] = replaced(branch, value, path[1:]...)
	return tree
}
