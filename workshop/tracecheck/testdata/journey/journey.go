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
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"example.com/tracing-workshop/workshop/internal/port"
	"example.com/tracing-workshop/workshop/tracecheck/testdata/announce"
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
	"stack-overflow":   func() { overflow(0) },
	"concurrent-map":   concurrentMap,
	"loop":             loop,
	"loop-elsewhere":   loopElsewhere,
	"deadlock-channel": func() { announce.WhenBlocked(); <-make(chan int) },
	"deadlock-mutex":   deadlockMutex,
	"deadlock-group":   deadlockGroup,
	"sleep":            func() { announce.WhenBlocked(); time.Sleep(time.Hour) },
	"flood-stdout":     func() { flood(os.Stdout) },
	"flood-stderr":     func() { flood(os.Stderr) },
	"long-then-span":   longThenSpan,
	"long-then-hang":   func() { writeTwoMegabytes(os.Stderr); deadlockGroup() },
	"long-then-panic":  longThenPanic,
	"read-stdin":       readStdin,
	"stop-at-once":     stopAtOnce,
	"ignore-interrupt": ignoreInterrupt,
	"open-span":        openSpan,
	"ride":             ride,
	"two-providers":    twoProviders,
	"fail":             func() { fmt.Fprintln(os.Stderr, "journey: no trains in \"Atlantis\""); os.Exit(1) },
	"grandchild":       grandchild,
	"hold-output":      holdOutput,
	"provider":         makeProvider,
	"serve":            serve,
	"handler-panics":   answer(panicNilMap),
	"handler-exits":    answer(func() { log.Fatal("no trains today") }),
	"handler-waits":    answer(waitForNobody),
	"handler-sleeps":   answer(func() { fmt.Println("ready"); time.Sleep(time.Hour) }),
	"service-fails":    func() { log.Fatal("no timetable") },
	"service-loiters":  func() { announce.WhenBlocked(); time.Sleep(time.Hour) },
	"service-is-deaf":  deafService,
	"sleeper":          waitForSleeper,
	"sender":           sendToNobody,
	"timer":            receiveFromTimer,
	"timer-in-select":  selectTimer,
	"race":             race,
	"leave-file":       func() { _ = os.WriteFile("left-behind.txt", nil, 0o600) },
	"http-exporter":    exportOverHTTP,
	"limits":           limitSpans,
	"many-spans":       manySpans,
}

// serve is a service that logs nothing: serve -addr host:port. It answers what
// the server at /?ask=URL answers, and drains when it is told to stop.
func serve() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", os.Args[3])
	if err != nil {
		os.Exit(1)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := http.Get(r.FormValue("ask"))
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		_, _ = io.Copy(w, answer.Body)
	})}
	go func() { _ = server.Serve(listener) }()
	<-ctx.Done()
	_ = server.Shutdown(context.Background())
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

func loop() {
	var steps atomic.Int64
	announce.When(func() bool { return steps.Load() > 0 })
	for {
		steps.Add(1)
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
	announce.WhenBlocked()
	mu.Lock()
}

func deadlockGroup() {
	var workers sync.WaitGroup
	workers.Add(1)
	announce.WhenBlocked()
	workers.Wait()
}

// flood writes a gigabyte.
func flood(w io.Writer) {
	lines := []byte(strings.Repeat(strings.Repeat("tuut ", 13)+"\n", 1<<9))
	for range 1 << 15 {
		if _, err := w.Write(lines); err != nil {
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

// grandchild starts one that holds stdout open, and then ends, or loops. By the
// port that is open it shows that it lives.
func grandchild() {
	at, err := port.Reserve()
	if err != nil {
		log.Fatal(err)
	}
	address := at.Address
	cmd := exec.Command(os.Args[0], "hold-output", address)
	cmd.Stdout = os.Stdout
	if err := cmd.Start(); err != nil {
		log.Fatal(err)
	}
	for !port.Open(address) {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("started one that listens on", address)
	if len(os.Args) > 2 {
		loop()
	}
}

func holdOutput() {
	if _, err := net.Listen("tcp", os.Args[2]); err != nil {
		log.Fatal(err)
	}
	time.Sleep(time.Hour)
}

// makeProvider makes, and registers, what its arguments say.
func makeProvider() {
	var options []sdktrace.TracerProviderOption
	register, shutdown, start, end, late := false, false, false, false, false
	patience := time.Hour
	for _, arg := range os.Args[2:] {
		switch arg {
		case "never-sample":
			options = append(options, sdktrace.WithSampler(sdktrace.NeverSample()))
		case "batch":
			options = append(options, sdktrace.WithBatcher(nowhere{}))
		case "otlp":
			exporter, err := otlptracehttp.New(context.Background(), otlptracehttp.WithEndpointURL("http://127.0.0.1:1"))
			if err != nil {
				log.Fatal(err)
			}
			options = append(options, sdktrace.WithBatcher(exporter))
		case "slow":
			options = append(options, sdktrace.WithBatcher(never{}))
		case "sync":
			options = append(options, sdktrace.WithSyncer(nowhere{}))
		case "register":
			register = true
		case "shutdown":
			shutdown = true
		case "hasty-shutdown":
			shutdown, patience = true, time.Millisecond
		case "open":
			start = true
		case "span":
			start, end = true, true
		case "late-span":
			start, late = true, true
		}
	}
	provider := sdktrace.NewTracerProvider(options...)
	if register {
		otel.SetTracerProvider(provider)
	}
	var span trace.Span
	if start {
		_, span = otel.Tracer("journey").Start(context.Background(), "journey")
	}
	if end {
		span.End()
	}
	if shutdown {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = provider.Shutdown(ctx)
	}
	if late {
		span.End()
	}
}

type nowhere struct{}

func (nowhere) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return nil }
func (nowhere) Shutdown(context.Context) error                             { return nil }

// never does not come to an end with what it is given.
type never struct{ nowhere }

func (never) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error {
	select {}
}

// twoProviders registers one, and gives the exporter to the other.
func twoProviders() {
	otel.SetTracerProvider(sdktrace.NewTracerProvider())
	sdktrace.NewTracerProvider(sdktrace.WithBatcher(nowhere{}))
	_, span := otel.Tracer("journey").Start(context.Background(), "journey")
	span.End()
}

// openSpan waits in the middle of a span, and knows nothing of signals.
func openSpan() {
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithBatcher(nowhere{})))
	_, span := otel.Tracer("journey").Start(context.Background(), "journey")
	defer span.End()
	announce.WhenBlocked()
	time.Sleep(time.Hour)
}

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

// ride prints a plan, and then the spans that the arguments name.
func ride() {
	fmt.Println("Amsterdam to Zurich: 5 stops")
	for _, name := range os.Args[2:] {
		change, found := spans[name]
		if !found {
			log.Fatalf("no span is called %q", name)
		}
		fmt.Println(strings.NewReplacer(change...).Replace(Span))
	}
}

// spans has what to replace in Span, and by what.
var spans = map[string][]string{
	"right":           nil,
	"second":          {"b7ad6b7169203331", "00f067aa0ba902b7"},
	"other-trace":     {"0af7651916cd43dd8448eb211c80319c", "4bf92f3577b34da6a3ce929d0e0e4736", ":00Z", ":01Z", ":00.25Z", ":01.25Z"},
	"of-Zurich":       {`{"Name":"journey","`, `{"Name":"journey to of-Zurich","`},
	"trip":            {`{"Name":"journey","`, `{"Name":"trip","`},
	"long-name":       {`{"Name":"journey","`, `{"Name":"` + strings.Repeat("Zürich Hauptbahnhof ", 40) + `","`},
	"misspelt":        {"journey.stops", "journey.stop"},
	"stops-on-event":  {`"journey.stops"`, `"x"`, `"station"`, `"journey.stops"`},
	"stops-as-string": {`{"Type":"INT64","Value":5}`, `{"Type":"STRING","Value":"5"}`},
	"stops-as-list":   {`{"Type":"INT64","Value":5}`, `{"Type":"STRINGSLICE","Value":["Utrecht","Cologne"]}`},
	"long-value":      {`{"Type":"INT64","Value":5}`, `{"Type":"STRING","Value":"` + strings.Repeat("五", 5000) + `"}`},
	"four-stops":      {`"Value":5`, `"Value":4`},
	"departed":        {`"arrived"`, `"departed"`},
	"no-event":        {`"arrived"`, `"exception"`},
	"failed":          {`"Code":"Unset","Description":""`, `"Code":"Error","Description":"no trains"`},
	"backwards":       {"12:00:00.25Z", "11:59:59Z"},
	"made-up-service": {`"Value":"journey-planner"`, `"Value":"unknown_service:step01"`},
	"no-service":      {"service.name", "train.class"},
	"stranger":        {`"service.name"`, `"train.class"`, `{"Key":"journey.from"`, `{"Key":"service.name"`},
}

// Span is one span as the stdouttrace exporter prints it.
const Span = `{"Name":"journey","SpanContext":{"TraceID":"0af7651916cd43dd8448eb211c80319c","SpanID":"b7ad6b7169203331","TraceFlags":"01","TraceState":"","Remote":false},"Parent":{"TraceID":"00000000000000000000000000000000","SpanID":"0000000000000000","TraceFlags":"00","TraceState":"","Remote":false},"SpanKind":1,"StartTime":"2025-03-01T12:00:00Z","EndTime":"2025-03-01T12:00:00.25Z","Attributes":[{"Key":"journey.from","Value":{"Type":"STRING","Value":"Amsterdam"}},{"Key":"journey.to","Value":{"Type":"STRING","Value":"Zurich"}},{"Key":"journey.stops","Value":{"Type":"INT64","Value":5}}],"Events":[{"Name":"arrived","Attributes":[{"Key":"station","Value":{"Type":"STRING","Value":"Zurich"}}],"DroppedAttributeCount":0,"Time":"2025-03-01T12:00:00.2Z"}],"Links":null,"Status":{"Code":"Unset","Description":""},"DroppedAttributes":0,"DroppedEvents":0,"DroppedLinks":0,"ChildSpanCount":0,"Resource":[{"Key":"service.name","Value":{"Type":"STRING","Value":"journey-planner"}}],"InstrumentationScope":{"Name":"journey-planner","Version":"","SchemaURL":"","Attributes":null}}`
