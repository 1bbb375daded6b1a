package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/backend"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// start starts the system, if the storage has one, and the Jaegers. Where it makes
// a difference what waits for the database, they run twice: without a queue, and
// with that of section 1.
func (s storage) start(t *testing.T, b jaeger.Binary) *held {
	t.Helper()
	h := &held{storage: s}
	var env []string
	if s.system != "" {
		p := startSystem(t, fetchedSystem(t, s.system), backend.Options{})
		database := &systemDatabase{p}
		t.Cleanup(func() { database.Kill() }) // the one that then runs
		h.database = database
		env = []string{s.address + "=" + p.Address()}
	}
	if s.away == waits {
		h.ways = []*deployed{deploy(t, b, s.files, env)}
	} else {
		h.ways = []*deployed{deploy(t, b, withQueue(t, s.files, ""), env), deploy(t, b, withQueue(t, s.files, queueOfLesson(t)), env)}
	}
	if s.system == "" {
		h.database = &jaegerDatabase{h.ways[0]}
	}
	return h
}

const (
	beforeQueue = "    trace_storage: trace_store\n"
	afterQueue  = "\nextensions:"
)

// queueOfLesson gives the queue of collector.yaml, and its patience.
func queueOfLesson(t *testing.T) string {
	t.Helper()
	queue := queueOf(t, solved("collector.yaml"))
	if !strings.Contains(queue, "queue_size:") || !strings.Contains(queue, "max_elapsed_time:") {
		t.Fatalf("collector.yaml has no queue:\n%s", queue)
	}
	return queue
}

// queueOf gives what a file says of the queue of its exporter, or "".
func queueOf(t *testing.T, file string) string {
	t.Helper()
	_, rest, found := strings.Cut(read(t, file), beforeQueue)
	queue, _, ends := strings.Cut(rest, afterQueue)
	if !found || !ends {
		t.Fatalf("%s has no exporter to a storage, with the extensions behind it", file)
	}
	return queue
}

// withQueue gives copies of files that have this queue, or none, in the place of
// what they have.
func withQueue(t *testing.T, files []string, queue string) []string {
	t.Helper()
	var all []string
	for _, file := range files {
		all = append(all, changed(t, file, beforeQueue+queueOf(t, file), beforeQueue+queue))
	}
	return all
}

// database is what can be killed.
type database interface {
	kill()
	restart(*testing.T)
	stop(*testing.T)
}

// systemDatabase is one that stands beside Jaeger.
type systemDatabase struct{ *backend.Process }

func (d *systemDatabase) kill() { d.Kill() }

func (d *systemDatabase) restart(t *testing.T) {
	t.Helper()
	again, err := d.Restart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.Process = again
}

func (d *systemDatabase) stop(t *testing.T) {
	t.Helper()
	if err := d.Err(); err != nil {
		t.Error(err)
	}
	if err := d.Stop(); err != nil {
		t.Error(err)
	}
}

// jaegerDatabase is the first Jaeger of those that are deployed, which owns
// the files.
type jaegerDatabase struct{ *deployed }

func (d *jaegerDatabase) kill()                { d.all[0].Kill() }
func (d *jaegerDatabase) restart(t *testing.T) { d.again(t, 0) }
func (d *jaegerDatabase) stop(*testing.T)      {} // it has ended with the others

// deployed are the Jaegers that together take spans in and answer questions.
type deployed struct {
	all     []*jaeger.Process
	in, out *jaeger.Process
	log     *workshoptest.Screen // of all of them
}

func deploy(t *testing.T, b jaeger.Binary, files, env []string) *deployed {
	t.Helper()
	d := &deployed{log: workshoptest.NewScreen()}
	t.Cleanup(func() { // those that then run
		for _, p := range d.all {
			p.Kill()
		}
		if t.Failed() {
			lines := slices.Collect(strings.Lines(d.log.String()))
			t.Logf("the last that %s said:\n%s", strings.Join(files, ", "), strings.Join(lines[max(0, len(lines)-30):], ""))
		}
	})
	for _, file := range files {
		p, err := jaeger.Start(t.Context(), b, jaeger.Options{Config: file, OverlayDir: t.TempDir(), Env: slices.Clone(env), Log: d.log})
		if err != nil {
			t.Fatal(err)
		}
		if p.Endpoints.Storage != "" {
			env = append(env, "STORAGE_ADDRESS="+p.Endpoints.Storage)
		}
		d.all = append(d.all, p)
	}
	d.assign()
	return d
}

// assign says which of them takes spans in, and which one answers.
func (d *deployed) assign() {
	for _, p := range d.all {
		if p.Endpoints.OTLPGRPC != "" {
			d.in = p
		}
		if p.Endpoints.Query != "" {
			d.out = p
		}
	}
}

// restart stops all, those that take spans in first, and starts them again.
func (d *deployed) restart(t *testing.T) {
	t.Helper()
	d.stop(t)
	for i := range d.all {
		d.again(t, i)
	}
}

func (d *deployed) again(t *testing.T, i int) {
	t.Helper()
	again, err := d.all[i].Restart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.all[i] = again
	d.assign()
}

// stop is an error for one that has ended by itself before.
func (d *deployed) stop(t *testing.T) {
	t.Helper()
	for _, p := range slices.Backward(d.all) {
		if err := p.Err(); err != nil {
			t.Error(err)
		}
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	}
}

// changed gives a copy of a file in which one thing is another.
func changed(t *testing.T, file, old, with string) string {
	t.Helper()
	text := read(t, file)
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q does not stand once in %s", old, file)
	}
	changed := filepath.Join(t.TempDir(), filepath.Base(file))
	if err := os.WriteFile(changed, []byte(strings.Replace(text, old, with, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return changed
}
