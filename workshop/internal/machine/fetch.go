package machine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/repository"
)

// fetcher downloads and compiles what the steps are made of. What is in the
// caches of Go already is not made again, so that it goes on where it was
// stopped.
type fetcher struct {
	*console.Console
	*repository.Repository
	settings []string // what the go command finds in its environment, as key=value
}

// fetch gets it all. A learner's own program may not compile at the moment.
func (f fetcher) fetch(ctx context.Context) error {
	steps, given, err := f.Packages()
	if err != nil {
		return err
	}
	// The tests say what the learners' programs have to be, so those may not
	// compile at this moment. All else must.
	show := f.Progress("starting")
	defer show.End()

	stale, err := f.download(ctx, show, slices.Concat(steps, given))
	if err != nil {
		return fmt.Errorf("not everything could be downloaded: %w", err)
	}
	if len(given) > 0 {
		if err := f.compile(ctx, show, stale, given); err != nil {
			return fmt.Errorf("not everything could be compiled: %w", err)
		}
	}
	return f.compileTests(ctx, show, steps)
}

// download fetches the source of the packages and of all that they and their
// tests import, and gives how many of them are not compiled yet.
func (f fetcher) download(ctx context.Context, show *console.Progress, patterns []string) (stale int, err error) {
	show.Say("looking at what there is to download")
	modules := 0
	out, err := f.run(ctx, func(line string) {
		if gotool.Downloads(line) {
			modules++
			show.Count(modules, "downloading the modules: %d", modules)
		}
	}, append([]string{"list", "-e", "-deps", "-test", "-f", "{{with .Error}}{{.}}\n{{end}}{{if .Stale}}x{{end}}"}, patterns...)...)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); line == "x" {
			stale++
		} else if moduleTrouble(line) {
			return 0, errors.New(line)
		}
	}
	return stale, nil
}

// moduleTrouble tells errors about modules from those in a learner's program.
func moduleTrouble(line string) bool {
	for _, sign := range []string{"module lookup disabled", "Get \"", "dial tcp", "checksum", "reading http", "reading file", "missing go.sum entry"} {
		if strings.Contains(line, sign) {
			return true
		}
	}
	return false
}

// compile builds packages, and throws the programs away.
func (f fetcher) compile(ctx context.Context, show *console.Progress, total int, patterns []string) error {
	show.Say("compiling what the steps are made of")
	done := 0
	_, err := f.run(ctx, func(line string) {
		if !strings.ContainsAny(line, " \t") { // the name of a package
			done++
			show.Count(done, "compiling what the steps are made of: %d of %d packages", done, max(total, done))
		}
	}, append([]string{"build", "-v"}, patterns...)...)
	return err
}

// compileTests makes the tests of the steps, which no other command leaves in
// the cache. That a learner's own program does not compile is for its lesson.
func (f fetcher) compileTests(ctx context.Context, show *console.Progress, steps []string) error {
	show.Say("compiling the tests of the steps")
	_, err := f.run(ctx, func(string) {}, append([]string{"test", "-run", "^$"}, steps...)...)
	if ctx.Err() != nil {
		return err
	}
	return nil
}

// run runs the go command in the root of the workshop.
func (f fetcher) run(ctx context.Context, told func(line string), args ...string) (string, error) {
	cmd := gotool.Command(ctx, f.Root, args...)
	cmd.Env = append(cmd.Environ(), f.settings...)
	return gotool.Follow(cmd, told)
}
