// Package deployment plays with several Jaegers that work together, and with the
// databases and brokers beside them.
//
// A check of package tracecheck looks at one program, or one Jaeger. A check of a
// deployment starts collectors, a query process, a storage, each with a file of
// the learner's, sends traces, takes a part away and brings it back, and counts
// what can be found in the end:
//
//	play := tracecheck.NewPlay(func(s *tracecheck.Stage) {
//		d := deployment.New(s, files)
//		storage := d.Jaeger("storage.yaml")
//		collector, query := d.Jaeger("collector.yaml"), d.Jaeger("query.yaml")
//		d.Send(collector, deployment.Visits(100))
//		storage.Kill()
//		d.Send(collector, deployment.Visits(100))
//		storage.Restart()
//		d.Look(query, "after the storage came back")
//	})
//
// When a part does not start, or ends though the script has not ended it, what
// follows in the script does nothing, and the verdict is about that part. The
// facts go into [tracecheck.Evidence], where the expectations of this package and
// the catalogue of causes find them.
package deployment

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// Deployment is what runs on the stage of a play.
type Deployment struct {
	stage   stage
	files   fs.FS
	facts   *tracecheck.Deployment
	ctx     context.Context
	cancel  context.CancelCauseFunc
	mu      sync.Mutex // for what is started while the play is discarded
	running []process

	moved map[string]string // from the port in the files to the address in use
	quiet time.Duration     // how long nothing more may come until nothing will
	away  []string          // what has been taken away, by its name
	sent  time.Time         // when the last spans of the traffic were
	taken time.Time         // when something was taken away, the last time
	built string            // the program of step 5, or ""
}

// New gives a deployment whose configuration files are in files.
func New(s *tracecheck.Stage, files fs.FS) *Deployment {
	d := newOn(s, files)
	s.AtEnd(d.conclude)
	s.Own(d.discard)
	return d
}

// stage is what a deployment needs of one.
type stage interface {
	Deployment() *tracecheck.Deployment
	Folder() string
}

// newOn gives a deployment that somebody else discards.
func newOn(s stage, files fs.FS) *Deployment {
	d := &Deployment{stage: s, files: files, facts: s.Deployment(), moved: map[string]string{}, quiet: quietPatience}
	d.ctx, d.cancel = context.WithCancelCause(context.Background())
	return d
}

// conclude fails where a part has ended by itself, and nothing has failed of it yet.
func (d *Deployment) conclude() {
	if gone := d.gone(); gone != nil {
		d.fail(gone)
	}
}

// discard ends everything.
func (d *Deployment) discard() {
	d.cancel(nil)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range slices.Backward(d.running) {
		r.Kill()
	}
}

// failed tells whether there is nothing more to play.
func (d *Deployment) failed() bool { return d.facts.Err != nil || d.ctx.Err() != nil }

// fail notes why a part does not run. The first counts. What comes of a part that
// has ended by itself may be seen a moment before its end is.
func (d *Deployment) fail(err error) {
	if d.facts.Err != nil {
		return
	}
	_ = pause(d.ctx, glance)
	if gone := d.gone(); gone != nil {
		err = gone
		d.note("%s has ended by itself", strings.TrimPrefix(gone.Part, "the "))
	}
	d.facts.Err = err
}

// note adds a line to the account that a verdict shows.
func (d *Deployment) note(format string, args ...any) {
	d.facts.Account = append(d.facts.Account, fmt.Sprintf(format, args...))
}

// Jaeger is one Jaeger of the deployment.
type Jaeger struct {
	member
	part *tracecheck.Part
}

// Jaeger starts a Jaeger with a configuration file, on ports that nobody else
// uses. Where the file names the usual address of something that runs in this
// deployment, as 127.0.0.1:17271 for a storage, it gets the one in use. What it
// is called in the account is the name of the file without its ending.
func (d *Deployment) Jaeger(file string) *Jaeger { return d.jaeger(d.files, file) }

// InMemory starts the Jaeger that one gets without a configuration file: it keeps
// traces in memory.
func (d *Deployment) InMemory() *Jaeger {
	folder := "workshop"
	if here, err := repository.Here(); err == nil {
		folder = here.Path(folder)
	}
	return d.jaeger(os.DirFS(folder), "jaeger-in-memory.yaml")
}

func (d *Deployment) jaeger(files fs.FS, file string) *Jaeger {
	j := &Jaeger{part: &tracecheck.Part{File: file, Log: &proc.Transcript{Last: 256 << 10}}}
	j.member = member{d: d, name: nameOf(file), restart: j.again}
	if d.failed() {
		return j
	}
	if err := d.start(j, files); err != nil {
		d.fail(err)
		return j
	}
	d.facts.Parts = append(d.facts.Parts, j.part)
	d.note("%s runs", file)
	d.learn(j)
	return j
}

// nameOf is what a Jaeger is called in the account. One that has its file's name
// from a database is not that database.
func nameOf(file string) string {
	name := strings.TrimSuffix(file, ".yaml")
	if _, system := usualPorts[name]; system {
		return "the Jaeger"
	}
	return "the " + name
}

func (d *Deployment) start(j *Jaeger, files fs.FS) error {
	text, err := fs.ReadFile(files, j.part.File)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp(d.stage.Folder(), "jaeger-")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, j.part.File), []byte(d.move(string(text))), 0o600); err != nil {
		return err
	}
	j.part.Policies = policies(string(text))
	binary, err := Binary()
	if err != nil {
		return err
	}
	j.part.Process, err = jaeger.Start(d.ctx, binary, jaeger.Options{
		Config: j.part.File, Dir: folder, OverlayDir: filepath.Join(folder, "data"), Log: j.part.Log, Env: d.environment(),
		Beside: slices.Collect(maps.Values(d.moved)), Moved: d.moved,
	})
	if err != nil {
		return err
	}
	j.runs(j.part.Process)
	return nil
}

// Kill ends it on the spot (SIGKILL).
func (j *Jaeger) Kill() {
	if j.d.failed() {
		return
	}
	j.member.Kill()
	j.part.Killed = true
	if _, broker := j.d.moved[usualPorts["kafka"]]; broker {
		j.d.quiet = slowPatience
	}
}

// again starts it once more, with the same file and the same data.
func (j *Jaeger) again(ctx context.Context) (process, error) {
	again, err := j.part.Process.Restart(ctx)
	if err != nil {
		return nil, err
	}
	j.part.Process = again
	return again, nil
}

// Binary gives the Jaeger of this machine, or jaeger.ErrMissing.
func Binary() (jaeger.Binary, error) {
	module, err := jaeger.FindModule(".")
	if err != nil {
		return jaeger.Binary{}, err
	}
	return jaeger.Find(module)
}

// usualStorage is the port at which a storage lets other Jaegers in.
const usualStorage = "17271"

// learn notes where others find it.
func (d *Deployment) learn(j *Jaeger) {
	if storage := j.part.Process.Endpoints.Storage; storage != "" {
		d.moved[usualStorage] = storage
	}
	if _, port, err := net.SplitHostPort(j.part.Process.Config.Endpoints().Metrics); err == nil {
		d.moved[port] = j.part.Process.Endpoints.Metrics
	}
}

var localAddress = regexp.MustCompile(`\b(?:127\.0\.0\.1|localhost):(\d+)\b`)

// move gives a file with the addresses in use in place of the usual ones.
func (d *Deployment) move(text string) string {
	return localAddress.ReplaceAllStringFunc(text, func(address string) string {
		_, port, _ := strings.Cut(address, ":")
		if is, moved := d.moved[port]; moved {
			return is
		}
		return address
	})
}

// environment gives the variables by which the files let others say where things
// are. The learner may have set them for Jaegers of their own.
func (d *Deployment) environment() []string {
	env := []string{
		"SEARCH_URL=http://" + d.move("127.0.0.1:9200"),
		"ZIPKIN_ENDPOINT=http://" + d.move("127.0.0.1:9411") + "/api/v2/spans",
	}
	for variable, usual := range map[string]string{"STORAGE_ADDRESS": usualStorage, "CASSANDRA_ADDRESS": "9042", "KAFKA_BROKER": "9092", "PROMETHEUS_ADDRESS": "9090"} {
		env = append(env, variable+"="+d.move("127.0.0.1:"+usual))
	}
	return env
}

// noticePatience is how long a collector may take to find out that it cannot hand
// spans on: its batch processor holds them back for 0.2 s, and a connection that
// is refused is tried again after a second.
const noticePatience = 3 * time.Second

// Notice waits until the Jaeger has logged that it could not hand spans on, or
// until it could have, so that what was taken away is away when it matters.
func (j *Jaeger) Notice() { j.logs(exportFailed, noticePatience) }

// logs waits until the log has such a line from the time after something was taken
// away, for as long as that may take.
func (j *Jaeger) logs(what *regexp.Regexp, patience time.Duration) {
	if j.d.failed() {
		return
	}
	for deadline := time.Now().Add(patience); !j.logged(what) && time.Now().Before(deadline); {
		if pause(j.d.ctx, glance) != nil {
			return
		}
	}
}

func (j *Jaeger) logged(what *regexp.Regexp) bool {
	for line := range strings.Lines(j.part.Log.String()) {
		stamp, _, _ := strings.Cut(line, "\t")
		at, err := time.Parse(time.RFC3339, stamp)
		if err == nil && at.After(j.d.taken) && what.MatchString(line) {
			return true
		}
	}
	return false
}

// exportFailed is what the Collector's exporter helper logs.
var exportFailed = regexp.MustCompile(`Exporting failed|Sender failed`)

// joinPatience is how long an ingester may take to be told by a broker what to
// read.
const joinPatience = 15 * time.Second

// Reads waits until the Jaeger has logged that a broker has told it what to read,
// or until it could have.
func (j *Jaeger) Reads() { j.logs(joined, joinPatience) }

// joined is what the client of the Collector's Kafka receiver logs.
var joined = regexp.MustCompile(`new group session begun`)
