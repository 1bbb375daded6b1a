package receiver

import (
	"net"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc/codes"

	"example.com/tracing-workshop/workshop/spans"
)

// record holds what a receiver has seen, and tells when it has seen more.
type record struct {
	mu          sync.Mutex
	changed     chan struct{} // closed, and replaced, at every change
	connections []*connection
	exports     []*Export
	spans       []spans.Span
	accepted    int // connections so far, with those that were taken
	called      int // exports so far, with those that were taken
	firstCall   time.Time
}

// connection is a Connection with what only the receiver needs to know.
type connection struct {
	Connection
	index int
	over  bool
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

// connected notes a new connection.
func (r *record) connected(remote net.Addr) (c *connection) {
	r.change(func() {
		c = &connection{Connection: Connection{Remote: remote.String(), Protocol: Nothing}, index: r.accepted}
		r.accepted++
		r.connections = append(r.connections, c)
	})
	return c
}

// recognized notes what a connection speaks.
func (r *record) recognized(c *connection, o opening) {
	r.change(func() {
		c.Protocol = o.protocol
		c.RequestLine = o.requestLine
		c.FirstBytes = o.firstBytes
	})
}

// namedServer notes the server name that a TLS client asked for.
func (r *record) namedServer(c *connection, name string) {
	r.change(func() { c.ServerName = name })
}

// ended notes that a connection is closed, or about to be.
func (r *record) ended(c *connection) {
	r.change(func() { c.over = true })
}

// exportBegan notes an export on c that has no answer yet, and gives it its
// place in the order of arrival. It reads the clock under the lock, so that
// numbers and times are in the same order.
func (r *record) exportBegan(c *connection, export *Export) {
	r.change(func() {
		r.called++
		export.Number = r.called
		export.Connection = c.index
		export.Time = time.Now()
		if r.called == 1 {
			r.firstCall = export.Time
		}
		export.AfterFirst = export.Time.Sub(r.firstCall)
		r.exports = append(r.exports, export)
		c.Exports++
	})
}

func (r *record) exportAccepted(export *Export, batch []spans.Span) {
	r.change(func() {
		export.Answered = true
		export.Code = codes.OK
		r.spans = append(r.spans, batch...)
	})
}

func (r *record) exportFailed(export *Export, code codes.Code) {
	r.change(func() {
		export.Answered = true
		export.Code = code
	})
}

// take gives the spans and the connections that are over, and forgets both,
// and the exports that have their answer.
func (r *record) take() (taken []spans.Span, over []Connection) {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken, r.spans = slices.Clip(r.spans), nil
	r.exports = slices.DeleteFunc(r.exports, func(e *Export) bool { return e.Answered })
	r.connections = slices.DeleteFunc(r.connections, func(c *connection) bool {
		if c.over {
			over = append(over, c.Connection)
		}
		return c.over
	})
	return taken, over
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
	var exports []Export
	for _, export := range r.exports {
		exports = append(exports, *export)
	}
	return exports
}

func (r *record) madeConnections() []Connection {
	r.mu.Lock()
	defer r.mu.Unlock()
	var connections []Connection
	for _, c := range r.connections {
		connections = append(connections, c.Connection)
	}
	return connections
}
