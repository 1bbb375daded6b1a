package cause

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// jaegerCauses are of a Jaeger that does not do what it should, and of services
// that are wired or sampled in another way than they should be. A
// program is not at fault when nobody takes its spans.
var jaegerCauses = slices.Concat(startCauses, doorCauses, wiringCauses, storageCauses, samplingCauses, answerCauses)

// refused is a cause that a part of Jaeger's own message gives away.
func refused(name, part, says, next string) Cause {
	return Cause{name: name, of: shortfalls{evidence.NotStarted}, fact: "what Jaeger says when it ends", next: next, witness: func(f *Fault) string {
		var failure *jaeger.StartError
		if !errors.As(f.Evidence.Jaeger.Err, &failure) || !strings.Contains(failure.Message, part) {
			return ""
		}
		return says
	}}
}

// ofStorage is a cause that lies where the storage is set up, in a later section
// than the start.
func ofStorage(c Cause) Cause {
	c.setup = true
	return c
}

// startCauses are of a Jaeger that does not start.
var startCauses = append(knownRefusals, Cause{
	name:    "jaeger-refuses",
	of:      shortfalls{evidence.NotStarted},
	general: true,
	witness: func(f *Fault) string {
		var failure *jaeger.StartError
		known := slices.ContainsFunc(knownRefusals, func(c Cause) bool { return c.witness(f) != "" })
		if known || !errors.As(f.Evidence.Jaeger.Err, &failure) {
			return ""
		}
		return "Jaeger does not accept the file. What it says about it is above."
	},
	next: "Go to the place that Jaeger names, and compare it with the lesson.",
})

// knownRefusals are of a Jaeger that says what is wrong in words we know.
var knownRefusals = []Cause{
	{
		name: "jaeger-missing",
		of:   shortfalls{evidence.NotStarted},
		fact: "no binary of Jaeger on this machine",
		witness: func(f *Fault) string {
			if !f.Evidence.Jaeger.Missing() {
				return ""
			}
			if build := f.Evidence.Jaeger.Build; build != "" {
				return fmt.Sprintf("This step runs the real Jaeger, and this machine has none yet. It is being built at this moment (%s). Nothing is wrong with your file.", build)
			}
			return "This step runs the real Jaeger, and this machine has none yet. It is built once, from source, and kept. Nothing is wrong with your file."
		},
		next: "Run `go run ./workshop jaeger -build` in the root of the repository: a few minutes, this one time. It waits for a build that runs already.",
	},
	refused("no-otlp-receiver", "no receiver configuration specified",
		"The file has no receiver at all, so no span can come in.",
		"Under receivers, describe otlp, with the protocols grpc and http and their endpoints."),
	refused("receiver-not-in-pipeline", "must have at least one receiver",
		"The pipeline has no receiver. One that is only described, and not named in service.pipelines.traces.receivers, does nothing.",
		"Name it there: receivers: [otlp]."),
	ofStorage(refused("storage-name-mismatch", "cannot find definition of storage",
		"The exporter or the query page asks for a storage under a name that jaeger_storage.backends does not have. Nobody looks that up before the start, jaeger validate neither.",
		"Use one name in all three places: the key under backends, trace_storage of the exporter, storage.traces of jaeger_query.")),
	refused("extension-not-enabled", "unable to find extension",
		"An extension is described and not switched on: service.extensions does not name it, and another part needs it.",
		"Name it in service.extensions, as in [jaeger_storage, jaeger_query, healthcheckv2]."),
	refused("component-not-described", "which is not configured",
		"service names a part that is not described anywhere in the file.",
		"Describe it under the heading of its kind, or correct the name."),
	refused("yaml-broken", "yaml: ",
		"The file is not YAML. YAML takes the indent for the structure: spaces only, the same number for all that belong together, and a space after each colon.",
		"Go to that line and the one above it: look for a tab, a bracket or a quote that is not closed, a missing space."),
	refused("unknown-key", "has invalid keys",
		"A part has a key that it does not know: misspelt, or one level too deep or too high.",
		"Compare the key and its indent with the lesson."),
	refused("unknown-component", "unknown type",
		"There is no part of that kind in Jaeger. A name begins with the kind, as in otlp or otlp/second.",
		"Take the kind from the list in Jaeger's message."),
	refused("port-used-twice", "address already in use",
		"Two parts of the file want the same port, or something else has it.",
		"Give each part its own: OTLP 4317 and 4318, the query page 16686 and 16685, health 13133."),
	ofStorage(refused("ttl-unit", "time: ",
		"A duration needs a unit, and Jaeger knows hours, minutes and seconds: h, m, s. It does not know days.",
		"Write 168h for a week.")),
	{
		name: "yaml-broken",
		of:   shortfalls{evidence.NotStarted},
		fact: "what the parser of YAML says",
		witness: func(f *Fault) string {
			var failure *jaeger.StartError
			if !errors.As(f.Evidence.Jaeger.Err, &failure) || strings.Contains(failure.Message, "yaml: ") || !failure.SpaceMissing() {
				return ""
			}
			return fmt.Sprintf("Line %d has no space after the colon, so YAML takes all of it for one word: %s", failure.Line, strings.TrimSpace(failure.Text))
		},
		next: "Put a space between the colon and the value.",
	},
}

// doorCauses are of a Jaeger that runs behind closed doors.
var doorCauses = []Cause{
	{
		name: "receiver-not-in-pipeline",
		of:   shortfalls{evidence.NotListening},
		fact: "a receiver that is described, and a port that nobody listens on",
		witness: func(f *Fault) string {
			if !f.Evidence.Jaeger.Describes("receivers", "otlp") || f.Evidence.Jaeger.Process.Config.Endpoints().OTLPHTTP != "" {
				return ""
			}
			return "The receiver otlp is described, and no pipeline names it. A receiver runs only for a pipeline."
		},
		next: "Name it in service.pipelines.traces: receivers: [otlp].",
	},
	{
		name: "no-otlp-receiver",
		of:   shortfalls{evidence.NotListening},
		fact: "no receiver for OTLP in the file",
		witness: func(f *Fault) string {
			if f.Evidence.Jaeger.Describes("receivers", "otlp") {
				return ""
			}
			return "No receiver of the file speaks OTLP, which is what your exporter speaks."
		},
		next: "Describe otlp under receivers, and name it in service.pipelines.traces.receivers.",
	},
	{
		name: "otlp-without-grpc",
		of:   shortfalls{evidence.NotListening},
		fact: "a receiver with HTTP, and none with gRPC",
		witness: func(f *Fault) string {
			if len(f.Evidence.Jaeger.Process.Config.Receives("http")) == 0 {
				return ""
			}
			return "The receiver otlp takes OTLP over HTTP only. Your exporter, otlptracegrpc, speaks gRPC."
		},
		next: "Add the protocol grpc to the receiver, with the endpoint 127.0.0.1:4317.",
	},
	{
		name: "query-not-enabled",
		of:   shortfalls{evidence.NotAnswering},
		fact: "a page that nobody serves",
		witness: func(f *Fault) string {
			if f.Got != "" {
				return ""
			}
			return "The query page is not switched on: service.extensions does not name jaeger_query."
		},
		next: "Add jaeger_query to service.extensions.",
	},
	{
		name: "query-port",
		of:   shortfalls{evidence.NotAnswering},
		fact: "the page, on another port",
		witness: func(f *Fault) string {
			if f.Got == "" {
				return ""
			}
			return "The query page is on another port than everybody expects: bookmarks, dashboards, and the commands of this workshop."
		},
		next: "Set extensions.jaeger_query.http.endpoint to 127.0.0.1:16686.",
	},
}

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

// pipeline is a cause that lies in the way of spans through Jaeger, which they
// have reached.
func pipeline(name string, witness func(f *Fault, c jaeger.Config) string, next string) Cause {
	return Cause{name: name, of: shortfalls{evidence.NotReported}, fact: "the pipelines as Jaeger reads them, and spans that do not get into a storage", next: next, witness: func(f *Fault) string {
		j := f.Evidence.Jaeger
		if j == nil || j.Wiring == nil || !j.Wiring.Reaches {
			return ""
		}
		return witness(f, j.Process.Config)
	}}
}

// storageCauses are of a Jaeger that forgets.
var storageCauses = []Cause{
	short("ttl-unit", 0, time.Millisecond, func(ttl time.Duration) string {
		return fmt.Sprintf("ttl.spans is %d, without a unit: nanoseconds. Spans are out of date as soon as they are written.", ttl.Nanoseconds())
	}, "Give it a unit, as in 168h."),
	short("ttl-too-short", time.Millisecond, time.Minute, func(ttl time.Duration) string {
		return fmt.Sprintf("ttl.spans is %v: so long after a span was written, Jaeger has forgotten it.", ttl)
	}, "Keep spans longer than it takes to look for them: 168h is a week."),
	storageCause("memory-storage", "memory",
		"The storage is memory: quick, and gone with the process.",
		"Use badger, which keeps its data in files, with ephemeral: false and two directories."),
	storageCause("ephemeral-storage", "badger",
		"Badger is ephemeral: it keeps its data in a folder that it throws away. That is its default, too, when the key is left out.",
		"Set ephemeral: false, and directories for keys and values."),
}

// short is a cause that lies in the time for which a storage keeps a span.
func short(name string, least, below time.Duration, says func(ttl time.Duration) string, next string) Cause {
	return Cause{name: name, of: shortfalls{evidence.NotKept, evidence.NotReported}, fact: "the time for which the storage keeps spans, and spans that it does not keep", next: next, witness: func(f *Fault) string {
		j := f.Evidence.Jaeger
		if j == nil || j.Process == nil || j.Wiring == nil || !j.Wiring.Reaches {
			return ""
		}
		for _, s := range j.Process.Config.Storages() {
			nanoseconds, ok := j.Process.Config.At("extensions", "jaeger_storage", "backends", s.Name, s.Kind, "ttl", "spans").(float64)
			if ttl := time.Duration(nanoseconds); ok && s.Kind == "badger" && ttl > 0 && ttl >= least && ttl < below && slices.Contains(j.Process.Config.WritesTo(), s.Name) {
				return says(ttl)
			}
		}
		return ""
	}}
}

func storageCause(name, kind, says, next string) Cause {
	return Cause{name: name, of: shortfalls{evidence.NotKept}, fact: "the storage as Jaeger reads it, and spans that are gone after a restart", next: next, witness: func(f *Fault) string {
		for _, s := range f.Evidence.Jaeger.Process.Config.Storages() {
			if s.Kind != kind || !s.Ephemeral || !slices.Contains(f.Evidence.Jaeger.Process.Config.WritesTo(), s.Name) {
				continue
			}
			if s.Ignores != "" {
				return fmt.Sprintf("%s %s describes %s beside it, and Jaeger takes one of them only.", says, s.Name, s.Ignores)
			}
			return says
		}
		return ""
	}}
}

// samplingCauses are of traces that are kept or thrown away by the wrong rule.
var samplingCauses = []Cause{
	sampled("environment-unreadable", evidence.WrongShare, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		for _, name := range []string{evidence.SamplerVariable, evidence.RatioVariable} {
			if evidence.Quoted(w.Variables[name]) {
				return fmt.Sprintf("The value of %s stands in quotes. Neither the shell line of the lesson nor docker --env-file takes them off: the SDK gets %s, and takes its default.", name, w.Variables[name])
			}
		}
		return ""
	}, "Write the value without quotes."),
	sampled("sampler-not-set", evidence.WrongShare, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		if sampler != "" || !f.keptAll() {
			return ""
		}
		says := "Every trace is kept."
		if near := w.NearMiss(evidence.SamplerVariable); near != "" {
			says = fmt.Sprintf("services.env sets %s, which nobody reads.", near)
		}
		return says + " Without OTEL_TRACES_SAMPLER the SDK samples all traces that no caller has decided about."
	}, "Set OTEL_TRACES_SAMPLER=parentbased_traceidratio and OTEL_TRACES_SAMPLER_ARG=0.25."),
	sampled("sampler-always-off", evidence.WrongShare, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		if f.Got != 0 || !strings.HasSuffix(sampler, "always_off") {
			return ""
		}
		return fmt.Sprintf("No trace is kept: the sampler %q says no to all of them.", sampler)
	}, "Use parentbased_traceidratio with the argument 0.25."),
	sampled("sampler-always-on", evidence.WrongShare, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		if !strings.HasSuffix(sampler, "always_on") || !f.keptAll() {
			return ""
		}
		return fmt.Sprintf("Every trace is kept: that is what %s means, whatever the argument says.", sampler)
	}, "Use parentbased_traceidratio."),
	sampled("sampler-unknown", evidence.WrongShare, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		known := []string{"always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"}
		if sampler == "" || evidence.Quoted(sampler) || slices.Contains(known, sampler) || !f.keptAll() {
			return ""
		}
		return fmt.Sprintf("There is no sampler %q, so the SDK took its default, which keeps everything. It says so in the log of the services, once, at the start.", sampler)
	}, "Write parentbased_traceidratio."),
	sampled("sampler-argument", evidence.WrongShare, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		value, err := strconv.ParseFloat(ratio, 64)
		switch {
		case !strings.HasSuffix(sampler, "traceidratio") || evidence.Quoted(ratio):
			return ""
		case ratio == "" && w.NearMiss(evidence.RatioVariable) != "":
			return fmt.Sprintf("services.env sets %s, which nobody reads. Without OTEL_TRACES_SAMPLER_ARG the ratio is 1: every trace.", w.NearMiss(evidence.RatioVariable))
		case ratio == "":
			return "There is no ratio. Without OTEL_TRACES_SAMPLER_ARG it is 1: every trace."
		case err != nil || value < 0 || value > 1:
			return fmt.Sprintf("The ratio %q is not a number from 0 to 1, so the SDK took 1: every trace.", ratio)
		case value == 0.25:
			return ""
		}
		return fmt.Sprintf("The ratio is %s.", ratio)
	}, "Set OTEL_TRACES_SAMPLER_ARG=0.25. It is a share, not a percentage."),
	sampled("ratio-without-parent", evidence.Incomplete, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		if strings.HasPrefix(sampler, "parentbased") || sampler == "" {
			return ""
		}
		return fmt.Sprintf("The sampler %s does not ask what the caller has decided. Each service decides anew, and where two of them differ the trace has a hole.", sampler)
	}, "Use parentbased_traceidratio: who begins a trace decides, and all others follow."),
}

// keptAll tells whether nearly every trace was kept, as it is without a sampler
// that says no: a program can have one of its own.
func (f *Fault) keptAll() bool {
	kept, counted := f.Got.(int)
	requests, _ := f.Want.(int)
	return counted && kept > 0 && kept >= requests*9/10
}

func sampled(name string, of evidence.Shortfall, witness func(f *Fault, w *evidence.Wiring, sampler, ratio string) string, next string) Cause {
	return Cause{name: name, of: shortfalls{of}, fact: "the sampler that the services are told, and the share that they keep", next: next, witness: func(f *Fault) string {
		if f.Evidence.Jaeger == nil || f.Evidence.Jaeger.Wiring == nil {
			return ""
		}
		w := f.Evidence.Jaeger.Wiring // the SDK does not mind spaces and capitals
		return witness(f, w, strings.ToLower(strings.TrimSpace(w.Variables[evidence.SamplerVariable])), strings.TrimSpace(w.Variables[evidence.RatioVariable]))
	}}
}
