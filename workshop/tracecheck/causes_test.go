package tracecheck

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/tracecheck/internal/cause"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// factCauses shows for causes what they are named for: a play, what is expected of
// it, and the learner's source where that matters. The corpus of mistakes in
// the solutions shows it for others, with whole programs.
var factCauses = []struct {
	cause  string
	play   func(*Stage)
	expect Expectation
	source string
}{
	{cause: "no-provider", play: runs("nothing")},
	{cause: "no-exporter", play: runs("provider", "register")},
	{cause: "exporter-not-used", play: runs("provider", "register"),
		source: `import "go.opentelemetry.io/otel/exporters/stdout/stdouttrace"; func f() { stdouttrace.New() }`},
	{cause: "provider-not-registered", play: runs("provider", "batch")},
	{cause: "wrong-provider-registered", play: runs("two-providers")},
	{cause: "sampled-out", play: runs("provider", "batch", "never-sample", "register", "span")},
	{cause: "no-shutdown", play: runs("provider", "batch", "register", "span"),
		source: "func f() { ctx, span := tracer.Start(ctx, `journey`); defer span.End() }"},
	{cause: "no-span-started", play: runs("provider", "batch", "register", "shutdown")},
	{cause: "span-never-ended", play: runs("provider", "batch", "register", "open", "shutdown"),
		source: "func f() { tracer.Start(ctx, `journey`) }"},
	{cause: "http-exporter-on-grpc-port", play: func(s *Stage) { s.Collector(); s.Run("http-exporter") }},
	{cause: "killed-by-signal", play: interrupted("open-span"),
		source: "func f() { otel.SetTracerProvider(provider) }"},
	{cause: "panic", play: runs("panic")},
	{cause: "endless-output", play: runs("flood-stderr")},
	{cause: "endless-loop", play: outOfTime("loop-elsewhere")},
	{cause: "deadlock", play: outOfTime("deadlock-mutex")},
	{cause: "never-exits", play: outOfTime("sleep")},
	{cause: "stop-ignored", play: func(s *Stage) {
		p := s.Start("ignore-interrupt")
		p.Grace = 10 * time.Millisecond
		p.Await("ready")
		p.Stop()
	}},
	{cause: "service-not-started", play: func(s *Stage) { s.Service("service-fails") }},
	{cause: "service-exited", play: func(s *Stage) { s.Get(s.Service("handler-exits")) },
		expect: Answers("/", 200, "")},
	{cause: "panic", play: func(s *Stage) { s.Get(s.Service("handler-panics")) },
		expect: Answers("/", 200, "")},
	{cause: "wrong-answer", play: func(s *Stage) { s.Get(s.Service("serve")) },
		expect: Answers("/", 200, "")},
	{cause: "simple-processor", expect: EndsWithin(0),
		play: func(s *Stage) { s.NoCollector(); s.Run("provider", "register", "sync") }},
	{cause: "shutdown-unbounded", expect: EndsWithin(0),
		play: func(s *Stage) { s.SilentCollector(); s.Run("provider", "register", "batch") }},
	{cause: "export-failure-fatal", expect: ExitCode(0),
		play: func(s *Stage) { s.NoCollector(); s.Run("exit-3") }},
	{cause: "export-failure-silent", expect: complains,
		play: func(s *Stage) { s.NoCollector(); s.Run("nothing") }},
	{cause: "wrong-exit-code", expect: ExitCode(1), play: runs("nothing")},
	{cause: "no-service-name", play: runs("ride", "no-service"),
		expect: OneSpan("journey", Resource("service.name", "journey-planner"))},
	{cause: "unknown", expect: Prints("a plan"), play: runs("nothing")},
	// What a file has to be for Jaeger to say that is in TestRealJaegerSaysWhatIsWrong,
	// of its package.
	{cause: "value-of-wrong-kind", play: refuses(`'queue.queue_size' expected type 'int64', got unconvertible type 'string'`)},
	{cause: "yaml-key-twice", play: refuses(`yaml: unmarshal errors: line 48: mapping key "exporters" already defined at line 22`)},
	{cause: "duration-unit", play: refuses("'max_elapsed_time' time: unknown unit")},
	{cause: "component-in-wrong-pipeline", play: refuses(`failed to create "prometheus" exporter for data type "traces": telemetry type is not supported`)},
	{cause: "queue-without-size", play: refuses("queue: `queue_size` must be positive")},
	{cause: "dimension-built-in", play: refuses("duplicate dimension name service.name")},
	{cause: "queue-waits", expect: misses(Refused, ""), play: deploys("collector.yaml", `{
		"exporters": {"jaeger_storage_exporter": {"queue": {"enabled": true, "wait_for_result": true}, "retry_on_failure": {"enabled": true}}},
		"service": {"pipelines": {"traces": {"exporters": ["jaeger_storage_exporter"]}}}}`)},
	{cause: "storage-of-its-own", expect: misses(Lost, ""), play: deploys("collector.yaml", `{
		"exporters": {"jaeger_storage_exporter": {"trace_storage": "spans"}},
		"extensions": {"jaeger_storage": {"backends": {"spans": {"badger": {}}}}},
		"service": {"pipelines": {"traces": {"exporters": ["jaeger_storage_exporter"]}}}}`)},
	{cause: "rate-is-no-share", expect: misses(Kept, Others), play: deploys("tail-sampling.yaml", `{
		"processors": {"tail_sampling": {}},
		"service": {"pipelines": {"traces": {"processors": ["tail_sampling"]}}}}`,
		Policy{Name: "some", Type: "rate_limiting", Processor: "tail_sampling", Settings: map[string]any{"spans_per_second": 100}})},
}

// refuses lets a Jaeger end with a message of its own.
func refuses(message string) func(*Stage) {
	return func(s *Stage) { s.Deployment().Err = &jaeger.StartError{Message: message} }
}

// deploys lets a Jaeger have run with a configuration, as it prints that.
func deploys(file, config string, policies ...Policy) func(*Stage) {
	return func(s *Stage) {
		parsed, err := jaeger.ParseConfig([]byte(config))
		if err != nil {
			panic(err)
		}
		s.Deployment().Parts = []*Part{{File: file, Process: &jaeger.Process{Config: parsed}, Policies: policies, Log: &proc.Transcript{}}}
	}
}

// misses falls short, whatever the evidence.
func misses(what evidence.Shortfall, key string) Expectation {
	return func(*Evidence) *Miss { return &Miss{What: what, Key: key} }
}

func runs(args ...string) func(*Stage) { return func(s *Stage) { s.Run(args...) } }

func interrupted(program string) func(*Stage) {
	return func(s *Stage) {
		p := s.Start(program)
		p.Await("ready")
		p.Stop()
	}
}

// outOfTime ends a program as its limit would, as soon as it hangs.
func outOfTime(program string) func(*Stage) {
	return func(s *Stage) {
		p := s.Start(program)
		p.Await("ready")
		p.Expire()
		p.Wait()
	}
}

func TestCausesFromFacts(t *testing.T) {
	t.Setenv(cause.ShuffleVariable, "1")
	t.Chdir("testdata/journey")
	for _, c := range factCauses {
		t.Run(c.cause, func(t *testing.T) {
			expect := c.expect
			if expect == nil {
				expect = OneSpan("journey")
			}
			play := NewPlay(func(s *Stage) { s.Limit(time.Minute); c.play(s) })
			step := fstest.MapFS{"journey.go": {Data: []byte("package main\n" + c.source)}}
			v, err := examine(t.TempDir(), step, []Check{{Name: "check", Play: play, Expect: expect}})
			if err != nil {
				t.Fatal(err)
			}
			if v.Fault == nil {
				t.Fatal("the check passes")
			}
			got := "unknown"
			if v.Diagnosis != nil {
				got = v.Diagnosis.Cause
			}
			if got != c.cause {
				t.Errorf("the cause is %q", got)
			}
		})
	}
}

// TestEveryCauseIsShown wants a mistake of the corpus, or else an entry of
// factCauses, for every cause that a verdict can name.
func TestEveryCauseIsShown(t *testing.T) {
	// The first two are no mistakes, and have a test in solutions, and in
	// deployment; the third shows with -race only, in TestRace.
	shown := append(corpusCauses(t), "jaeger-missing", "part-ended", "data-race")
	for _, c := range factCauses {
		shown = append(shown, c.cause)
	}
	for _, name := range Causes() {
		if !slices.Contains(shown, name) {
			t.Errorf("nothing shows when the cause %q is named", name)
		}
	}
}

// corpusCauses gives the causes that the corpus of mistakes names.
func corpusCauses(t *testing.T) []string {
	t.Helper()
	corpus := filepath.Join("..", "..", "solutions", "mistakes", "*")
	files, err := filepath.Glob(filepath.Join(corpus, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the corpus of mistakes is not there (%v)", err)
	}
	production, err := filepath.Glob(filepath.Join(corpus, "production", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, production...)
	var names []string
	for _, file := range files {
		text, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(text); lines.Scan(); {
			if name, found := strings.CutPrefix(lines.Text(), "cause: "); found {
				names = append(names, strings.TrimSpace(name))
			}
		}
		text.Close()
	}
	return names
}
