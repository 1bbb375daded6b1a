package evidence

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
)

const (
	EndpointVariable       = "OTEL_EXPORTER_OTLP_ENDPOINT"
	TracesEndpointVariable = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	InsecureVariable       = "OTEL_EXPORTER_OTLP_INSECURE"
	TracesInsecureVariable = "OTEL_EXPORTER_OTLP_TRACES_INSECURE"
	SamplerVariable        = "OTEL_TRACES_SAMPLER"
	RatioVariable          = "OTEL_TRACES_SAMPLER_ARG"
)

// defaultEndpoint is where the exporter sends spans when nobody says anything.
const defaultEndpoint = "https://localhost:4317"

// Wiring is the environment of the services.
type Wiring struct {
	Variables map[string]string
	Err       error // why the file cannot be read

	Doors    Doors
	Name     string // of the variable that decides, or "" if none does
	Endpoint string // what it says, or the default
	Target   Target
	secure   bool   // the exporter speaks TLS
	LeadsTo  string // what Jaeger has there: "grpc", "http", "query", or "" for nothing
	Beside   bool   // Jaeger takes OTLP over gRPC on that port, but not at that host
	Reaches  bool   // it is where Jaeger takes OTLP over gRPC, as the exporter speaks it
}

// Doors are the addresses on which the learner's Jaeger listens.
type Doors struct {
	Grpc, Http []string
	Query      string
	Tls        bool // Jaeger has a certificate for one of them
}

// Lead finds out where the environment leads the exporter, as otlptracegrpc
// does (its package internal/otlpconfig): an endpoint that is no URL is passed
// over, that of traces goes before the one of all signals, the scheme http says
// plain text, and after that the variables INSECURE have their say.
func (w *Wiring) Lead(d Doors) {
	w.Doors, w.Endpoint, w.secure = d, defaultEndpoint, true
	for _, name := range []string{EndpointVariable, TracesEndpointVariable} {
		value := strings.TrimSpace(w.Variables[name])
		if u, err := url.Parse(value); value != "" && err == nil {
			w.Name, w.Endpoint = name, value
			w.secure = u.Scheme != "http" && u.Scheme != "unix"
		}
	}
	for _, name := range []string{InsecureVariable, TracesInsecureVariable} {
		if value := strings.TrimSpace(w.Variables[name]); value != "" {
			w.secure = !strings.EqualFold(value, "true")
		}
	}
	w.Target = targetOf(w.Endpoint)
	w.LeadsTo, _ = d.at(w.Target)
	w.Reaches = w.LeadsTo == "grpc" && (!w.secure || d.Tls)
	w.Beside = w.LeadsTo == "" && slices.ContainsFunc(d.Grpc, func(address string) bool {
		_, port, err := net.SplitHostPort(address)
		return err == nil && port == w.Target.Port
	})
}

// at gives what listens where an exporter goes.
func (d Doors) at(t Target) (kind, address string) {
	for _, door := range []struct {
		kind      string
		addresses []string
	}{{"grpc", d.Grpc}, {"http", d.Http}, {"query", []string{d.Query}}} {
		for _, address := range door.addresses {
			if t.reaches(address) {
				return door.kind, address
			}
		}
	}
	return "", ""
}

// Target is the place to which an exporter connects.
type Target struct {
	host, Port string // both empty for a target that is no address
	Form       string // the endpoint with %s in the place of the address; empty if gRPC connects to nobody
}

// targetOf takes an endpoint apart as otlptracegrpc and grpc.NewClient do: the
// host of a URL, whatever comes after dns:/// or passthrough:///, or else a
// host and a port without anything around.
func targetOf(endpoint string) Target {
	u, err := url.Parse(endpoint)
	if err != nil {
		return Target{}
	}
	address, form := "", ""
	switch {
	case u.Scheme == "http" || u.Scheme == "https":
		address = u.Host
		if address == "" { // gRPC connects to nobody
			return Target{}
		}
		form = u.Scheme + "://%s" + strings.ReplaceAll(u.EscapedPath(), "%", "%%")
	case u.Scheme == "unix" || u.Scheme == "unix-abstract": // nothing of Jaeger's
		form = "http://%s"
	case u.Scheme == "dns" || u.Scheme == "passthrough":
		address, form = strings.TrimPrefix(strings.TrimPrefix(u.Path, "/")+u.Opaque, "/"), u.Scheme+":///%s"
	case u.Scheme == "" && u.Host != "":
		address, form = path.Join(u.Host, u.Path), "dns:///%s"
	case u.Host == "":
		address, form = u.String(), "dns:///%s"
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		if address == "" || strings.ContainsAny(address, "/:") && !strings.HasPrefix(address, "[") {
			return Target{Form: form}
		}
		host, port = strings.Trim(address, "[]"), "443" // the default of gRPC
	}
	return Target{host: host, Port: port, Form: form}
}

// reaches tells whether somebody who connects to the target gets to a program of
// this machine that listens on an address.
func (t Target) reaches(address string) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port != t.Port {
		return false
	}
	return slices.ContainsFunc(t.addresses(), func(ip net.IP) bool { return listensAt(host, ip) })
}

// addresses gives those of a host that are of this machine.
func (t Target) addresses() []net.IP {
	host := strings.ToLower(strings.TrimSuffix(t.host, "."))
	if host == "" || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	}
	if ip := net.ParseIP(host); ip != nil {
		switch {
		case ip.Equal(net.IPv4zero): // to connect there is to connect to oneself
			return []net.IP{net.IPv4(127, 0, 0, 1)}
		case ip.IsUnspecified():
			return []net.IP{net.IPv6loopback, net.IPv4(127, 0, 0, 1)}
		case ip.IsLoopback() || isOwn(ip):
			return []net.IP{ip}
		}
		return nil
	}
	if own, err := os.Hostname(); err != nil || !strings.EqualFold(own, host) {
		return nil
	}
	all, _ := net.LookupIP(host)
	return all
}

// isOwn tells whether an address is one of this machine's.
func isOwn(ip net.IP) bool {
	all, _ := net.InterfaceAddrs()
	return slices.ContainsFunc(all, func(a net.Addr) bool {
		network, ok := a.(*net.IPNet)
		return ok && network.IP.Equal(ip)
	})
}

// listensAt tells whether a program that listens on a host takes connections to
// an address. Without a host, and on ::, it takes those of IPv4 and of IPv6.
func listensAt(host string, ip net.IP) bool {
	switch strings.ToLower(host) {
	case "", "::":
		return true
	case "0.0.0.0":
		return ip.To4() != nil
	case "localhost": // net.Listen takes the first IPv4 address of a name
		return ip.Equal(net.IPv4(127, 0, 0, 1))
	}
	listens := net.ParseIP(host)
	return listens != nil && listens.Equal(ip)
}

// Redirected gives the variables for a program on the stage: each endpoint leads
// to where the stage has what the file leads to, or to nobody. What the exporter
// would do by default is redirected as well: a stranger may listen there.
func (w *Wiring) Redirected(moved func(door string) string, nobody func() string) map[string]string {
	variables := map[string]string{}
	for key, value := range w.Variables {
		variables[key] = value
		if t := targetOf(strings.TrimSpace(value)); strings.HasPrefix(key, "OTEL_") && strings.HasSuffix(key, "_ENDPOINT") && t.Form != "" {
			variables[key] = w.redirect(t, moved, nobody)
		}
	}
	byDefault := w.redirect(targetOf(defaultEndpoint), moved, nobody)
	switch {
	case strings.TrimSpace(variables[EndpointVariable]) == "":
		variables[EndpointVariable] = byDefault
	case w.Name == "": // what it says is no URL, and the exporter complains
		variables[TracesEndpointVariable] = byDefault
	}
	return variables
}

func (w *Wiring) redirect(t Target, moved func(door string) string, nobody func() string) string {
	if kind, door := w.Doors.at(t); kind != "" {
		return fmt.Sprintf(t.Form, moved(door))
	}
	return fmt.Sprintf(t.Form, strings.TrimPrefix(nobody(), "http://"))
}

// ReadEnvironment reads lines KEY=VALUE. It takes what both a shell and Docker
// take: the shell line of the lesson,
//
//	export $(grep -v '^#' services.env)
//
// and docker run --env-file. Both keep quotes as a part of the value. A space
// ends a value in the shell, and does not in Docker, so there is none.
func ReadEnvironment(name, content string) (map[string]string, error) {
	variables := map[string]string{}
	for i, line := range strings.Split(content, "\n") {
		line, marked := strings.TrimSpace(WithoutMark(line)), WithoutMark(line) != line
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if marked {
			return variables, fmt.Errorf("%s begins with a byte order mark, which a shell takes for a part of the first name: save it as UTF-8 without one", name)
		}
		key, value, found := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		if !found || !isVariable(key) || strings.HasPrefix(value, " ") {
			return variables, fmt.Errorf("line %d of %s is not KEY=VALUE, without spaces around the equals sign: %s", i+1, name, text.Excerpt(line, 60))
		}
		if strings.ContainsAny(value, " \t") {
			return variables, fmt.Errorf("line %d of %s has a space in the value, where a shell ends it and Docker does not: %s", i+1, name, text.Excerpt(line, 60))
		}
		variables[key] = value
	}
	return variables, nil
}

// isVariable tells whether a shell takes a word for the name of a variable.
func isVariable(key string) bool {
	return key != "" && strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == "" && (key[0] < '0' || key[0] > '9')
}

// WithoutMark takes off the byte order mark with which some editors begin a
// file.
func WithoutMark(text string) string { return strings.TrimPrefix(text, "\ufeff") }

// Set tells whether the file sets a variable to anything.
func (w *Wiring) Set(key string) bool { return strings.TrimSpace(w.Variables[key]) != "" }

// Raw is the endpoint as the file has it, whatever the exporter makes of it.
func (w *Wiring) Raw() string {
	if w.Name == "" && w.Set(TracesEndpointVariable) {
		return w.Variables[TracesEndpointVariable]
	}
	if w.Name == "" {
		return w.Variables[EndpointVariable]
	}
	return w.Variables[w.Name]
}

// Unparsed gives why the exporter cannot read the endpoint, or "" if it can.
func (w *Wiring) Unparsed() string {
	raw := strings.TrimSpace(w.Raw())
	_, err := url.Parse(raw)
	if raw == "" || err == nil {
		return ""
	}
	if failure, ok := err.(*url.Error); ok {
		err = failure.Err
	}
	return err.Error()
}

// Quoted tells whether a value stands in quotes.
func Quoted(value string) bool {
	return len(value) > 1 && strings.ContainsRune(`"'`, rune(value[0])) && value[len(value)-1] == value[0]
}

// NearMiss gives a variable that the file sets and nobody reads, and that looks
// like the one that is wanted, or "".
func (w *Wiring) NearMiss(wanted string) string {
	readBySomebody := []string{EndpointVariable, TracesEndpointVariable, InsecureVariable, TracesInsecureVariable, SamplerVariable, RatioVariable}
	for _, key := range slices.Sorted(maps.Keys(w.Variables)) {
		if slices.Contains(readBySomebody, key) {
			continue
		}
		if upper := strings.ToUpper(key); upper == wanted || text.Typos(upper, wanted) <= 3 {
			return key
		}
	}
	return ""
}
