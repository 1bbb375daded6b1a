package recorder

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
)

// deepestStack is how many bytes a goroutine of the learner's program may use.
// A recursion without end takes seconds to fill the gigabyte that Go allows,
// and the memory of a small machine.
const deepestStack = 16 << 20

// Main runs the tests, or, when a check
// has started this very binary as the learner's program, learnerMain. It does
// not return.
func Main(m *testing.M, learnerMain func()) {
	if own == nil {
		os.Exit(m.Run())
	}
	debug.SetMaxStack(deepestStack)
	if os.Getenv(facts.WatchVariable) != "" {
		os.Unsetenv(facts.WatchVariable)
		go heedParent(takeStdin(), own.notes)
	}
	learnerMain()

	// Elsewhere the process ends here. Goroutines that nobody waits for must not
	// gain the time that the note takes.
	runtime.GOMAXPROCS(1)
	own.done.Store(true)
	own.notes.Write(noteOnReturn())
	os.Exit(0)
}

// own is the recorder of this process, if it is the learner's program.
var own *recorder

// The init functions of a package run before those of a package that imports
// it. So what the learner's program makes in a package variable is seen, too.
func init() {
	path := os.Getenv(facts.NotesVariable)
	if path == "" {
		return
	}
	own = &recorder{notes: facts.Open(path)}
	otel.SetLogger(logr.New(&providerLog{LogSink: errorsOnly(), notes: own.notes}))
	otel.SetMeterProvider(own)
}

// takeStdin gives the standard input, by which the test speaks to this process,
// and leaves an empty one for the learner's program.
func takeStdin() *os.File {
	stdin := os.Stdin
	if empty, err := os.Open(os.DevNull); err == nil {
		os.Stdin = empty
	}
	return stdin
}

// heedParent ends the learner's program, with its children, when the test that
// started it is gone, however that came about: then the other end of stdin is
// closed. Anything that comes from there means that time is up: then the program
// shows where it is.
func heedParent(stdin io.Reader, notes *facts.Notebook) {
	if n, _ := stdin.Read(make([]byte, 1)); n > 0 {
		notes.Write(facts.Note{Ignored: ignoredSignals()})
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		_, _ = os.Stderr.Write(append([]byte("\n"), stacks...))
	} else {
		proc.EndOwn()
	}
	os.Exit(1)
}

// ignoredSignals gives the names of those that tell a program to stop and that
// this one ignores.
func ignoredSignals() []string {
	var names []string
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if signal.Ignored(s) {
			names = append(names, s.String())
		}
	}
	return names
}

// noteOnReturn asks the globals of OpenTelemetry what the program did to them.
func noteOnReturn() facts.Note {
	return facts.Note{Return: &facts.Return{
		Provider:   globalProviderState(),
		Propagates: otel.GetTextMapPropagator().Fields(),
	}}
}

func globalProviderState() facts.ProviderState {
	global := otel.GetTracerProvider()
	provider, isSDK := global.(*sdktrace.TracerProvider)
	if !isSDK {
		return globalKind(global)
	}
	// A span that is never ended reaches no exporter.
	_, span := provider.Tracer("tracecheck").Start(context.Background(), "tracecheck")
	if _, isNoop := span.(noop.Span); isNoop {
		return facts.ProviderShutDown
	}
	if !span.IsRecording() {
		return facts.ProviderDrops
	}
	return facts.ProviderRecords
}

// globalKind tells what kind of provider the global one is: one of the SDK, the
// one that is there before any is registered, or another one.
func globalKind(global trace.TracerProvider) facts.ProviderState {
	if _, isSDK := global.(*sdktrace.TracerProvider); isSDK {
		return facts.ProviderRecords
	}
	if _, isNoop := global.(noop.TracerProvider); isNoop {
		return facts.ProviderNoop
	}
	if strings.HasPrefix(fmt.Sprintf("%T", global), "*global.") {
		return facts.ProviderNone
	}
	return facts.ProviderOther
}
