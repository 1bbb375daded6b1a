package neighbour

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/backend"
	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// fakeSystem plays a system.
type fakeSystem struct {
	missing error // what the machine lacks
	here    bool  // it is fetched
	fetches int
	fails   error // of the start
	process *fakeProcess
	options backend.Options // of the last start
}

func (f *fakeSystem) Lacks() error { return f.missing }

func (f *fakeSystem) Fetched() (int64, bool) { return 66 << 20, f.here }

func (f *fakeSystem) Fetch(ctx context.Context, report func(backend.Progress)) error {
	f.fetches++
	for i := range 3 {
		report(backend.Progress{Stage: "downloading", Done: i, Total: 2})
	}
	f.here = ctx.Err() == nil
	return ctx.Err()
}

func (f *fakeSystem) Start(_ context.Context, o backend.Options) (running, error) {
	f.options = o
	if f.fails != nil {
		return running{}, f.fails
	}
	if o.Log != nil {
		_, _ = o.Log.Write([]byte("its log\n"))
	}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return running{}, err
	}
	f.process = &fakeProcess{done: make(chan struct{})}
	addresses := []backend.Address{{What: "CQL", Value: "127.0.0.1:9042"}, {What: "gossip", Value: "127.0.0.1:7000"}}
	return running{f.process, addresses}, os.WriteFile(filepath.Join(o.Folder, "rows"), make([]byte, 3<<20), 0o600)
}

// fakeProcess plays one that runs.
type fakeProcess struct {
	done    chan struct{}
	err     error
	stopped bool
}

func (p *fakeProcess) Stop() error           { p.stopped = true; return nil }
func (p *fakeProcess) Kill()                 {}
func (p *fakeProcess) Done() <-chan struct{} { return p.done }
func (p *fakeProcess) Err() error            { return p.err }

// playing makes a cache folder of its own, in which the only system is a fake
// Cassandra, and gives the command and what it prints.
func playing(t *testing.T, f *fakeSystem) (*Host, *workshoptest.Screen) {
	t.Helper()
	ownCache(t)
	screen := workshoptest.NewScreen()
	s := system{
		name: "cassandra", title: "Cassandra 5.0", about: "a database that is larger than a machine",
		lacks: f.Lacks, fetched: f.Fetched, fetch: f.Fetch, start: f.Start,
	}
	room := func(string) (uint64, error) { return 50 << 30, nil }
	return &Host{Console: console.New(screen), Repository: workshoptest.Here(t), all: []system{s}, room: room}, screen
}

// ownCache makes a user cache folder for one test.
func ownCache(t *testing.T) (folder string) {
	t.Helper()
	for _, variable := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(variable, t.TempDir())
	}
	folder, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, "tracing-workshop")
}

// TestBackend fetches, starts, greets, and stops at Ctrl-C.
func TestBackend(t *testing.T) {
	f := &fakeSystem{}
	h, screen := playing(t, f)
	ctx, controlC := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx, "cassandra") }()
	screen.Await(t, "cassandra.yaml\n")
	workshoptest.Contains(t, screen.String(),
		"Cassandra 5.0 is not on this machine yet", "\ndownloading: 0 of 2\nCassandra 5.0 is fetched: 66 MB",
		"Cassandra 5.0 runs. Ctrl-C stops it.\n", "It keeps what it stores in ", filepath.Join("backend-data", "cassandra")+".\n",
		"To forget that: go run ../.. backend -rm cassandra\n",
		"  CQL     127.0.0.1:9042\n  gossip  127.0.0.1:7000\n", "in a terminal of its own:\n\n  go run ../.. jaeger -config "+shown(t, "cassandra.yaml")+"\n")

	other, again := playingBeside(h)
	if err := other.Run(t.Context(), "cassandra"); err == nil || err.Error() != "cassandra runs already, in another terminal: use that one, or end it there with Ctrl-C" {
		t.Errorf("a second start gives %v", err)
	}
	if err := other.Forget([]string{"cassandra"}); err == nil || err.Error() != "cassandra runs at this moment: end it with Ctrl-C in its terminal, then: go run ../.. backend -rm cassandra" {
		t.Errorf("-rm gives %v", err)
	}
	if err := other.List(); err != nil {
		t.Error(err)
	}
	workshoptest.Contains(t, again.String(), "cassandra         66 MB     3 MB  runs\n    Cassandra 5.0: a database that is larger than a machine\n")

	controlC()
	if err := <-ended; err != nil || !f.process.stopped {
		t.Errorf("it ends with %v, and is stopped: %v", err, f.process.stopped)
	}
	workshoptest.Contains(t, screen.String(), "\nCassandra 5.0 has stopped.\n")

	f.missing = errors.New("no more Java")
	for _, want := range []string{"Removed what cassandra has stored, 3 MB: ", "cassandra has stored nothing: there is nothing to forget.\n"} {
		again.Reset()
		if err := other.Forget([]string{"cassandra"}); err != nil {
			t.Error(err)
		}
		workshoptest.Contains(t, again.String(), want)
	}
	if !f.here {
		t.Error("what was fetched is gone, too")
	}
}

// TestBackendWithFile hands a file on, and does not claim to know what is in it.
func TestBackendWithFile(t *testing.T) {
	f := &fakeSystem{here: true}
	h, screen := playing(t, f)
	h.Config = "mine.yaml"
	h.all[0].name = "collector"
	ctx, controlC := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx, "collector") }()
	screen.Await(t, "It hands them on as mine.yaml says.\n")
	controlC()
	if err := <-ended; err != nil || f.options.Config != "mine.yaml" {
		t.Errorf("it ends with %v, and its options are %+v", err, f.options)
	}
	workshoptest.Lacks(t, screen.String(), "OTEL_EXPORTER_OTLP_ENDPOINT", "zipkin", "-rm")
}

// TestListOfWhatIsLacking says once how what is lacking comes here, and fits a
// terminal.
func TestListOfWhatIsLacking(t *testing.T) {
	get := "sudo apt install openjdk-17-jdk-headless"
	f := &fakeSystem{missing: &backend.Missing{What: "it needs Java 17, and none is in JAVA_HOME or on PATH, where this command looks for it", Get: get}}
	h, screen := playing(t, f)
	h.all = append(h.all, h.all[0])
	if err := h.List(); err != nil {
		t.Fatal(err)
	}
	workshoptest.Contains(t, screen.String(), "cassandra             -        -  lacks something\n", "    it needs Java 17, and none is", "What is lacking comes with:\n  "+get+"\n", "To start one, ")
	if n := strings.Count(screen.String(), get); n != 1 {
		t.Errorf("it says so %d times:\n%s", n, screen)
	}
	for line := range strings.Lines(screen.String()) {
		if len(line) > 80 {
			t.Errorf("longer than 80 columns: %s", line)
		}
	}
}

// playingBeside gives the command in another terminal.
func playingBeside(h *Host) (*Host, *bytes.Buffer) {
	var out bytes.Buffer
	return &Host{Console: console.New(&out), Repository: h.Repository, all: h.all, room: h.room}, &out
}

// TestBackendThatEnds says why, and does not call it a success.
func TestBackendThatEnds(t *testing.T) {
	for want, why := range map[string]error{
		"Cassandra has ended: no memory":    errors.New("Cassandra has ended: no memory"),
		"Cassandra 5.0 has ended by itself": nil,
	} {
		f := &fakeSystem{here: true}
		h, screen := playing(t, f)
		ended := make(chan error, 1)
		go func() { ended <- h.Run(t.Context(), "cassandra") }()
		screen.Await(t, "cassandra.yaml\n")
		f.process.err = why
		close(f.process.done)
		if err := <-ended; err == nil || err.Error() != want {
			t.Errorf("it ends with %v, want %s", err, want)
		}
		workshoptest.Lacks(t, screen.String(), "has stopped")
	}
}

// TestBackendThatDoesNotStart says why, and keeps nobody from trying once more.
func TestBackendThatDoesNotStart(t *testing.T) {
	f := &fakeSystem{here: true}
	h, screen := playing(t, f)
	for want, fails := range map[string]error{
		"Cassandra 5.0 does not start: no memory": errors.New("Cassandra 5.0 does not start: no memory"),
		"Cassandra 5.0 needs port 127.0.0.1:9042, and another program has it: stop that one first, or add -free to take other ports": &backend.TakenError{System: "Cassandra 5.0", Address: "127.0.0.1:9042"},
	} {
		f.fails = fails
		if err := h.Run(t.Context(), "cassandra"); err == nil || err.Error() != want {
			t.Errorf("it ends with %v, want %s", err, want)
		}
	}
	workshoptest.Lacks(t, screen.String(), "runs")
}

// TestBackendThatLacksSomething neither fetches nor starts.
func TestBackendThatLacksSomething(t *testing.T) {
	f := &fakeSystem{missing: errors.New("cassandra needs Java 17")}
	h, screen := playing(t, f)
	for _, err := range []error{h.Run(t.Context(), "cassandra"), h.Fetch(t.Context(), []string{"cassandra"})} {
		if !errors.Is(err, f.missing) {
			t.Errorf("it ends with %v", err)
		}
	}
	if f.fetches > 0 || screen.String() != "" {
		t.Errorf("%d fetches, and it says %q", f.fetches, screen)
	}
}

func TestBackendOnAFullDisk(t *testing.T) {
	f := &fakeSystem{}
	h, _ := playing(t, f)
	h.room = func(string) (uint64, error) { return 200 << 20, nil }
	const want = "has 0.2 GB left, and up to 0.3 GB are needed: make room there"
	if err := h.Run(t.Context(), "cassandra"); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("it ends with %v, want %s", err, want)
	}
	if f.fetches > 0 || f.process != nil {
		t.Error("it goes on")
	}
}

// TestBackendFetchOnly starts nothing, and fetches nothing twice.
func TestBackendFetchOnly(t *testing.T) {
	f := &fakeSystem{}
	h, screen := playing(t, f)
	lacking := h.all[0]
	lacking.name, lacking.lacks = "kafka", func() error { return errors.New("kafka needs Java 17") }
	h.all = append(h.all, lacking)

	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := h.Fetch(stopped, []string{"cassandra"}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped, it ends with %v", err)
	}
	workshoptest.Contains(t, screen.String(), "Stopped. What was fetched is kept: the next time goes on from there.\n")
	for range 2 {
		if err := h.Fetch(t.Context(), []string{"cassandra"}); err != nil {
			t.Error(err)
		}
	}
	workshoptest.Contains(t, screen.String(), "Cassandra 5.0 is fetched: 66 MB, in ", "Cassandra 5.0 is here: 66 MB.\n")
	err := h.Fetch(t.Context(), []string{"cassandra", "kafka"})
	if err == nil || err.Error() != "backend: not fetched, for the reasons above: kafka" {
		t.Errorf("it ends with %v", err)
	}
	workshoptest.Contains(t, screen.String(), "kafka is left out: kafka needs Java 17\n")
	if f.fetches != 2 || f.process != nil {
		t.Errorf("%d fetches, and started is %v; want 2, the first of which was stopped, and nothing", f.fetches, f.process)
	}
}

func TestBackendLog(t *testing.T) {
	h, screen := playing(t, &fakeSystem{here: true})
	var log bytes.Buffer
	h.Log = &log
	ctx, controlC := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx, "cassandra") }()
	screen.Await(t, "cassandra.yaml\n")
	controlC()
	if err := <-ended; err != nil || log.String() != "its log\n" {
		t.Errorf("it ends with %v, and logs %q", err, log.String())
	}
}

// TestBackendNext shows what to type next, for each system that there is.
func TestBackendNext(t *testing.T) {
	set := func(name, value string) string { return "  " + shell.SetVariable(runtime.GOOS, name, value) + "\n" }
	jaeger := func(file string) string {
		return "  go run ../.. jaeger -config " + shown(t, file) + "\n"
	}
	t.Setenv("ZIPKIN_ENDPOINT", "")
	tested := map[string]bool{"python": true} // by TestPythonNext
	for _, test := range []struct {
		name, address string
		want          []string
	}{
		{"cassandra", "127.0.0.1:9042", []string{":\n\n" + jaeger("cassandra.yaml")}},
		{"cassandra", "127.0.0.1:23456", []string{":\n\n" + set("CASSANDRA_ADDRESS", "127.0.0.1:23456") + jaeger("cassandra.yaml")}},
		{"opensearch", "127.0.0.1:9200", []string{":\n\n" + jaeger("opensearch.yaml")}},
		{"elasticsearch", "http://127.0.0.1:23456", []string{set("SEARCH_URL", "http://127.0.0.1:23456") + jaeger("elasticsearch.yaml")}},
		{"kafka", "127.0.0.1:9092", []string{":\n\n" + jaeger("storage.yaml") + jaeger("kafka-collector.yaml") + jaeger("kafka-ingester.yaml") + jaeger("query.yaml")}},
		{"kafka", "127.0.0.1:23456", []string{"in each of 4 more terminals:\n\n" + set("KAFKA_BROKER", "127.0.0.1:23456"), ":\n\n" + jaeger("storage.yaml")}},
		{"zipkin", "127.0.0.1:9411", []string{"  http://127.0.0.1:9411/zipkin/\n", ":\n\n  go run ../.. backend collector\n"}},
		{"zipkin", "127.0.0.1:23456", []string{set("ZIPKIN_ENDPOINT", "http://127.0.0.1:23456/api/v2/spans") + "  go run ../.. backend collector\n"}},
		{"collector", "127.0.0.1:4317", []string{set("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317"), "  go run ../.. backend zipkin\n"}},
		{"prometheus", "127.0.0.1:9090", []string{"  http://127.0.0.1:9090\n"}},
	} {
		var out bytes.Buffer
		h := &Host{Console: console.New(&out), Repository: workshoptest.Here(t)}
		h.tellNext(test.name, running{addresses: []backend.Address{{What: "OTLP", Value: test.address}}})
		workshoptest.Contains(t, out.String(), test.want...)
		tested[test.name] = true
	}
	for _, s := range realSystems() {
		if !tested[s.name] {
			t.Errorf("nothing is said to who has started %s", s.name)
		}
	}
	for _, file := range []string{"cassandra", "opensearch", "elasticsearch", "storage", "kafka-ingester", "kafka-collector", "query"} {
		if !workshoptest.Here(t).Has("step05-jaeger", "production", file+".yaml") {
			t.Errorf("there is no file %s.yaml", file)
		}
	}
}

// TestPythonNext asks the services that SERVICES names for what they answer, and
// shows their spans also where a Jaeger has taken the port.
func TestPythonNext(t *testing.T) {
	user := backend.Address{What: "user-service", Value: "http://127.0.0.1:8080"}
	joke := backend.Address{What: "joke-service", Value: "http://127.0.0.1:23456"}
	const own, other = "http://127.0.0.1:8081/jokes/random", "http://127.0.0.1:9999/joke"
	for _, test := range []struct {
		services []backend.Address
		jokeURL  string
		want     string
	}{
		{[]backend.Address{user, joke}, other, "Ask it, in a third one:\n\n  curl http://127.0.0.1:8080/fetch-external\n"},
		{[]backend.Address{joke, user}, "", "Ask it, in a third one:\n\n  curl http://127.0.0.1:8080/fetch-external\n"},
		{[]backend.Address{joke}, "", "Ask it, in a third one:\n\n  curl http://127.0.0.1:23456/jokes/random\n"},
		{[]backend.Address{user}, "", "the joke it has from " + own + ":\n\n  curl http://127.0.0.1:8080/fetch-external\n"},
		{[]backend.Address{user}, other, "the joke it has from " + other + ":\n\n  curl http://127.0.0.1:8080/fetch-external\n"},
	} {
		t.Setenv("JOKE_URL", test.jokeURL)
		var out bytes.Buffer
		h := &Host{Console: console.New(&out), Repository: workshoptest.Here(t)}
		h.tellNext("python", running{addresses: test.services})
		workshoptest.Contains(t, out.String(), ":\n\n  go run ../.. traces\n", ":\n\n  go run ../.. traces -from http://127.0.0.1:16686\n", test.want)
		if n := strings.Count(out.String(), "curl "); n != 1 {
			t.Errorf("%d questions, want one:\n%s", n, out.String())
		}
	}
}

// shown gives the path that is shown for a file of step05-jaeger/production:
// whoever runs this test may have filled its gap.
func shown(t *testing.T, file string) string {
	t.Helper()
	yours := filepath.Join("step05-jaeger", "production", file)
	text, err := os.ReadFile(filepath.Join("..", "..", "..", yours))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "TODO(") {
		yours = filepath.Join("solutions", yours)
	}
	return filepath.Join("..", "..", "..", yours)
}

// TestConfiguration shows the learner's own file as soon as it is whole.
func TestConfiguration(t *testing.T) {
	r := &repository.Repository{Root: t.TempDir()}
	h := &Host{Repository: r}
	write := func(text string, elements ...string) {
		file := r.Path(elements...)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write("# TODO(2): write\n", "step05-jaeger", "production", "cassandra.yaml")
	write("whole\n", "solutions", "step05-jaeger", "production", "cassandra.yaml")
	finished := filepath.Join("solutions", "step05-jaeger", "production", "cassandra.yaml")
	if got := h.configuration("cassandra.yaml"); !strings.HasSuffix(got, finished) {
		t.Errorf("with a gap, %s is shown", got)
	}
	write("mine\n", "step05-jaeger", "production", "cassandra.yaml")
	if got := h.configuration("cassandra.yaml"); strings.HasSuffix(got, finished) {
		t.Errorf("without a gap, %s is shown", got)
	}
}
