package cause

import (
	"fmt"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// databaseFile is the learner's configuration of a Jaeger over a database.
const databaseFile = "cassandra.yaml"

// databaseCauses are of a Jaeger that should keep its spans in a database.
var databaseCauses = []Cause{
	noCassandra("unable to connect to initial hosts: dial tcp"),
	noCassandra("failed to resolve any of the provided hostnames"),
	refused("cassandra-tls", "unable to connect to initial hosts: tls:",
		"Jaeger speaks TLS to Cassandra, which is what it does when nothing is said, and Cassandra does not.",
		"Under connection, set insecure: true in tls."),
	refused("cassandra-schema", "no connections were made when creating the session",
		"Cassandra lets nobody in to a keyspace that is not there, and Jaeger makes one only if it is told to.",
		"Under schema, set create: true."),
	refused("cassandra-keyspace", "mismatched input",
		"Cassandra does not understand the name of the keyspace: letters, digits and underscores, as in a variable.",
		"Give it another name, as jaeger_v1_workshop."),
	refused("ttl-unit", "trace_ttl can either be 0",
		"trace_ttl has no unit, so it is a number of nanoseconds.",
		"Write 168h for a week."),
	database("memory-storage", func(f *Fault) string {
		if f.backend("memory") == nil {
			return ""
		}
		says := "The storage is memory: quick, and gone with the process."
		if f.backend("cassandra") != nil {
			says += fmt.Sprintf(" %s describes cassandra beside it, and Jaeger takes one of them only.", f.storage())
		}
		return says
	}, "Write the block cassandra in the place of memory."),
	database("retry-off", func(f *Fault) string {
		retries := f.storageExporter(databaseFile, "retry_on_failure", "enabled")
		if retries == true || f.Evidence.Deployment.Last() == nil || f.backend("memory") != nil || f.shortLived() > 0 {
			return ""
		}
		return "retry_on_failure is off in the exporter. A write that the database does not answer is not made again, and whoever sent the spans was told that all is well."
	}, "Under exporters.jaeger_storage_exporter, switch retry_on_failure on, and a queue beside it."),
	database("ttl-too-short", func(f *Fault) string {
		if f.shortLived() == 0 || f.backend("memory") != nil {
			return ""
		}
		return fmt.Sprintf("trace_ttl is %v: so long after a span was written, Cassandra has forgotten it.", f.shortLived())
	}, "Keep spans longer than it takes to look for them: 168h is a week."),
	{
		name: "not-in-database",
		of:   shortfalls{evidence.Elsewhere},
		fact: "the storage as Jaeger reads it, and spans that are found without the database",
		witness: func(f *Fault) string {
			part := f.Evidence.Deployment.Part(databaseFile)
			if part == nil {
				return ""
			}
			for _, s := range part.Process.Config.Storages() {
				if s.Name == f.storage() && s.Kind != "cassandra" {
					return fmt.Sprintf("The storage is %s, and Cassandra has nothing to do: spans are on this machine only, as before.", s.Kind)
				}
			}
			return ""
		},
		next: "Write the block cassandra in its place.",
	},
}

// noCassandra is what a part of Jaeger's message gives away about the address.
func noCassandra(part string) Cause {
	return refused("cassandra-address", part,
		"Jaeger found no Cassandra at that address, and ends when its database is away at the start.",
		"Write the address as the lesson has it, ${env:CASSANDRA_ADDRESS:-127.0.0.1:9042}, and look whether Cassandra runs.")
}

func database(name string, witness func(*Fault) string, next string) Cause {
	return Cause{name: name, of: shortfalls{evidence.Lost}, fact: "the storage as Jaeger reads it, and spans that are gone", next: next, witness: func(f *Fault) string {
		if f.Evidence.Deployment == nil || f.Evidence.Deployment.Part(databaseFile) == nil {
			return ""
		}
		return witness(f)
	}}
}

// backend gives what the storage of the learner's Jaeger runs with.
func (f *Fault) backend(path ...string) any {
	return f.Evidence.Deployment.Setting(databaseFile, append([]string{"extensions", "jaeger_storage", "backends", f.storage()}, path...)...)
}

// storage gives the name of the storage to which the learner's Jaeger writes.
func (f *Fault) storage() string {
	name, _ := f.storageExporter(databaseFile, "trace_storage").(string)
	return name
}

// shortLived gives how long Cassandra keeps a span, or 0 if that is long enough to
// look for it.
func (f *Fault) shortLived() time.Duration {
	nanoseconds, _ := f.backend("cassandra", "schema", "trace_ttl").(float64)
	if ttl := time.Duration(nanoseconds); ttl < time.Minute {
		return ttl
	}
	return 0
}
