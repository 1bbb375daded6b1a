package machine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/stick"
)

// prefetch downloads and compiles what the steps and Jaeger need. An error means
// that somebody stopped it: what did not work is told in a line.
func (d *Doctor) prefetch(ctx context.Context) error {
	err := fetcher{d.Console, d.Repository, nil}.fetch(ctx)
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

func (d *Doctor) prefetchJaeger(ctx context.Context) error {
	module, err := jaeger.FindModule(d.Root)
	if err != nil {
		return err
	}
	if _, err := jaeger.Find(module); !errors.Is(err, jaeger.ErrMissing) {
		return nil // the line about Jaeger tells about another error
	}
	_, err = Obtain(ctx, d.Console, module, jaeger.BuildOptions{Urgent: true})
	return err
}

// install puts onto this machine what the steps and Jaeger need, from a stick.
// It sets nothing: only the go commands that it starts know of the stick. An
// error means that there is no stick, or that somebody stopped it; what did not
// work is told in a line.
func (d *Doctor) install(ctx context.Context) error {
	s, err := stick.Open(d.From)
	if err != nil {
		return err
	}
	err = fetcher{d.Console, d.Repository, s.Environment()}.fetch(ctx)
	if err == nil {
		err = d.installJaeger(ctx, s)
	}
	if ctx.Err() != nil {
		d.Printf("Stopped. What is here is kept: the same command goes on from there.\n")
		return ctx.Err()
	}
	if err != nil {
		d.fail("stick", "%v", err)
	}
	return nil
}

// installJaeger puts the Jaeger of the stick where the one that is built on
// this machine would be.
func (d *Doctor) installJaeger(ctx context.Context, s *stick.Stick) error {
	module, err := jaeger.FindModule(d.Root)
	if err != nil {
		return err
	}
	found, err := jaeger.Find(module)
	if err == nil {
		d.Printf("%s is on this machine already, and is left alone: %s\n", found, shell.Home(found.Path))
		return nil
	}
	if !errors.Is(err, jaeger.ErrMissing) {
		return nil // the line about Jaeger tells about it
	}
	name, err := module.Name()
	if err != nil {
		return err
	}
	target, err := module.Target()
	if err != nil {
		return err
	}
	if !s.Has(stick.Jaeger + name) {
		if err := sameWorkshop(s, name); err != nil {
			return err
		}
		d.Printf("The stick has no Jaeger for %s, but its source.\n", module.Platform())
		_, err := Obtain(ctx, d.Console, module, jaeger.BuildOptions{Urgent: true, Env: s.Environment()})
		return err
	}
	if err := d.freeSpace.RoomFor(filepath.Dir(target), uint64(s.Size(stick.Jaeger+name))); err != nil {
		return err
	}
	done := d.Waiting("copying Jaeger from the stick", "the stick is slow")
	err = s.Install(ctx, stick.Jaeger+name, target)
	done()
	if err != nil {
		return fmt.Errorf("copying Jaeger from the stick failed: %w", err)
	}
	d.Printf("Jaeger is copied from the stick.\n")
	return nil
}

// sameWorkshop gives an error for a stick whose Jaegers are for another version
// of the workshop than the one that wants the Jaeger of that name.
func sameWorkshop(s *stick.Stick, name string) error {
	others := s.Names(stick.Jaeger)
	same := func(other string) bool { return pinOf(other) == pinOf(name) }
	if len(others) == 0 || slices.ContainsFunc(others, same) {
		return nil
	}
	return fmt.Errorf("%s was made from another version of the workshop, with another Jaeger: use the workshop that is on it, or have it made anew with %s pack",
		s.Dir, repository.Invocation)
}

// pinOf gives the end of the name of Jaeger's folder, which stands for all that
// Jaeger is made of.
func pinOf(name string) string {
	folder := strings.Split(strings.TrimPrefix(name, stick.Jaeger), "/")[0]
	return folder[strings.LastIndexByte(folder, '-')+1:]
}
