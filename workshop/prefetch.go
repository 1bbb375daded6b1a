package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/repository"
)

// prefetch downloads and compiles what the steps and Jaeger need. What is in
// the caches of Go already is not made again, so that it goes on where it was
// stopped. An error means that somebody stopped it: what did not work is told
// in a line.
func (d *doctor) prefetch(ctx context.Context) error {
	err := d.prefetchSteps(ctx)
	if err == nil {
		err = d.prefetchJaeger(ctx)
	}
	if ctx.Err() != nil {
		d.Printf("Stopped. What is here is kept: the next %s doctor -prefetch goes on from there.\n", repository.Invocation)
		return ctx.Err()
	}
	if err != nil {
		d.fail("fetch", "%v", err)
	}
	return nil
}

func (d *doctor) prefetchJaeger(ctx context.Context) error {
	module, err := jaeger.FindModule(d.Root)
	if err != nil {
		return err
	}
	if _, err := jaeger.Find(module); !errors.Is(err, jaeger.ErrMissing) {
		return nil // the line about Jaeger tells about another error
	}
	_, err = obtain(ctx, d.Console, module, false)
	return err
}

func (d *doctor) prefetchSteps(ctx context.Context) error {
	steps, given, err := d.Packages()
	if err != nil {
		return err
	}
	// The tests say what the learners' programs have to be, so those may not
	// compile at this moment. All else must.
	show := d.Progress("starting")
	defer show.End()

	stale, err := d.download(ctx, show, slices.Concat(steps, given))
	if err != nil {
		return fmt.Errorf("not everything could be downloaded: %w", err)
	}
	if len(given) > 0 {
		if err := d.compile(ctx, show, stale, given); err != nil {
			return fmt.Errorf("not everything could be compiled: %w", err)
		}
	}
	return d.compileTests(ctx, show, steps)
}

// download fetches the source of the packages and of all that they and their
// tests import, and gives how many of them are not compiled yet.
func (d *doctor) download(ctx context.Context, show *console.Progress, patterns []string) (stale int, err error) {
	show.Say("looking at what there is to download")
	modules := 0
	out, err := d.goTells(ctx, func(line string) {
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
func (d *doctor) compile(ctx context.Context, show *console.Progress, total int, patterns []string) error {
	show.Say("compiling what the steps are made of")
	done := 0
	_, err := d.goTells(ctx, func(line string) {
		if !strings.ContainsAny(line, " \t") { // the name of a package
			done++
			show.Count(done, "compiling what the steps are made of: %d of %d packages", done, max(total, done))
		}
	}, append([]string{"build", "-v"}, patterns...)...)
	return err
}

// compileTests makes the tests of the steps, which no other command leaves in
// the cache. That a learner's own program does not compile is for its lesson.
func (d *doctor) compileTests(ctx context.Context, show *console.Progress, steps []string) error {
	show.Say("compiling the tests of the steps")
	_, err := d.goTells(ctx, func(string) {}, append([]string{"test", "-run", "^$"}, steps...)...)
	if ctx.Err() != nil {
		return err
	}
	return nil
}

// goTells runs the go command in the root of the workshop, gives each line of
// its stderr to told, and gives what it prints. Its last words are the error.
func (d *doctor) goTells(ctx context.Context, told func(line string), args ...string) (string, error) {
	cmd := gotool.Command(ctx, d.Root, args...)
	cmd.Env = append(cmd.Environ(), d.goSettings...)
	last := ""
	out, err := gotool.Follow(cmd, func(line string) {
		last = line
		told(line)
	})
	if err != nil && last != "" && ctx.Err() == nil {
		err = errors.New(strings.TrimPrefix(last, "go: "))
	}
	return out, err
}
