package facts

// WatchVariable makes that program heed its standard input: it ends with the test that has
// started it. It is
// not handed on to programs that the learner's program starts.
const WatchVariable = "TRACECHECK_WATCH"

// NotesVariable names the file to which a test binary that runs as the
// learner's program writes its notes. Its presence makes it run that way.
const NotesVariable = "TRACECHECK_NOTES"

// Observe makes the SDK and its exporters count the life of spans (an
// experiment of the Go SDK, described in sdk/internal/x; what it counts is named
// in the semantic conventions, "OpenTelemetry SDK metrics").
const Observe = "OTEL_GO_X_OBSERVABILITY=true"
