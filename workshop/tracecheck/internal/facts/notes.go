// Package facts has what the learner's program says of itself while it runs:
// what the SDK counted of its spans, and what became of their provider.
package facts

import (
	"encoding/json"
	"os"
	"time"
)

// Note is one thing the learner's program said of itself. Notes only help to
// name the cause of a failure.
type Note struct {
	// Provider is there once for every SDK tracer provider that was made.
	Provider *ProviderNote `json:",omitempty"`
	// Return is there if main returned; it is missing after os.Exit, log.Fatal, a
	// panic or a signal.
	Return *Return `json:",omitempty"`
	// Start and End are there for every span that the SDK counted.
	Start *Start `json:",omitempty"`
	End   *End   `json:",omitempty"`
	// Export is there for every batch that was handed to an exporter, and Result
	// for what came of it.
	Export *Export `json:",omitempty"`
	Result *Result `json:",omitempty"`
	// Batcher is there for every batch span processor that was made, and Close
	// for its shutdown.
	Batcher bool   `json:",omitempty"`
	Close   *Close `json:",omitempty"`
	// Limit is what the SDK logs when it leaves something out of a span, because
	// its limits are reached (OpenTelemetry specification, Trace SDK, section Span
	// Limits).
	Limit string `json:",omitempty"`
	// Ignored are the signals that a program ignored when its time was up.
	Ignored []string `json:",omitempty"`
}

// ProviderNote is an SDK tracer provider when it was made.
type ProviderNote struct {
	Processors []string // types, such as *trace.batchSpanProcessor
	Sampler    string   // type, such as trace.alwaysOffSampler
}

// Return is how the globals of OpenTelemetry were when main returned.
type Return struct {
	Provider   ProviderState
	Propagates []string // header names that the global propagator reads and writes
}

// ProviderState is what became of the global tracer provider.
type ProviderState string

const (
	ProviderNone     ProviderState = "none"     // nobody registered one
	ProviderNoop     ProviderState = "noop"     // registered, and one that does nothing
	ProviderOther    ProviderState = "other"    // registered, and not one of the SDK
	ProviderRecords  ProviderState = "records"  // registered, and never shut down
	ProviderDrops    ProviderState = "drops"    // registered, and its sampler says no
	ProviderShutDown ProviderState = "shutdown" // registered, and shut down
)

// Notebook appends notes to a file, a line of JSON each.
type Notebook struct{ file *os.File }

// Open opens the notebook at a path, which has to be there. Where it cannot be
// opened, nothing is noted.
func Open(path string) *Notebook {
	file, _ := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	return &Notebook{file: file}
}

// Write loses a note that cannot be written: notes sharpen words, no more.
func (n *Notebook) Write(what Note) {
	if line, err := json.Marshal(what); err == nil {
		_, _ = n.file.Write(append(line, '\n')) // a nil file gives an error
	}
}

// Read gives the notes in the notebook at a path.
func Read(path string) []Note {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	var notes []Note
	for decoder := json.NewDecoder(file); ; {
		var next Note
		if decoder.Decode(&next) != nil {
			return notes
		}
		notes = append(notes, next)
	}
}

// Export is one batch that a batch span processor handed to its exporter.
type Export struct {
	Time    time.Time
	Spans   int
	Dropped int // by this processor so far, because its queue was full
}

// Start is there for a span that a provider of the SDK started, or that its
// sampler dropped.
type Start struct {
	ID   string
	Name string `json:",omitempty"` // "" if it is not recorded
	Kind string `json:",omitempty"` // as ended spans have it, "" if it is not recorded
	// Sampling is what the sampler said: DROP, RECORD_ONLY or
	// RECORD_AND_SAMPLE (semantic conventions, otel.span.sampling_result).
	Sampling string
	Scope    string `json:",omitempty"` // the name of the tracer, "" if it is not recorded
	Foreign  bool   `json:",omitempty"` // its provider was not the global one then
	Request  bool   `json:",omitempty"` // its context comes from a request that is being answered
	Stack    Stack  `json:",omitempty"`
	// Trace is the id of its trace if the sampler said DROP: nothing else tells
	// it.
	Trace string `json:",omitempty"`
}

// End is there for a span that was ended and recorded, at that moment.
type End struct {
	ID   string
	Name string // it may have got another one since it started
	Kind string
	// Late tells that the provider of the span had been shut down: it takes no
	// span any more.
	Late       bool
	Propagates []string // as in a Return
	Own        bool     `json:",omitempty"` // it was not a library that ended it
	Stack      Stack    `json:",omitempty"`
	// Processors is how many span processors its provider had, nil if that is not
	// known.
	Processors *int `json:",omitempty"`
}

// Result is what came of spans that an exporter was given: otel.sdk.exporter.span.exported.
type Result struct {
	Spans int
	Error string `json:",omitempty"` // error.type, "" if they were exported
}

// Close is there when a batch span processor was shut down, as the shutdown
// of its provider does.
type Close struct {
	Time  time.Time
	Early bool `json:",omitempty"` // no span had been started yet
	// Cut tells that Shutdown did not wait for the processor, which was still at
	// work: the context of Shutdown was over.
	Cut   bool  `json:",omitempty"`
	Stack Stack `json:",omitempty"`
}

// Stack is where in the program something happened, as file:line from the
// inside out, without the frames of Go and of the libraries.
type Stack []string
