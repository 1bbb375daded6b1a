package receiver

import (
	"net"
	"slices"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck/spans"
	"google.golang.org/grpc/codes"
)

// record holds what a receiver has seen, and tells when it has seen more.
type record struct {
	mu          sync.Mutex
	changed     chan struct{} // closed, and replaced, at every change
	connections []Connection
	exports     []Export
	spans       []spans.Span
}

func newRecord() *record { return &record{changed: make(chan struct{})} }

// nextChange gives a channel that is closed when the record changes.
func (r *record) nextChange() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changed
}

// change runs edit, alone, and tells everyone who waits for a change.
func (r *record) change(edit func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	edit()
	close(r.changed)
	r.changed = make(chan struct{})
}

// connected notes a new connection and gives its index.
func (r *record) connected(remote net.Addr) (index int) {
	r.change(func() {
		index = len(r.connections)
		r.connections = append(r.connections, Connection{Remote: remote.String(), Protocol: Nothing})
	})
	return index
}

// recognized notes what a connection speaks.
func (r *record) recognized(index int, o opening) {
	r.change(func() {
		connection := &r.connections[index]
		connection.Protocol = o.protocol
		connection.RequestLine = o.requestLine
		connection.FirstBytes = o.firstBytes
	})
}

// namedServer notes the server name that a TLS client asked for.
func (r *record) namedServer(index int, name string) {
	r.change(func() { r.connections[index].ServerName = name })
}

// exportBegan notes an export that has no answer yet, and gives it back with
// its place in the order of arrival. It reads the clock under the lock, so that
// numbers and times are in the same order.
func (r *record) exportBegan(export Export) Export {
	r.change(func() {
		export.Number = len(r.exports) + 1
		export.Time = time.Now()
		if len(r.exports) > 0 {
			export.AfterFirst = export.Time.Sub(r.exports[0].Time)
		}
		r.exports = append(r.exports, export)
		r.connections[export.Connection].Exports++
	})
	return export
}

func (r *record) exportAccepted(number int, batch []spans.Span) {
	r.change(func() {
		r.exports[number-1].Answered = true
		r.exports[number-1].Code = codes.OK
		r.spans = append(r.spans, batch...)
	})
}

func (r *record) exportFailed(number int, code codes.Code) {
	r.change(func() {
		r.exports[number-1].Answered = true
		r.exports[number-1].Code = code
	})
}

// receivedSpans makes no copy: spans are only ever added, and clipped as it is
// the slice has no room that a caller and the record could both append to.
func (r *record) receivedSpans() []spans.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clip(r.spans)
}

func (r *record) madeExports() []Export {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.exports)
}

func (r *record) madeConnections() []Connection {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.connections)
}
