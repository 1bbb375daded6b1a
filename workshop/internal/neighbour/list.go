package neighbour

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/backend"
	"example.com/tracing-workshop/workshop/internal/text"
)

// List shows what there is: for each system what is fetched, what it has stored,
// what this machine lacks, and what it is for.
func (h *Host) List() error {
	h.Printf("%s\n", h.Faint(row("name", "fetched", "stores", "this machine")))
	var bring []string // the commands that bring what is lacking
	for _, s := range h.all {
		place, err := keptBy(s.name)
		if err != nil {
			return err
		}
		lacks := s.lacks()
		h.Printf("%s\n", row(s.name, fetchedSize(s), storedSize(place), state(place, lacks)))
		h.paragraph(s.title + ": " + s.about)
		if lacks != nil {
			what, get := lacking(lacks)
			h.paragraph(what)
			if get != "" && !slices.Contains(bring, get) {
				bring = append(bring, get)
			}
		}
	}
	if len(bring) > 0 {
		h.Printf("\nWhat is lacking comes with:\n")
	}
	for _, command := range bring {
		h.Printf("  %s\n", h.Bold(command))
	}
	h.Printf("\nTo start one, type its name, as in: %s\n", h.Bold(h.Command()+" backend zipkin"))
	return nil
}

func (h *Host) paragraph(about string) {
	for _, line := range text.Paragraph("    ", about, listWidth) {
		h.Printf("%s\n", h.Faint(line))
	}
}

// listWidth is how many columns a list has.
const listWidth = 78

// row is a line of the list.
func row(name, fetched, stored, machine string) string {
	return strings.TrimRight(fmt.Sprintf("%-14s %8s %8s  %s", name, fetched, stored, machine), " ")
}

// fetchedSize is what was fetched of a system, or - if that is not all of it.
func fetchedSize(s system) string {
	bytes, all := s.fetched()
	switch {
	case !all:
		return "-"
	case bytes == 0:
		return "no need"
	}
	return text.Megabytes(bytes)
}

func storedSize(place kept) string {
	bytes, _ := place.size()
	if bytes == 0 {
		return "-"
	}
	return text.Megabytes(bytes)
}

// state tells whether a system runs, or can.
func state(place kept, lacks error) string {
	switch {
	case place.inUse():
		return "runs"
	case lacks != nil:
		return "lacks something"
	}
	return "ready"
}

// lacking says what a machine lacks, and what to type for it, if that is known.
func lacking(err error) (what, get string) {
	var missing *backend.Missing
	if errors.As(err, &missing) {
		return missing.What, missing.Get
	}
	return err.Error(), ""
}
