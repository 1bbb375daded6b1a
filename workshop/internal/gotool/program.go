package gotool

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// Program is the program of a module that stands outside of go.work, and how
// it is built.
type Program struct {
	Go       string   // the go command; the one on PATH by default
	Dir      string   // the folder of the module
	Package  string   // the path of the program's package
	Flags    string   // for the linker
	OS, Arch string   // what it is for; by default this machine's
	Temp     string   // a folder that is there, for what the go command needs meanwhile
	Env      []string // is added to the environment of the go command
	Jobs     int      // how many packages to compile at once; by default one less than there are CPUs, from 2 to 8
	Low      bool     // whether other programs go first
}

// Count gives how many packages there are to compile. That is only known once
// their source is here, so this is also what downloads it: told gets how many
// modules it has downloaded.
func (p Program) Count(ctx context.Context, told func(modules int)) (packages int, err error) {
	modules := 0
	stale, err := p.run(ctx, func(line string) bool {
		if !Downloads(line) {
			return false
		}
		modules++
		told(modules)
		return true
	}, "list", "-deps", "-f", "{{if .Stale}}x{{end}}", p.Package)
	return strings.Count(stale, "x"), err
}

// Compile builds the program into a file. It tells the path of each package
// that it has compiled; that of the program comes last, before it is linked.
func (p Program) Compile(ctx context.Context, file string, told func(path string)) error {
	jobs := p.Jobs
	if jobs == 0 {
		jobs = min(max(2, runtime.NumCPU()-1), 8)
	}
	_, err := p.run(ctx, func(line string) bool {
		if strings.ContainsAny(line, " \t") { // not the name of a package
			return false
		}
		told(line)
		return true
	}, "build", "-v", "-p", strconv.Itoa(jobs), "-ldflags", p.Flags, "-o", file, p.Package)
	return err
}

// run runs the go command and gives what it printed. Each line that it writes
// to stderr goes to seen; those that seen does not take become the error.
func (p Program) run(ctx context.Context, seen func(line string) bool, args ...string) (string, error) {
	name := p.Go
	if name == "" {
		name = "go"
	}
	cmd := proc.Command(ctx, name, args...)
	cmd.Dir = p.Dir
	cmd.Env = append(os.Environ(), p.environment()...)
	if p.Low {
		proc.LowPriority(cmd)
	}
	var rest []string
	out, err := Follow(cmd, func(line string) {
		if !seen(line) && line != "" {
			rest = append(rest, line)
		}
	})
	return out, explain(err, rest)
}

// environment is what the module needs whatever the learner has set: the go
// command would take a setting that is empty from `go env -w`.
func (p Program) environment() []string {
	system, arch := p.OS, p.Arch
	if system == "" {
		system, arch = runtime.GOOS, runtime.GOARCH
	}
	return append(slices.Clone(p.Env),
		"GOWORK=off", "GOFLAGS=-mod=readonly", "CGO_ENABLED=0",
		"GOOS="+system, "GOARCH="+arch,
		"PWD="+p.Dir, "GOTMPDIR="+p.Temp,
	)
}

// explain makes the go command's last words the error.
func explain(err error, words []string) error {
	var exit *exec.ExitError
	if err == nil || !errors.As(err, &exit) || len(words) == 0 {
		return err
	}
	return errors.New(strings.Join(words[max(0, len(words)-3):], "; "))
}

// What a build needs of a disk, and a little more.
const (
	bytesAPackage = 400 << 10 // of the build cache, for one package
	bytesAProgram = 200 << 20 // for the program and what the linker needs
)

// Room is how many bytes of a disk it takes at most to compile so many packages.
func Room(packages int) uint64 { return uint64(packages)*bytesAPackage + bytesAProgram }
