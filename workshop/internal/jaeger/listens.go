package jaeger

import (
	"net"
	"slices"
	"strings"
)

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

// address is a place in a configuration that makes Jaeger listen.
type address struct {
	path  []string
	value string
}

// listens gives the addresses of receivers and extensions, and of the exporters
// that wait to be asked. The addresses inside jaeger_storage are those of
// databases, to which Jaeger connects.
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
	for _, id := range c.keys("exporters") {
		if isKind(id, "prometheus") {
			all = append(all, c.listensAt("exporters", id)...)
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

// runs tells whether the service names the part to which a path belongs: what
// is only described opens no port.
func (c Config) runs(path []string) bool {
	if path[0] == "extensions" {
		return slices.Contains(c.list("service", "extensions"), path[1])
	}
	return slices.ContainsFunc(c.keys("service", "pipelines"), func(pipeline string) bool {
		return slices.Contains(c.list("service", "pipelines", pipeline, path[0]), path[1])
	})
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

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
