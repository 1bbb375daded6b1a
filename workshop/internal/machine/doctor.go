// Package machine is about what the workshop needs of a machine, and how it gets
// it: from the network, from a stick, and from the source of Jaeger.
//
// A [Doctor] looks at the machine, and first installs what is missing if it is
// told to. [Obtain] gets a Jaeger that somebody waits for, and [BuildAhead] one
// that nobody waits for yet.
package machine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/disk"
	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/repository"
)

// Doctor looks at what the workshop needs of a machine.
type Doctor struct {
	*console.Console
	*repository.Repository
	From     string // a stick to install from first; "" for none
	Prefetch bool   // first download and compile what is needed

	// What there is to be looked at. Tests say something else.
	goVariables func(ctx context.Context, folder string) (map[string]string, error)
	ports       []port
	freeSpace   disk.Free
	docker      func(ctx context.Context) (version string, err error)
	systems     []system

	env      map[string]string // of the go command
	missing  []string          // modules that are not here
	noJaeger bool              // there is none yet
	failed   bool              // something is as it must not be
}

// NewDoctor gives one that looks at this machine.
func NewDoctor(c *console.Console, r *repository.Repository) *Doctor {
	return &Doctor{
		Console: c, Repository: r,
		goVariables: gotool.Variables, ports: workshopPorts(), freeSpace: proc.FreeSpace, docker: askDocker,
		systems: besideJaeger(),
	}
}

// ErrNotReady is told after the lines that say what is wrong.
var ErrNotReady = errors.New("the workshop cannot be done on this machine yet: do what the lines with ✗ say")

// Examine prints a line for each thing, and gives an error if the workshop
// cannot be done. What is inconvenient is no error.
func (d *Doctor) Examine(ctx context.Context) error {
	d.examineGo(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if d.failed { // without Go nothing else can be told
		return ErrNotReady
	}
	if d.From != "" {
		if err := d.install(ctx); err != nil {
			return err
		}
	}
	if d.Prefetch {
		if err := d.prefetch(ctx); err != nil {
			return err
		}
	}
	for _, look := range []func(context.Context){
		d.examineModules, d.examinePorts, d.examineJaeger, d.examineDocker, d.examineBackends, d.examineDisk,
	} {
		look(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if d.failed {
		return ErrNotReady
	}
	d.Printf("\nThis machine can do the workshop. Begin with: %s\n", d.Bold(repository.Invocation))
	return nil
}

func (d *Doctor) ok(what, format string, args ...any) { d.line(d.Green("ok"), what, format, args...) }

// note is a line about something that nobody needs.
func (d *Doctor) note(what, format string, args ...any) { d.line(d.Faint("- "), what, format, args...) }

// warn is a line about something to be known, and to be done perhaps.
func (d *Doctor) warn(what, format string, args ...any) {
	d.line(d.Yellow("! "), what, format, args...)
}

// fail is a line about what stands in the way of the workshop.
func (d *Doctor) fail(what, format string, args ...any) {
	d.failed = true
	d.line(d.Red("✗ "), what, format, args...)
}

// line prints a text of one or more lines about something.
func (d *Doctor) line(sign, what, format string, args ...any) {
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "\n"+strings.Repeat(" ", len("ok  modules  ")))
	d.Printf("%s  %-7s  %s\n", sign, what, text)
}
