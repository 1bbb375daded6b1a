package deployment

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/backend"
	"example.com/tracing-workshop/workshop/internal/hostport"
)

// Need skips a test on a machine that lacks what one of these systems needs, as
// Java, or that has not fetched it yet. It says in one line what to do.
func Need(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		system, err := backend.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := system.AtHand(); err != nil {
			t.Skip(err)
		}
	}
}

// Backend is a system beside the Jaegers of a deployment: a database, a broker.
type Backend struct {
	member
	name    string // as Need has it
	process *backend.Process
}

// usualPorts are those at which the files look for systems.
var usualPorts = map[string]string{
	"cassandra": "9042", "opensearch": "9200", "elasticsearch": "9200", "kafka": "9092", "zipkin": "9411", "prometheus": "9090",
}

// Backend starts a system that [Need] knows, on ports that nobody else uses and
// without data. Where the file of a Jaeger that is started after it names its
// usual address, as 127.0.0.1:9042 for Cassandra, it gets the one in use. So does
// the collector, which hands spans on to Zipkin.
func (d *Deployment) Backend(name string) *Backend {
	b := &Backend{name: name}
	d.bring(b, "")
	return b
}

// bring starts it, with a configuration file if it is to have another one than
// its own.
func (d *Deployment) bring(b *Backend, config string) {
	b.member = member{d: d, name: b.name, restart: b.again}
	if d.failed() {
		return
	}
	if err := b.start(config); err != nil {
		d.fail(err)
		return
	}
	if usual, known := usualPorts[b.name]; known {
		d.moved[usual] = hostport.Of(b.process.Address())
	}
	d.quiet = slowPatience
	d.note("%s runs", b.process.System.Title)
}

func (b *Backend) start(config string) error {
	system, err := backend.Find(b.name)
	if err != nil {
		return err
	}
	b.member.name = strings.TrimRight(system.Title, " .0123456789") // without the version
	folder, err := os.MkdirTemp(b.d.stage.Folder(), b.name+"-")
	if err != nil {
		return err
	}
	if b.process, err = system.Start(b.d.ctx, backend.Options{Folder: folder, Free: true, Config: config, Env: b.d.environment()}); err != nil {
		return err
	}
	b.runs(b.process)
	return nil
}

// again starts it once more, on the same ports and with the same data.
func (b *Backend) again(ctx context.Context) (process, error) {
	again, err := b.process.Restart(ctx)
	if err != nil {
		return nil, err
	}
	b.process = again
	return again, nil
}

// Pass lets time pass, for what the Jaegers do in that time.
func (d *Deployment) Pass(time time.Duration) {
	if d.failed() {
		return
	}
	_ = pause(d.ctx, time)
}
