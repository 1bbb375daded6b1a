package neighbour

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/text"
)

// Fetch only fetches. What this machine cannot run is told, and left out.
func (h *Host) Fetch(ctx context.Context, names []string) error {
	chosen := h.choose(names)
	var left []string
	for _, s := range chosen {
		err := s.lacks()
		switch {
		case err != nil && len(chosen) == 1:
			return err
		case err != nil:
			h.Printf("%s is left out: %v\n", s.name, err)
			left = append(left, s.name)
			continue
		}
		switch bytes, all := s.fetched(); {
		case all && bytes == 0:
			h.Printf("%s is here, and not for the workshop to fetch.\n", s.title)
			continue
		case all:
			h.Printf("%s is here: %s.\n", s.title, text.Megabytes(bytes))
			continue
		}
		if err := h.bring(ctx, s); err != nil {
			return err
		}
	}
	if len(left) > 0 {
		return fmt.Errorf("backend: not fetched, for the reasons above: %s", strings.Join(left, ", "))
	}
	return nil
}

// Forget removes what systems have stored, and not what was fetched. It goes on
// after one that cannot be forgotten, and gives the first error.
func (h *Host) Forget(names []string) (first error) {
	for _, s := range h.choose(names) {
		first = cmp.Or(first, h.forget(s))
	}
	return first
}

func (h *Host) forget(s system) error {
	place, err := keptBy(s.name)
	if err != nil {
		return err
	}
	bytes, there := place.size()
	if !there {
		h.Printf("%s has stored nothing: there is nothing to forget.\n", s.name)
		return nil
	}
	unlock, err := place.lock()
	if errors.Is(err, errRuns) {
		return fmt.Errorf("%s runs at this moment: end it with Ctrl-C in its terminal, then: %s backend -rm %[1]s", s.name, h.Command())
	}
	if err != nil {
		return err
	}
	defer unlock()
	if err := place.forget(); err != nil {
		return err
	}
	if bytes == 0 { // a start that failed leaves a folder
		h.Printf("%s has stored nothing: there is nothing to forget.\n", s.name)
		return nil
	}
	h.Printf("Removed what %s has stored, %s: %s\n", s.name, text.Megabytes(bytes), shell.Home(place.folder))
	return nil
}
