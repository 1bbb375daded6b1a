package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// hub tells events to the pages that are open. It waits for none of them: what a
// slow one has not got yet is replaced by what is newer.
type hub struct {
	most int // clients

	mu      sync.Mutex
	clients []*client
}

// mostClients is how many pages may be open.
const mostClients = 32

func newHub() *hub { return &hub{most: mostClients} }

// event is told under a name. Of those with the same name and subject only the
// newest counts.
type event struct {
	name    string
	subject string // the step, or ""
	content []byte // JSON
}

func newEvent(name, subject string, content any) event {
	text, err := json.Marshal(content)
	if err != nil {
		panic(err) // of types that are all ours
	}
	return event{name, subject, text}
}

// client is one page that listens.
type client struct {
	mu      sync.Mutex
	pending []event
	ready   chan struct{} // holds one when there is something pending
}

var errTooMany = errors.New("too many pages are open: close some of them")

func (h *hub) join() (*client, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.clients) >= h.most {
		return nil, errTooMany
	}
	c := &client{ready: make(chan struct{}, 1)}
	h.clients = append(h.clients, c)
	return c, nil
}

func (h *hub) leave(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clients = slices.DeleteFunc(h.clients, func(other *client) bool { return other == c })
}

// tell tells an event to all.
func (h *hub) tell(e event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.clients {
		c.put(e)
	}
}

func (c *client) put(e event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending = slices.DeleteFunc(c.pending, func(old event) bool { return old.name == e.name && old.subject == e.subject })
	c.pending = append(c.pending, e)
	select {
	case c.ready <- struct{}{}:
	default: // it knows already
	}
}

func (c *client) take() []event {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := c.pending
	c.pending = nil
	return taken
}

const (
	keepOpen = 15 * time.Second // after which an empty line shows that the server is there
	patience = 20 * time.Second // with a page that does not read
)

// serveEvents tells what happens until the page is closed.
func (p *page) serveEvents(w http.ResponseWriter, r *http.Request) {
	c, err := p.hub.join()
	if err != nil {
		fail(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	defer p.hub.leave(c)
	w.Header().Set("Content-Type", "text/event-stream")
	c.put(newEvent("live", "", p.intake.State()))
	control := http.NewResponseController(w)
	send := func(text string) error {
		_ = control.SetWriteDeadline(time.Now().Add(patience))
		if _, err := w.Write([]byte(text)); err != nil {
			return err
		}
		return control.Flush()
	}
	ticker := time.NewTicker(keepOpen)
	defer ticker.Stop()
	for err = send(": here\n\n"); err == nil; {
		select {
		case <-r.Context().Done():
			return
		case <-ticker.C:
			err = send(": here\n\n")
		case <-c.ready:
			text := ""
			for _, e := range c.take() {
				text += fmt.Sprintf("event: %s\ndata: %s\n\n", e.name, e.content)
			}
			err = send(text)
		}
	}
}
