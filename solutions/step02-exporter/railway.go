package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// railway names, for every city, the cities that the next train stops at.
var railway = map[string][]string{
	"Amsterdam": {"Utrecht", "Brussels"},
	"Utrecht":   {"Amsterdam", "Cologne"},
	"Brussels":  {"Amsterdam", "Cologne", "Paris"},
	"Paris":     {"Brussels", "Dijon"},
	"Dijon":     {"Paris", "Basel"},
	"Cologne":   {"Utrecht", "Brussels", "Frankfurt"},
	"Frankfurt": {"Cologne", "Basel", "Munich"},
	"Munich":    {"Frankfurt", "Zurich"},
	"Basel":     {"Frankfurt", "Dijon", "Zurich"},
	"Zurich":    {"Basel", "Munich", "Milan"},
	"Milan":     {"Zurich"},
}

// travel plans the trip, prints the plan, and takes it. It gives the stops
// after the departure, the destination included.
func travel(ctx context.Context, t trip) (stops []string, err error) {
	stops, err = route(t.from, t.to)
	if err != nil {
		return nil, err
	}
	fmt.Printf("%s to %s: %d stops\n", t.from, t.to, len(stops))
	for _, station := range stops {
		if err := ride(ctx, t.pace); err != nil {
			return stops, fmt.Errorf("the journey ended before %s: %w", station, err)
		}
		fmt.Println("  stop:", station)
	}
	return stops, nil
}

// route finds the way with the fewest stops (breadth-first).
func route(from, to string) (stops []string, err error) {
	for _, city := range []string{from, to} {
		if railway[city] == nil {
			return nil, fmt.Errorf("no trains in %q: choose from %s", city, cities())
		}
	}
	ways := [][]string{{from}}
	seen := map[string]bool{from: true}
	for {
		way := ways[0]
		ways = ways[1:]
		last := way[len(way)-1]
		if last == to {
			return way[1:], nil
		}
		for _, next := range railway[last] {
			if !seen[next] {
				seen[next] = true
				ways = append(ways, append(slices.Clone(way), next))
			}
		}
	}
}

// ride takes the train to the next stop, unless ctx ends first.
func ride(ctx context.Context, pace time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pace):
		return nil
	}
}

func cities() string {
	return strings.Join(slices.Sorted(maps.Keys(railway)), ", ")
}
