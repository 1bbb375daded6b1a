package cause

import (
	"fmt"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// wiredRefines are causes that lie in the program, which is not at fault when
// its environment leads nowhere.
var wiredRefines = []string{"shutdown-context-cancelled", "no-shutdown", "endpoint-hard-coded", "endpoint-with-scheme", "http-port-with-grpc"}

// wired is a cause that lies in the environment of the services.
func wired(name string, witness func(f *Fault, w *evidence.Wiring) string, next string) Cause {
	return Cause{name: name, of: shortfalls{evidence.NotReported, evidence.NoNews, evidence.NoSpan}, fact: "the environment that the services get, and where it leads", refines: wiredRefines, next: next, witness: func(f *Fault) string {
		if f.Evidence.Jaeger == nil || f.Evidence.Jaeger.Wiring == nil {
			return ""
		}
		return witness(f, f.Evidence.Jaeger.Wiring)
	}}
}

// wiringCauses are of services whose spans go elsewhere.
var wiringCauses = []Cause{
	wired("environment-unreadable", func(f *Fault, w *evidence.Wiring) string {
		switch why := w.Unparsed(); {
		case w.Err != nil:
			return "The environment of the services cannot be read. A shell and Docker read such a file line by line."
		case evidence.Quoted(w.Raw()):
			return fmt.Sprintf("The endpoint stands in quotes. Neither the shell line of the lesson nor docker --env-file takes them off: the exporter gets %s, which is no URL, and takes its default.", w.Raw())
		case why != "" && strings.Contains(w.Raw(), "://"):
			return fmt.Sprintf("The exporter cannot read the endpoint %s (%s), and takes its default.", w.Raw(), why)
		}
		return ""
	}, "Write one KEY=VALUE a line: no space around the equals sign, no quotes, and nothing behind the value."),
	wired("endpoint-not-set", func(f *Fault, w *evidence.Wiring) string {
		if w.Err != nil || w.Reaches || w.Set(evidence.EndpointVariable) || w.Set(evidence.TracesEndpointVariable) {
			return ""
		}
		says := "Nobody tells the services where Jaeger is."
		if near := w.NearMiss(evidence.EndpointVariable); near != "" {
			says = fmt.Sprintf("services.env sets %s, which nobody reads.", near)
		}
		return says + " Without OTEL_EXPORTER_OTLP_ENDPOINT they try https://localhost:4317, with TLS, which your Jaeger does not speak."
	}, "Set OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317 in services.env."),
	wired("endpoint-without-scheme", func(f *Fault, w *evidence.Wiring) string {
		raw := strings.TrimSpace(w.Raw())
		scheme, _, found := strings.Cut(raw, "://")
		switch {
		case w.Err != nil || raw == "" || evidence.Quoted(raw) || w.Reaches:
			return ""
		case !found && (w.Unparsed() != "" || w.Target.Form == ""):
			return fmt.Sprintf("The endpoint %q is not a URL, and so the exporter takes its default.", raw)
		case !found:
			return fmt.Sprintf("The endpoint %q has no scheme. Only http:// says that there is no TLS, and your Jaeger speaks plain text.", raw)
		case w.Unparsed() == "" && !knownScheme(scheme):
			return fmt.Sprintf("The endpoint begins with %s://, which gRPC does not know. Only http:// says that there is no TLS, and your Jaeger speaks plain text.", scheme)
		}
		return ""
	}, "Begin it with http://, which also says that it is plain text."),
	wired("endpoint-of-ui", func(f *Fault, w *evidence.Wiring) string {
		if w.LeadsTo != "query" {
			return ""
		}
		return fmt.Sprintf("The services send their spans to %s. That is where people look at traces, not where spans come in.", w.Endpoint)
	}, "Send them to the OTLP receiver: http://127.0.0.1:4317."),
	wired("endpoint-of-otlp-http", func(f *Fault, w *evidence.Wiring) string {
		if w.LeadsTo != "http" {
			return ""
		}
		return fmt.Sprintf("At %s Jaeger takes OTLP over HTTP. Your exporter, otlptracegrpc, speaks gRPC.", w.Endpoint)
	}, "Use the port of the gRPC endpoint: http://127.0.0.1:4317."),
	wired("endpoint-with-tls", func(f *Fault, w *evidence.Wiring) string {
		if w.LeadsTo != "grpc" || w.Reaches || w.Name == "" || !strings.Contains(w.Endpoint, "://") {
			return ""
		}
		for _, name := range []string{evidence.TracesInsecureVariable, evidence.InsecureVariable} {
			if w.Set(name) {
				return fmt.Sprintf("%s=%s makes the exporter speak TLS, whatever the endpoint says, and your Jaeger speaks plain text.", name, w.Variables[name])
			}
		}
		scheme, _, _ := strings.Cut(w.Endpoint, "://")
		return fmt.Sprintf("%s:// makes the exporter speak TLS, and your Jaeger speaks plain text.", scheme)
	}, "Write http://127.0.0.1:4317. Between machines it is Jaeger that should get a certificate."),
	wired("wrong-host", func(f *Fault, w *evidence.Wiring) string {
		if w.Name == "" || !w.Beside || !strings.Contains(w.Endpoint, "://") {
			return ""
		}
		return fmt.Sprintf("The port is right, and the host is not: the services send their spans to %s, and your Jaeger takes them at %s. Nobody is told: to the exporter it looks as if Jaeger were down.", w.Endpoint, strings.Join(w.Doors.Grpc, ", "))
	}, "Make the host the one at which Jaeger listens: http://127.0.0.1:4317. A name from a compose file exists only among its containers."),
	wired("wrong-port", func(f *Fault, w *evidence.Wiring) string {
		if w.Name == "" || w.LeadsTo != "" || w.Beside || w.Target.Port == "" || !strings.Contains(w.Endpoint, "://") {
			return ""
		}
		return fmt.Sprintf("The services send their spans to %s, and your Jaeger takes them at %s. Nobody is told: to the exporter it looks as if Jaeger were down.", w.Endpoint, strings.Join(w.Doors.Grpc, ", "))
	}, "Make the two agree: the endpoint in services.env, and the one of receivers.otlp.protocols.grpc in jaeger.yaml."),
	pipeline("no-storage-exporter", func(f *Fault, c jaeger.Config) string {
		ends := c.Ends()
		if len(c.Receives("grpc")) == 0 || slices.ContainsFunc(ends, evidence.IsStorage) {
			return ""
		}
		return fmt.Sprintf("Spans come in, and the pipeline ends in %s: it writes to no storage, and Jaeger shows only what a storage holds.", strings.Join(ends, ", "))
	}, "Name jaeger_storage_exporter among the exporters of service.pipelines.traces."),
	pipeline("batch-too-slow", func(f *Fault, c jaeger.Config) string {
		j := f.Evidence.Jaeger
		if c.HoldsBack() < evidence.LookPatience || len(j.First()) > 0 || len(j.Last()) == 0 {
			return ""
		}
		return fmt.Sprintf("A processor holds spans back for up to %v. After %v Jaeger showed none, and when it was stopped it wrote what it had.", c.HoldsBack(), evidence.LookPatience)
	}, "Give batch a timeout of 200ms: it is the time until a span can be found."),
	pipeline("two-storages", func(f *Fault, c jaeger.Config) string {
		if c.ReadsFrom() == "" || len(c.WritesTo()) == 0 || slices.Contains(c.WritesTo(), c.ReadsFrom()) {
			return ""
		}
		return fmt.Sprintf("Jaeger writes to the storage %s and reads from %s.", strings.Join(c.WritesTo(), ", "), c.ReadsFrom())
	}, "Use one name: trace_storage of the exporter, and storage.traces of jaeger_query."),
}

// knownScheme tells whether gRPC knows how to connect to an endpoint of a scheme.
func knownScheme(scheme string) bool {
	return slices.Contains([]string{"http", "https", "dns", "passthrough", "unix", "unix-abstract"}, strings.ToLower(scheme))
}
