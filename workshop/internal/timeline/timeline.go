// Package timeline is a trace as data for those who draw it on a page: rows in
// the order of the drawing, with times that count from the trace's start, and
// with what is missing in it in the place where it belongs.
package timeline

import (
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// Trace is a trace to be drawn. Times within are in nanoseconds after Start.
type Trace struct {
	ID       string    `json:"id"`
	Start    time.Time `json:"start"`    // the earliest start of its spans; zero if they have none
	Duration int64     `json:"duration"` // to the latest end
	Spans    int       `json:"spans"`    // that arrived
	Errors   int       `json:"errors"`   // of those
	Services []string  `json:"services"` // in the order of the drawing
	Rows     []Row     `json:"rows"`
}

// Mark tells what a row is that is no span that arrived.
type Mark string

const (
	// Ghost is a span that was expected and did not come.
	Ghost Mark = "ghost"
	// Stub stands for the parent of spans below it that did not come.
	Stub Mark = "stub"
)

// Row is a span, or what stands for one.
type Row struct {
	ID       string     `json:"id"` // unique in the trace; the span's id, of a ghost "ghost-1" and so on
	Parent   string     `json:"parent,omitempty"`
	Depth    int        `json:"depth"` // rows above it that it is below of
	Mark     Mark       `json:"mark,omitempty"`
	Says     string     `json:"says,omitempty"` // about a mark
	Name     string     `json:"name"`
	Service  string     `json:"service"`
	Kind     spans.Kind `json:"kind,omitempty"`
	Start    int64      `json:"start"`
	Duration int64      `json:"duration"` // negative where the clock was turned back
	// Skew is by how much it begins before its parent, of another service: by so
	// much their clocks differ at least. 0 where nothing is seen of that.
	Skew int64 `json:"skew,omitempty"`

	Error      bool        `json:"error,omitempty"`
	Status     string      `json:"status,omitempty"` // unset, ok, error
	Reason     string      `json:"reason,omitempty"` // the description of the status
	Attributes []Attribute `json:"attributes,omitempty"`
	Resource   []Attribute `json:"resource,omitempty"`
	Scope      string      `json:"scope,omitempty"`
	TraceState string      `json:"traceState,omitempty"`
	Events     []Event     `json:"events,omitempty"`
	Links      []Link      `json:"links,omitempty"`
	// Lacks are the attributes and events that were expected of the span.
	Lacks []Lack `json:"lacks,omitempty"`
	// Critical are the stretches of the trace's time, as start and end, that it is
	// the span's own work which the trace waits for.
	Critical [][2]int64 `json:"critical,omitempty"`
}

// Attribute is a key and its value as text, and what type it has: string, bool,
// int, float, bytes, list, map, or empty.
type Attribute struct {
	Key   string `json:"key"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

// Event is what happened at a moment of the span.
type Event struct {
	Name       string      `json:"name"`
	At         int64       `json:"at"`
	Attributes []Attribute `json:"attributes,omitempty"`
}

// Link points to a span that is related.
type Link struct {
	Trace      string      `json:"trace"`
	Span       string      `json:"span"`
	Attributes []Attribute `json:"attributes,omitempty"`
}

// Lack is an attribute or an event that a span should have.
type Lack struct {
	What string `json:"what"` // attribute, event, resource, or status
	Name string `json:"name"`
}

// Expected is a span that was expected in a trace and did not come.
type Expected struct {
	Name, Service string
	Kind          spans.Kind
	Says          string
	Parent        string   // the id of the span, or "ghost-1" and so on, that it belongs below; "" for a root
	Around        []string // ids of spans that it should have been open around
}
