// Package jaeger finds, builds, runs and asks the real Jaeger.
//
// [Find] gives the Jaeger that this machine has, and [Build] makes one from
// its Go module where there is none. [Start] runs it with a configuration
// file, either as the file says or with an overlay that gives it ports and a folder
// of its own.
// A [Client] asks a running Jaeger for the traces it holds.
package jaeger

const (
	// Version is the Jaeger that the workshop builds and was written for.
	Version = "2.13.0"

	// Step begins the name of the first step that needs Jaeger.
	Step = "step05"

	// Image is the same Jaeger with its pages, as is Release, which has the
	// program for each system. Jaeger's own download page has the newest version
	// alone.
	Image   = "jaegertracing/jaeger:" + Version
	Release = "https://github.com/jaegertracing/jaeger/releases/tag/v" + Version

	// command is the package of Jaeger's program, and modulePath the module
	// that holds it. The module counts its releases apart: its v1.76.0 is
	// the source of Jaeger v2.13.0.
	command    = modulePath + "/cmd/jaeger"
	modulePath = "github.com/jaegertracing/jaeger"
)
