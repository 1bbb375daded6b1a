package neighbour

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/tracing-workshop/workshop/internal/backend"
	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/text"
)

// Run runs the system of that name until ctx ends.
func (h *Host) Run(ctx context.Context, name string) error {
	s := h.choose([]string{name})[0]
	if err := s.lacks(); err != nil {
		return err
	}
	place, err := keptBy(s.name)
	if err != nil {
		return err
	}
	unlock, err := place.lock()
	if errors.Is(err, errRuns) {
		return fmt.Errorf("%s runs already, in another terminal: use that one, or end it there with Ctrl-C", s.name)
	}
	if err != nil {
		return err
	}
	defer unlock()
	if err := h.room.RoomFor(place.folder, roomToRun); err != nil {
		return err
	}
	if err := h.bring(ctx, s); err != nil {
		return err
	}
	return h.serve(ctx, s, place)
}

// roomToRun is what a disk must have left for what a system stores, in bytes.
// What is fetched is counted in addition.
const roomToRun = 300 << 20

// bring fetches what a system needs, if it is not here.
func (h *Host) bring(ctx context.Context, s system) error {
	if _, all := s.fetched(); all {
		return nil
	}
	h.Printf("%s is not on this machine yet, so it is fetched, once.\nCtrl-C is fine: the next time goes on from there.\n", s.title)
	began := time.Now()
	err := h.fetch(ctx, s)
	if ctx.Err() != nil {
		h.Printf("Stopped. What was fetched is kept: the next time goes on from there.\n")
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	bytes, _ := s.fetched()
	h.Printf("%s is fetched: %s, in %s.\n", s.title, text.Megabytes(bytes), text.Minutes(time.Since(began)))
	return nil
}

// fetch shows how far the fetching is.
func (h *Host) fetch(ctx context.Context, s system) error {
	show := h.Progress("looking at what there is to fetch")
	defer show.End()
	stage := ""
	return s.fetch(ctx, func(now backend.Progress) {
		if now.Stage != stage {
			stage = now.Stage
			show.Say(step(now))
		} else {
			show.Count(now.Done, "%s", step(now))
		}
	})
}

// step is how far a fetch is, in words.
func step(now backend.Progress) string {
	switch {
	case now.Total > 0:
		return fmt.Sprintf("%s: %d of %d", now.Stage, now.Done, now.Total)
	case now.Done > 0:
		return fmt.Sprintf("%s: %d", now.Stage, now.Done)
	}
	return now.Stage
}

// serve starts a system that is fetched, and waits until it ends.
func (h *Host) serve(ctx context.Context, s system, place kept) error {
	done := h.Waiting("starting "+s.title, "it is asked until it answers")
	r, err := s.start(ctx, backend.Options{Folder: place.folder, Free: h.Free, Config: h.Config, Log: h.Log})
	done()
	if err != nil {
		return explainStart(err)
	}
	defer r.Kill() // after a Stop, this does nothing
	h.greet(s, r, place)
	select {
	case <-r.Done():
		if err := r.Err(); err != nil {
			return err
		}
		return fmt.Errorf("%s has ended by itself", s.title)
	case <-ctx.Done():
	}
	h.Printf("\n")
	done = h.Waiting("stopping "+s.title, "it writes down what it holds")
	err = r.Stop()
	done()
	if err == nil {
		h.Printf("%s has stopped.\n", s.title)
	}
	return err
}

// explainStart says what else can be done about a port that is taken.
func explainStart(err error) error {
	var taken *backend.TakenError
	if errors.As(err, &taken) {
		return fmt.Errorf("%w, or add -free to take other ports", err)
	}
	return err
}

// greet says where a system is, and what to type next.
func (h *Host) greet(s system, r running, place kept) {
	h.Printf("%s runs. Ctrl-C stops it.\n", s.title)
	switch s.name {
	case "collector", "python": // they store nothing
	case "zipkin":
		h.Printf("It keeps traces in memory: they are gone when it stops.\n")
	default:
		h.Printf("It keeps what it stores in %s.\nTo forget that: %s backend -rm %s\n", shell.Home(place.folder), h.Command(), s.name)
	}
	h.Printf("\n")
	width := 0
	for _, a := range r.addresses {
		width = max(width, len(a.What))
	}
	for _, a := range r.addresses {
		h.Printf("  %-*s  %s\n", width, a.What, a.Value)
	}
	h.tellNext(s.name, r)
}
