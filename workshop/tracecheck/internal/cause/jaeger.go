package cause

import (
	"errors"
	"fmt"
	"slices"
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
	return refusedFor(name, []string{part}, says, next)
}

// refusedFor is a cause that several parts of it give away together.
func refusedFor(name string, parts []string, says, next string) Cause {
	return Cause{name: name, of: shortfalls{evidence.NotStarted}, fact: "what Jaeger says when it ends", next: next, witness: func(f *Fault) string {
		var failure *jaeger.StartError
		lacks := func(part string) bool { return !strings.Contains(failure.Message, part) }
		if !errors.As(f.Evidence.Jaeger.Err, &failure) || slices.ContainsFunc(parts, lacks) {
			return ""
		}
		return says
	}}
}

// ofWrongKind is a value of another kind than its key wants, as a part of Jaeger's
// message says.
func ofWrongKind(part string) Cause {
	return refused("value-of-wrong-kind", part,
		"A value is of another kind than its key wants, as text in the place of a number, or one word in the place of a block. Or the key stands where another one belongs, and its indent is wrong.",
		"Go to the key that Jaeger names. A number, true and false stand without quotes, and a number without a unit; the keys of a block stand on lines of their own, further in; an item of a list begins with a hyphen.")
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

// knownRefusals are of a Jaeger that does not run for a reason we know, as from its
// own words.
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
	{
		name: "part-ended",
		of:   shortfalls{evidence.NotStarted},
		fact: "a process that has ended, and that the play has not ended",
		witness: func(f *Fault) string {
			var gone *evidence.Gone
			if !errors.As(f.Evidence.Jaeger.Err, &gone) {
				return ""
			}
			return fmt.Sprintf("Nobody told %s to end: it broke down, or something outside of this check has ended it. What is missing since then says nothing about your files.", gone.Part)
		},
		next: "Read its last words, and run the check again. It may be that the machine has too little memory for all that runs on it.",
	},
	refused("no-otlp-receiver", "no receiver configuration specified",
		"The file has no receiver at all, so no span can come in.",
		"Under receivers, describe one: otlp, with the protocols grpc and http and their endpoints, or what the lesson has there."),
	refused("receiver-not-in-pipeline", "must have at least one receiver",
		"A pipeline has no receiver. One that is only described, and not named among the receivers of a pipeline, does nothing.",
		"Name it there, as in receivers: [otlp]."),
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
	refused("yaml-key-twice", "already defined at line",
		"One key stands in two places where only one of them can count. YAML does not put together what is below them.",
		"Move what is below the second to the first, and take the second away.").refining("yaml-broken"),
	ofWrongKind("got unconvertible type"),
	ofWrongKind("expected a map or struct, got"),
	ofWrongKind("source data must be an array or slice"),
	refused("unknown-key", "has invalid keys",
		"A part has a key that it does not know: misspelt, or one level too deep or too high.",
		"Compare the key and its indent with the lesson."),
	refused("unknown-component", "unknown type",
		"Jaeger has no part of that kind under that heading. It is misspelt, it belongs under another heading, or it is a key of another part and one level too high. A name begins with the kind, as in otlp or otlp/second.",
		"Compare it with the list in Jaeger's message, and its heading and its indent with the lesson."),
	refused("component-in-wrong-pipeline", "telemetry type is not supported",
		"A part stands in a pipeline whose data it does not know: jaeger_storage_exporter takes traces only, and prometheus metrics only.",
		"Name each part in the pipeline of its own data: the storage under traces, prometheus under metrics."),
	refused("port-used-twice", "address already in use",
		"Two parts of the file want the same port, or something else has it.",
		"Give each part its own: OTLP 4317 and 4318, the query page 16686 and 16685, health 13133."),
	refused("queue-without-consumers", "`num_consumers` must be positive",
		"A queue that nobody empties: num_consumers is 0, which is also what Jaeger takes it for when it is missing.",
		"Write num_consumers: 4 beside queue_size."),
	refused("queue-without-size", "`queue_size` must be positive",
		"A queue without room: queue_size is 0, which is also what Jaeger takes it for when it is missing.",
		"Write queue_size: 100000 beside num_consumers."),
	ofStorage(refusedFor("ttl-unit", []string{"time: ", "ttl"},
		"A duration needs a unit, and Jaeger knows hours, minutes and seconds: h, m, s. It does not know days.",
		"Write 168h for a week.").refining("duration-unit")),
	refused("duration-unit", "time: ",
		"A duration is a number and its unit, without a space between them. Jaeger knows ms, s, m and h, and no other words for them.",
		"Write it as in 500ms, 5s, 5m or 168h."),
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
		next:    "Put a space between the colon and the value.",
		refines: []string{"value-of-wrong-kind"},
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
