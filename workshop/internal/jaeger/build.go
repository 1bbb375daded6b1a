package jaeger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"example.com/tracing-workshop/workshop/internal/disk"
	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/proc"
)

// Stage is what a build is busy with.
type Stage string

const (
	Waiting     Stage = "waiting for another process that builds Jaeger"
	Downloading Stage = "downloading the source of Jaeger"
	Compiling   Stage = "compiling Jaeger"
	Linking     Stage = "linking Jaeger"
)

// Progress is where a build stands.
type Progress struct {
	Stage Stage
	// Done counts modules while downloading, and packages while compiling.
	Done int
	// Total is 0 where it is not known beforehand.
	Total int
	// Process is the number of the process that builds, and 0 where that is
	// the one that is told.
	Process int
	// Yields tells that the build ends when somebody comes who is in a hurry.
	Yields bool
}

// BuildOptions are all optional.
type BuildOptions struct {
	Go     string         // the go command; the one on PATH by default
	Jobs   int            // how many packages to compile at once; by default one less than there are CPUs, from 2 to 8
	Report func(Progress) // is told each step forward, by one goroutine at a time
	// Urgent says that somebody waits: the build then has the same priority as
	// other programs, and not the lowest. It does not wait for one of the
	// lowest priority, which on a busy machine may never end: that one yields.
	Urgent bool
	// Alone gives [ErrBuilding] in place of waiting for another process.
	Alone bool
	// Env is what the go command finds in its environment beside what this
	// process has there, as key=value.
	Env []string
}

// ErrBuilding means that another process builds Jaeger at this moment.
var ErrBuilding = errors.New("another process builds Jaeger")

// ErrYielded means that this build has made way for one that somebody waits
// for, which goes on from there.
var ErrYielded = errors.New("another process that is in a hurry builds Jaeger")

// Build makes Jaeger from its Go module, unless it is made already, and gives
// the program in the user cache folder. It works at the lowest priority, unless
// it is urgent.
//
// Of several processes that build, one works and the others wait for it. When
// ctx ends, everything that was started is stopped, and the packages that
// were compiled so far need not be compiled by the next build. The program
// comes into its place in one piece or not at all.
func Build(ctx context.Context, m Module, o BuildOptions) (Binary, error) {
	target, err := m.Target()
	if err != nil {
		return Binary{}, err
	}
	if b, err := m.inspectBuilt(target); err == nil {
		return b, nil
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return Binary{}, fmt.Errorf("no place for Jaeger in the user cache folder: %w", err)
	}
	w := &builder{module: m, target: target, options: o.withDefaults()}
	unlock, err := w.lock(ctx)
	if err != nil {
		return Binary{}, err
	}
	defer unlock()
	if b, err := m.inspectBuilt(target); err == nil {
		return b, nil
	}
	if !o.Urgent {
		var stop func()
		ctx, stop = w.yielding(ctx)
		defer stop()
	}
	if err := w.build(ctx); err != nil {
		return Binary{}, err
	}
	return m.inspectBuilt(target)
}

func (o BuildOptions) withDefaults() BuildOptions {
	if o.Go == "" {
		o.Go = "go"
	}
	if o.Report == nil {
		o.Report = func(Progress) {}
	}
	return o
}

type builder struct {
	module  Module
	target  string
	options BuildOptions
}

// lock waits until no other process builds the same file, and reports how far
// that one is.
func (w *builder) lock(ctx context.Context) (unlock func(), err error) {
	file, err := os.OpenFile(w.target+".lock", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("no place for Jaeger in the user cache folder: %w", err)
	}
	var reported Progress
	for {
		mine, err := proc.TryLock(file)
		switch {
		case mine:
			removeStanding(w.target) // that of a build which was killed
			removeHurry(w.target)
			return func() { removeStanding(w.target); file.Close() }, nil
		case err != nil:
			file.Close()
			return nil, fmt.Errorf("%s cannot be locked: %w", file.Name(), err)
		case w.options.Alone:
			file.Close()
			return nil, ErrBuilding
		}
		if w.options.Urgent {
			writeHurry(w.target)
		}
		if now := w.awaited(); now != reported {
			reported = now
			w.options.Report(now)
		}
		select {
		case <-ctx.Done():
			removeHurry(w.target)
			file.Close()
			return nil, fmt.Errorf("nobody waits any more for the other process that builds Jaeger: %w", context.Cause(ctx))
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// awaited is where the build of another process stands.
func (w *builder) awaited() Progress {
	if p := readStanding(w.target); p.Stage != "" {
		return p
	}
	return Progress{Stage: Waiting}
}

// report tells a step forward of this build to whoever wants to know.
func (w *builder) report(p Progress) {
	w.options.Report(p)
	p.Yields = !w.options.Urgent
	writeStanding(w.target, p)
}

func (w *builder) build(ctx context.Context) error {
	w.sweep()
	if err := os.Mkdir(w.work(), 0o755); err != nil {
		return fmt.Errorf("no place for Jaeger in the user cache folder: %w", err)
	}
	defer w.sweep()
	total, err := w.count(ctx)
	if err != nil {
		return w.stopped(ctx, fmt.Errorf("the source of Jaeger could not be fetched: %w", err))
	}
	if err := disk.Free(proc.FreeSpace).RoomFor(filepath.Dir(w.target), gotool.Room(total)); err != nil {
		return err
	}
	fresh := filepath.Join(w.work(), filepath.Base(w.target))
	if err := w.compile(ctx, total, fresh); err != nil {
		return w.stopped(ctx, fmt.Errorf("the build of Jaeger failed: %w", err))
	}
	if _, err := w.module.inspectBuilt(fresh); err != nil {
		return fmt.Errorf("the Jaeger that was built cannot be used: %w", err)
	}
	return os.Rename(fresh, w.target)
}

// work is the folder in which this process builds. The go command has its
// temporary files there too, of which it leaves some when it is interrupted.
func (w *builder) work() string {
	return fmt.Sprintf("%s.%d.work", w.target, os.Getpid())
}

// sweep removes that folder, and those of builds that were killed.
func (w *builder) sweep() {
	folders, _ := filepath.Glob(w.target + ".*.work")
	for _, folder := range folders {
		_ = os.RemoveAll(folder)
	}
}

// program is what the go command is asked for.
func (w *builder) program() gotool.Program {
	p := w.module.Platform()
	return gotool.Program{
		Go: w.options.Go, Dir: w.module.Dir, Package: command,
		Flags: "-s -w -X " + modulePath + "/internal/version.latestVersion=v" + Version,
		OS:    p.OS, Arch: p.Arch, Temp: w.work(), Env: w.options.Env, Jobs: w.options.Jobs, Low: !w.options.Urgent,
	}
}

// count gives how many packages there are to compile, and downloads them.
func (w *builder) count(ctx context.Context) (int, error) {
	w.report(Progress{Stage: Downloading})
	return w.program().Count(ctx, func(modules int) {
		w.report(Progress{Stage: Downloading, Done: modules})
	})
}

// compile builds into the file fresh.
func (w *builder) compile(ctx context.Context, total int, fresh string) error {
	done := 0
	w.report(Progress{Stage: Compiling, Total: total})
	return w.program().Compile(ctx, fresh, func(path string) {
		done = min(done+1, total)
		w.report(Progress{Stage: Compiling, Done: done, Total: total})
		if path == command { // the last one
			w.report(Progress{Stage: Linking, Done: done, Total: total})
		}
	})
}

// stopped gives err, or what to tell a person who stopped the build.
func (w *builder) stopped(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return fmt.Errorf("the build of Jaeger was stopped; the next one goes on from there: %w", context.Cause(ctx))
}
