package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	goversion "go/version"
	"math"
	"net"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/disk"
	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/text"
)

func doctorCommand() command {
	return command{
		name:    "doctor",
		summary: "say whether this machine is ready",
		define: func(flags *flag.FlagSet) func(context.Context, *console.Console, []string) error {
			from := flags.String("from", "", "first install all that the steps and Jaeger need from this `folder`, a USB stick\n      or a share, which "+repository.Invocation+" pack has made; no network is needed")
			prefetch := flags.Bool("prefetch", false, "first download and compile all that the steps and Jaeger need, which takes\n      some minutes once; Ctrl-C is fine: the next time goes on from there")
			return func(ctx context.Context, c *console.Console, _ []string) error {
				r, err := repository.Here()
				if err != nil {
					return err
				}
				d := newDoctor(c, r)
				d.from = *from
				return d.examine(ctx, *prefetch)
			}
		},
	}
}

// doctor looks at what the workshop needs of a machine.
type doctor struct {
	*console.Console
	*repository.Repository

	// What there is to be looked at. Tests say something else.
	goVariables func(ctx context.Context, folder string) (map[string]string, error)
	ports       []port
	freeSpace   disk.Free
	docker      func(ctx context.Context) (version string, err error)

	from       string   // a stick to install from; "" for none
	goSettings []string // what the go command finds in its environment while installing, as key=value

	env      map[string]string // of the go command
	missing  []string          // modules that are not here
	noJaeger bool              // there is none yet
	failed   bool              // something is as it must not be
}

func newDoctor(c *console.Console, r *repository.Repository) *doctor {
	return &doctor{
		Console: c, Repository: r,
		goVariables: gotool.Variables, ports: workshopPorts(), freeSpace: proc.FreeSpace, docker: askDocker,
	}
}

// errNotReady is told after the lines that say what is wrong.
var errNotReady = errors.New("the workshop cannot be done on this machine yet: do what the lines with ✗ say")

// examine prints a line for each thing, and gives an error if the workshop
// cannot be done. What is inconvenient is no error.
func (d *doctor) examine(ctx context.Context, prefetch bool) error {
	d.examineGo(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if d.failed { // without Go nothing else can be told
		return errNotReady
	}
	if d.from != "" {
		if err := d.install(ctx); err != nil {
			return err
		}
	}
	if prefetch {
		if err := d.prefetch(ctx); err != nil {
			return err
		}
	}
	for _, look := range []func(context.Context){
		d.examineModules, d.examinePorts, d.examineJaeger, d.examineDocker, d.examineDisk,
	} {
		look(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if d.failed {
		return errNotReady
	}
	d.Printf("\nThis machine can do the workshop. Begin with: %s\n", d.Bold(repository.Invocation))
	return nil
}

func (d *doctor) ok(what, format string, args ...any) { d.line(d.Green("ok"), what, format, args...) }

// note is a line about something that nobody needs.
func (d *doctor) note(what, format string, args ...any) { d.line(d.Faint("- "), what, format, args...) }

// warn is a line about something to be known, and to be done perhaps.
func (d *doctor) warn(what, format string, args ...any) {
	d.line(d.Yellow("! "), what, format, args...)
}

// fail is a line about what stands in the way of the workshop.
func (d *doctor) fail(what, format string, args ...any) {
	d.failed = true
	d.line(d.Red("✗ "), what, format, args...)
}

// line prints a text of one or more lines about something.
func (d *doctor) line(sign, what, format string, args ...any) {
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "\n"+strings.Repeat(" ", len("ok  modules  ")))
	d.Printf("%s  %-7s  %s\n", sign, what, text)
}

// examineGo looks at the go command that the learner's terminal runs.
func (d *doctor) examineGo(ctx context.Context) {
	env, err := d.goVariables(ctx, d.Root)
	if ctx.Err() != nil {
		return
	}
	if errors.Is(err, exec.ErrNotFound) {
		d.fail("Go", "There is no go command on PATH.\nInstall Go from https://go.dev/dl and open a new terminal.")
		return
	}
	if err != nil {
		d.fail("Go", "The go command does not work: %v", err)
		return
	}
	d.env = env
	has, needs := env["GOVERSION"], d.NeededGo()
	switch {
	case env["GOWORK"] == "off":
		d.fail("Go", "GOWORK is off, so that Go does not see how the folders belong together.\nTake it out of the environment; or: go env -u GOWORK")
	case goversion.IsValid(has) && goversion.Compare(has, needs) < 0: // another one is somebody's own build
		d.fail("Go", "%s is too old: the workshop needs %s or later.\nInstall it from https://go.dev/dl and open a new terminal.", has, needs)
	default:
		d.ok("Go", "%s", has)
	}
}

// examineModules looks for all that the steps, their tests and this command
// are made of, without the network.
func (d *doctor) examineModules(ctx context.Context) {
	done := d.Waiting("looking at the modules", "the machine is busy")
	missing, err := d.missingModules(ctx)
	done()
	fetch := d.Bold(repository.Invocation + " doctor -prefetch")
	switch {
	case ctx.Err() != nil:
	case err != nil:
		d.fail("modules", "%s", strings.TrimSpace(fmt.Sprintf("The go command cannot list them: %v\n%s", err, d.Advice(d.Root, err.Error()))))
	case len(missing) == 0:
		d.ok("modules", "all here: the steps need no network from now on")
	case d.env["GOPROXY"] == "off":
		d.missing = missing
		d.fail("modules", "Not all are here, and GOPROXY=off forbids to download. Missing:\n%s\nSet GOPROXY to what it was; then: %s", missing[0], fetch)
	default:
		d.missing = missing
		d.warn("modules", "Not all are here yet. Missing:\n%s\nWhile there is a network: %s", missing[0], fetch)
	}
}

var lookup = regexp.MustCompile(`(\S+@v\S+): module lookup disabled`)

// missingModules gives the modules that would have to be downloaded, as far as
// the go command sees: it stops at one that it needs for seeing further.
// Mistakes in a learner's program are of no interest here.
func (d *doctor) missingModules(ctx context.Context) ([]string, error) {
	steps, given, err := d.Packages()
	if err != nil {
		return nil, err
	}
	cmd := gotool.Command(ctx, d.Root, append([]string{"list", "-e", "-deps", "-test", "-f", "{{with .Error}}{{.}}{{end}}"}, slices.Concat(steps, given)...)...)
	cmd.Env = append(cmd.Environ(), "GOPROXY=off")
	out, err := proc.Output(cmd)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		out = append(out, exit.Stderr...)
	}
	var missing []string
	for _, match := range lookup.FindAllSubmatch(out, -1) {
		missing = append(missing, string(match[1]))
	}
	slices.Sort(missing)
	if missing = slices.Compact(missing); len(missing) > 0 {
		return missing, nil
	}
	return nil, gotool.Said(err)
}

// port is where a program of the workshop listens.
type port struct {
	number int
	wants  string // the programs, and when
	advice string // how else they can be used, if they can
}

// workshopPorts are all that the lessons use. What the tests use is picked by
// the system.
func workshopPorts() []port {
	only := "Jaeger, in step 5"
	return []port{
		{4317, repository.Invocation + " traces and Jaeger: OTLP over gRPC, from step 2 on", "add -listen 127.0.0.1:14317 to the former"},
		{4318, only + ": OTLP over HTTP", "change it in step05-jaeger/jaeger.yaml"},
		{8080, "user-service, from step 3 on", "add -addr 127.0.0.1:18080 to it"},
		{8081, "joke-service, from step 3 on", "add -addr 127.0.0.1:18081 to it, and\n-joke-url http://127.0.0.1:18081/jokes/random to user-service"},
		{13133, only + ": its health", "change it in step05-jaeger/jaeger.yaml"},
		{16685, only + ": the query API over gRPC", "change it in step05-jaeger/jaeger.yaml"},
		{16686, only + ": the query API and the web page", "change it in step05-jaeger/jaeger.yaml"},
	}
}

// examinePorts looks who listens already. That is in nobody's way: a program
// can be ended, or another port be chosen.
func (d *doctor) examinePorts(ctx context.Context) {
	var free []string
	for _, p := range d.ports {
		err := d.take(ctx, p.number)
		if err == nil {
			free = append(free, strconv.Itoa(p.number))
			continue
		}
		d.warn("ports", "%d cannot be used: %s. It is for\n%s.\nEnd that program if it is not part of the workshop, or %s.", p.number, err, p.wants, p.advice)
	}
	if len(free) > 0 {
		d.ok("ports", "%s free", strings.Join(free, ", "))
	}
}

// take tells why a program could not listen on a port of this machine.
func (d *doctor) take(ctx context.Context, number int) error {
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(number))
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		var cause *os.SyscallError
		if errors.As(err, &cause) {
			return cause.Err
		}
		return err
	}
	listener.Close()
	// Some systems allow to listen on 127.0.0.1 where another program listens
	// on all addresses.
	dialer := net.Dialer{Timeout: 200 * time.Millisecond}
	connection, err := dialer.DialContext(ctx, "tcp", address)
	if err == nil {
		connection.Close()
		return errors.New("another program answers there")
	}
	return nil
}

// examineJaeger looks for a Jaeger for step 5.
func (d *doctor) examineJaeger(context.Context) {
	module, err := jaeger.FindModule(d.Root)
	if err != nil {
		d.fail("Jaeger", "%v", err)
		return
	}
	binary, err := jaeger.Find(module)
	d.noJaeger = errors.Is(err, jaeger.ErrMissing)
	build := d.Bold(repository.Invocation + " jaeger -build")
	now, building := jaeger.Building(module)
	switch {
	case d.noJaeger && d.env["GOPROXY"] == "off" && !d.sourceOfJaeger(module):
		d.fail("Jaeger", "There is none, and GOPROXY=off forbids to download its source.\nStep 5 needs it. Set GOPROXY to what it was, then: %s\nor set JAEGER_BIN to the program from %s", build, release)
	case d.noJaeger && building:
		d.warn("Jaeger", "It is being built at this moment, and step 5 needs it:\n%s", now)
	case d.noJaeger:
		d.warn("Jaeger", "There is none yet. Step 5 needs it. To build it takes 6 to 15 minutes:\n%s", build)
	case err != nil:
		d.fail("Jaeger", "%v", err)
	case binary.UI:
		d.ok("Jaeger", "%s, with its web page:\n%s", cmp.Or(binary.Version, "of no known version"), shell.Home(binary.Path))
	default:
		d.ok("Jaeger", "%s, without the web page, which no step needs:\n%s", cmp.Or(binary.Version, "of no known version"), shell.Home(binary.Path))
	}
}

// sourceOfJaeger tells whether all is here that Jaeger is built from.
func (d *doctor) sourceOfJaeger(m jaeger.Module) bool {
	cmd := exec.Command("go", "list", "-deps", "github.com/jaegertracing/jaeger/cmd/jaeger")
	cmd.Dir = m.Dir
	cmd.Env = append(cmd.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly", "GOPROXY=off", "CGO_ENABLED=0")
	return cmd.Run() == nil
}

// examineDocker looks for what only the extras use.
func (d *doctor) examineDocker(ctx context.Context) {
	what := "\nWith it comes Jaeger's web page: " + image
	running, err := d.docker(ctx)
	switch {
	case err == nil:
		d.ok("Docker", "%s%s", running, what)
	case errors.Is(err, exec.ErrNotFound):
		d.note("Docker", "is not here. No step needs it.%s", what)
	default:
		d.note("Docker", "is installed and does not answer. No step needs it.%s", what)
	}
}

// askDocker gives the version of the Docker that runs.
func askDocker(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	cmd := proc.Command(ctx, "docker", "version", "--format", "{{.Server.Version}}")
	cmd.WaitDelay = 100 * time.Millisecond
	out, err := proc.Output(cmd)
	return strings.TrimSpace(string(out)), err
}

// What the workshop writes to a disk, in bytes, and a little more.
const (
	lessonsSize = 300 << 20 // programs, tests, and the data of Jaeger
	stepsSize   = 700 << 20 // what the steps are made of, from source to packages
)

// examineDisk looks whether there is room for what is yet to come.
func (d *doctor) examineDisk(context.Context) {
	need, what := uint64(lessonsSize), "the lessons write"
	if len(d.missing) > 0 {
		need, what = need+stepsSize, "downloading and compiling needs"
	}
	if d.noJaeger {
		need, what = need+jaeger.BuildSize, "building Jaeger needs"
	}
	least, place := uint64(math.MaxUint64), ""
	for _, folder := range d.written() {
		if free, err := d.freeSpace(disk.Existing(folder)); err == nil && free < least {
			least, place = free, folder
		}
	}
	switch {
	case place == "":
		d.note("disk", "%s does not tell how full it is; %s up to %s", runtime.GOOS, what, text.Gigabytes(need))
	case least < need:
		d.fail("disk", "Only %s are left where %s is; %s up to %s.\nMake room there.", text.Gigabytes(least), shell.Home(place), what, text.Gigabytes(need))
	default:
		d.ok("disk", "%s free; %s up to %s", text.Gigabytes(least), what, text.Gigabytes(need))
	}
}

// written gives the folders that the workshop fills.
func (d *doctor) written() []string {
	folders := []string{d.Root, os.TempDir(), d.env["GOMODCACHE"], d.env["GOCACHE"]}
	if cache, err := os.UserCacheDir(); err == nil {
		folders = append(folders, cache)
	}
	return slices.DeleteFunc(folders, func(folder string) bool { return folder == "" })
}
