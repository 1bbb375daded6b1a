package tracecheck

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"github.com/go-logr/logr"
	"github.com/go-logr/stdr"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// watchVariable makes that program heed its standard input ([heedParent]). It is
// not handed on to programs that the learner's program starts.
const watchVariable = "TRACECHECK_WATCH"

// notesVariable names the file to which a test binary that runs as the
// learner's program writes its notes. Its presence makes it run that way.
const notesVariable = "TRACECHECK_NOTES"

// deepestStack is how many bytes a goroutine of the learner's program may use.
// A recursion without end takes seconds to fill the gigabyte that Go allows,
// and the memory of a small machine.
const deepestStack = 16 << 20

// Main is what a step's TestMain calls. It runs the tests, or, when a check
// has started this very binary as the learner's program, learnerMain. It does
// not return.
func Main(m *testing.M, learnerMain func()) {
	if own == nil {
		os.Exit(m.Run())
	}
	debug.SetMaxStack(deepestStack)
	if os.Getenv(watchVariable) != "" {
		os.Unsetenv(watchVariable)
		go heedParent(takeStdin(), own.notes)
	}
	learnerMain()

	// Elsewhere the process ends here. Goroutines that nobody waits for must not
	// gain the time that the note takes.
	runtime.GOMAXPROCS(1)
	own.done.Store(true)
	own.notes.write(noteOnReturn())
	os.Exit(0)
}

// own is the recorder of this process, if it is the learner's program.
var own *recorder

// The init functions of a package run before those of a package that imports
// it. So what the learner's program makes in a package variable is seen, too.
func init() {
	path := os.Getenv(notesVariable)
	if path == "" {
		return
	}
	own = &recorder{notes: &notebook{path: path}}
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

// heedParent ends the learner's program, with its children, when the test that started it is gone,
// however that came about: then the other end of stdin is closed. Anything that
// comes from there means that time is up: then the program shows where it is.
func heedParent(stdin io.Reader, notes *notebook) {
	if n, _ := stdin.Read(make([]byte, 1)); n > 0 {
		notes.write(note{Ignored: ignoredSignals()})
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

// note is one thing the learner's program said of itself. Notes only help to
// name the cause of a failure.
type note struct {
	// Provider is there once for every SDK tracer provider that was made.
	Provider *providerNote `json:",omitempty"`
	// Return is there if main returned; it is missing after os.Exit, log.Fatal, a
	// panic or a signal.
	Return *returnNote `json:",omitempty"`
	// Start and End are there for every span that the SDK counted.
	Start *startNote `json:",omitempty"`
	End   *endNote   `json:",omitempty"`
	// Export is there for every batch that was handed to an exporter, and Result
	// for what came of it.
	Export *exportNote `json:",omitempty"`
	Result *resultNote `json:",omitempty"`
	// Batcher is there for every batch span processor that was made, and Close
	// for its shutdown.
	Batcher bool       `json:",omitempty"`
	Close   *closeNote `json:",omitempty"`
	// Limit is what the SDK logs when it leaves something out of a span, because
	// its limits are reached (OpenTelemetry specification, Trace SDK, section Span
	// Limits).
	Limit string `json:",omitempty"`
	// Ignored are the signals that a program ignored when its time was up.
	Ignored []string `json:",omitempty"`
}

type providerNote struct {
	Processors []string // types, such as *trace.batchSpanProcessor
	Sampler    string   // type, such as trace.alwaysOffSampler
}

type returnNote struct {
	Provider   providerState
	Propagates []string // header names that the global propagator reads and writes
}

// providerState is what became of the global tracer provider.
type providerState string

const (
	providerNone     providerState = "none"     // nobody registered one
	providerNoop     providerState = "noop"     // registered, and one that does nothing
	providerOther    providerState = "other"    // registered, and not one of the SDK
	providerRecords  providerState = "records"  // registered, and never shut down
	providerDrops    providerState = "drops"    // registered, and its sampler says no
	providerShutDown providerState = "shutdown" // registered, and shut down
)

// noteOnReturn asks the globals of OpenTelemetry what the program did to them.
func noteOnReturn() note {
	return note{Return: &returnNote{
		Provider:   globalProviderState(),
		Propagates: otel.GetTextMapPropagator().Fields(),
	}}
}

func globalProviderState() providerState {
	global := otel.GetTracerProvider()
	provider, isSDK := global.(*sdktrace.TracerProvider)
	if !isSDK {
		return globalKind(global)
	}
	// A span that is never ended reaches no exporter.
	_, span := provider.Tracer("tracecheck").Start(context.Background(), "tracecheck")
	if _, isNoop := span.(noop.Span); isNoop {
		return providerShutDown
	}
	if !span.IsRecording() {
		return providerDrops
	}
	return providerRecords
}

// globalKind tells what kind of provider the global one is: one of the SDK, the
// one that is there before any is registered, or another one.
func globalKind(global trace.TracerProvider) providerState {
	if _, isSDK := global.(*sdktrace.TracerProvider); isSDK {
		return providerRecords
	}
	if _, isNoop := global.(noop.TracerProvider); isNoop {
		return providerNoop
	}
	if strings.HasPrefix(fmt.Sprintf("%T", global), "*global.") {
		return providerNone
	}
	return providerOther
}

// providerLog receives the SDK's own log, in which every new tracer provider
// announces itself with its configuration.
type providerLog struct {
	logr.LogSink // for errors, as OpenTelemetry would log them by default
	notes        *notebook
}

// errorsOnly is OpenTelemetry's default: errors go to stderr, nothing else.
func errorsOnly() logr.LogSink {
	return stdr.New(log.New(os.Stderr, "", log.LstdFlags|log.Lshortfile)).GetSink()
}

func (p *providerLog) Enabled(int) bool { return true }

func (p *providerLog) Info(_ int, message string, pairs ...any) {
	if export := exportIn(message, pairs); export != nil {
		p.notes.write(note{Export: export})
		return
	}
	if strings.HasPrefix(message, "limit reached: ") {
		p.notes.write(note{Limit: message})
		return
	}
	if message != "TracerProvider created" || len(pairs) < 2 {
		return
	}
	config, ok := pairs[1].(logr.Marshaler)
	if !ok {
		return
	}
	p.notes.write(note{Provider: describeProvider(config.MarshalLog())})
}

func (p *providerLog) WithValues(...any) logr.LogSink { return p }
func (p *providerLog) WithName(string) logr.LogSink   { return p }

// describeProvider reads the struct that the SDK logs of a new provider. A
// field that another version of the SDK lacks is left empty.
func describeProvider(config any) *providerNote {
	fields := reflect.Indirect(reflect.ValueOf(config))
	var n providerNote
	if processors, ok := fieldOf(fields, "SpanProcessors").([]sdktrace.SpanProcessor); ok {
		for _, p := range processors {
			n.Processors = append(n.Processors, fmt.Sprintf("%T", p))
		}
	}
	n.Sampler, _ = fieldOf(fields, "SamplerType").(string)
	return &n
}

func fieldOf(v reflect.Value, name string) any {
	if v.Kind() != reflect.Struct {
		return nil
	}
	field := v.FieldByName(name)
	if !field.IsValid() {
		return nil
	}
	return field.Interface()
}

// notebook appends notes to a file, a line of JSON each.
type notebook struct{ path string }

// write loses a note that cannot be written: notes sharpen words, no more.
func (n *notebook) write(what note) {
	line, err := json.Marshal(what)
	if err != nil {
		return
	}
	file, err := os.OpenFile(n.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer file.Close()
	_, _ = file.Write(append(line, '\n'))
}

// read gives the notes that were written.
func (n *notebook) read() []note {
	file, err := os.Open(n.path)
	if err != nil {
		return nil
	}
	defer file.Close()
	var notes []note
	for decoder := json.NewDecoder(file); ; {
		var next note
		if decoder.Decode(&next) != nil {
			return notes
		}
		notes = append(notes, next)
	}
}
