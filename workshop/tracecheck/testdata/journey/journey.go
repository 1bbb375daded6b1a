// Package journey holds programs as learners write them, good ones and broken
// ones. The tests of tracecheck run them in the place of a step's program.
package journey

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Main runs the program that the first argument names.
func Main() {
	program, found := programs[os.Args[1]]
	if !found {
		fmt.Fprintf(os.Stderr, "no program is called %q\n", os.Args[1])
		os.Exit(64)
	}
	program()
}

var programs = map[string]func(){
	"print":            func() { fmt.Println(strings.Join(os.Args[2:], "\n")) },
	"complain":         func() { fmt.Fprintln(os.Stderr, strings.Join(os.Args[2:], "\n")) },
	"nothing":          func() {},
	"environment":      func() { fmt.Println(strings.Join(os.Environ(), "\n")) },
	"exit-3":           func() { os.Exit(3) },
	"exit-2":           func() { fmt.Fprintln(os.Stderr, "don't panic: see the manual"); os.Exit(2) },
	"log-fatal":        func() { log.Fatal("no trains today") },
	"panic":            func() { panic("no trains today") },
	"panic-error":      func() { panic(errors.New("no trains\ntoday")) },
	"panic-nil-map":    panicNilMap,
	"panic-in-span":    panicInSpan,
	"panic-elsewhere":  panicElsewhere,
	"stack-overflow":   func() { debug.SetMaxStack(1 << 20); overflow(0) },
	"concurrent-map":   concurrentMap,
	"loop":             func() { loop() },
	"loop-elsewhere":   loopElsewhere,
	"deadlock-channel": func() { <-make(chan int) },
	"deadlock-mutex":   deadlockMutex,
	"deadlock-group":   deadlockGroup,
	"sleep":            func() { time.Sleep(time.Hour) },
	"flood-stdout":     func() { flood(os.Stdout) },
	"flood-stderr":     func() { flood(os.Stderr) },
	"long-then-span":   longThenSpan,
	"long-then-panic":  longThenPanic,
	"read-stdin":       readStdin,
	"stop-at-once":     stopAtOnce,
	"ignore-interrupt": ignoreInterrupt,
	"default-signals":  func() { fmt.Println("ready"); time.Sleep(time.Hour) },
	"grandchild":       grandchild,
	"hold-output":      func() { time.Sleep(holdOutput) },
	"provider":         makeProvider,
	"http-exporter":    exportOverHTTP,
}

func panicNilMap() {
	var stops map[string]int
	stops["Zurich"]++ // the panic
}

// panicInSpan panics where a deferred span.End recovers and panics again.
func panicInSpan() {
	otel.SetTracerProvider(sdktrace.NewTracerProvider())
	_, span := otel.Tracer("journey").Start(context.Background(), "journey")
	defer span.End()
	panicNilMap()
}

func panicElsewhere() {
	go panicNilMap()
	<-make(chan int)
}

func overflow(n int) int { return overflow(n+1) + n }

func concurrentMap() {
	stops := map[int]int{}
	for worker := range 8 {
		go func() {
			for {
				stops[worker]++
			}
		}()
	}
	<-make(chan int)
}

var steps int

func loop() {
	for {
		steps++
	}
}

func loopElsewhere() {
	var workers sync.WaitGroup
	workers.Go(loop)
	workers.Wait()
}

func deadlockMutex() {
	var mu sync.Mutex
	mu.Lock()
	mu.Lock()
}

func deadlockGroup() {
	var workers sync.WaitGroup
	workers.Add(1)
	workers.Wait()
}

// flood writes a gigabyte.
func flood(w io.Writer) {
	line := []byte(strings.Repeat("tuut ", 13) + "\n")
	for range 1 << 24 {
		if _, err := w.Write(line); err != nil {
			os.Exit(5)
		}
	}
}

func longThenSpan() {
	writeTwoMegabytes(os.Stdout)
	fmt.Println(Span)
}

func longThenPanic() {
	writeTwoMegabytes(os.Stderr)
	panicNilMap()
}

func writeTwoMegabytes(w io.Writer) {
	buffered := bufio.NewWriter(w)
	for range 1 << 15 {
		buffered.WriteString(strings.Repeat("x", 63) + "\n")
	}
	buffered.Flush()
}

func readStdin() {
	read, err := io.ReadAll(os.Stdin)
	fmt.Printf("read %d bytes, %v\n", len(read), err)
}

// stopAtOnce is a program that heeds Ctrl-C.
func stopAtOnce() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fmt.Println("ready")
	<-ctx.Done()
	fmt.Println("stopped")
}

func ignoreInterrupt() {
	signal.Ignore(os.Interrupt)
	fmt.Println("ready")
	<-make(chan int)
}

// holdOutput is how long the program's grandchild keeps stdout open.
const holdOutput = 20 * time.Second

func grandchild() {
	cmd := exec.Command(os.Args[0], "hold-output")
	cmd.Stdout = os.Stdout
	if err := cmd.Start(); err != nil {
		log.Fatal(err)
	}
	fmt.Println("pid", cmd.Process.Pid)
}

// makeProvider makes, and registers, what its arguments say.
func makeProvider() {
	var options []sdktrace.TracerProviderOption
	register, shutdown := false, false
	for _, arg := range os.Args[2:] {
		switch arg {
		case "never-sample":
			options = append(options, sdktrace.WithSampler(sdktrace.NeverSample()))
		case "batch":
			options = append(options, sdktrace.WithBatcher(nowhere{}))
		case "sync":
			options = append(options, sdktrace.WithSyncer(nowhere{}))
		case "register":
			register = true
		case "shutdown":
			shutdown = true
		}
	}
	provider := sdktrace.NewTracerProvider(options...)
	if register {
		otel.SetTracerProvider(provider)
	}
	if shutdown {
		_ = provider.Shutdown(context.Background())
	}
}

type nowhere struct{}

func (nowhere) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return nil }
func (nowhere) Shutdown(context.Context) error                             { return nil }

func exportOverHTTP() {
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		log.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(provider)
	_, span := otel.Tracer("journey").Start(ctx, "journey")
	span.End()
	_ = provider.Shutdown(ctx)
}

// Span is one span as the stdouttrace exporter prints it.
const Span = `{"Name":"journey","SpanContext":{"TraceID":"0af7651916cd43dd8448eb211c80319c","SpanID":"b7ad6b7169203331","TraceFlags":"01","TraceState":"","Remote":false},"Parent":{"TraceID":"00000000000000000000000000000000","SpanID":"0000000000000000","TraceFlags":"00","TraceState":"","Remote":false},"SpanKind":1,"StartTime":"2025-03-01T12:00:00Z","EndTime":"2025-03-01T12:00:00.25Z","Attributes":[{"Key":"journey.from","Value":{"Type":"STRING","Value":"Amsterdam"}},{"Key":"journey.to","Value":{"Type":"STRING","Value":"Zurich"}},{"Key":"journey.stops","Value":{"Type":"INT64","Value":5}}],"Events":[{"Name":"arrived","Attributes":[{"Key":"station","Value":{"Type":"STRING","Value":"Zurich"}}],"DroppedAttributeCount":0,"Time":"2025-03-01T12:00:00.2Z"}],"Links":null,"Status":{"Code":"Unset","Description":""},"DroppedAttributes":0,"DroppedEvents":0,"DroppedLinks":0,"ChildSpanCount":0,"Resource":[{"Key":"service.name","Value":{"Type":"STRING","Value":"journey-planner"}}],"InstrumentationScope":{"Name":"journey-planner","Version":"","SchemaURL":"","Attributes":null}}`
