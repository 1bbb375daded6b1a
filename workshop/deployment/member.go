package deployment

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck"
)

// member is what can be taken out of a deployment and brought back.
type member struct {
	d       *Deployment
	name    string // what it is in the account, as "the storage"
	process process
	restart func(context.Context) (process, error)
}

// process is what runs.
type process interface {
	Stop() error
	Kill()
	Done() <-chan struct{} // closed when it has ended, for whatever reason
	Err() error            // why it has ended if nobody has ended it, or nil
}

// runs notes that it runs, and ends it if the play is over already.
func (m *member) runs(p process) {
	m.process = p
	m.d.mu.Lock()
	m.d.running = append(m.d.running, p)
	m.d.mu.Unlock()
	if m.d.ctx.Err() != nil {
		p.Kill()
	}
	go m.d.watch(m.name, p)
}

// watch ends the play when something ends that nobody has ended. Whatever else
// were played would only show that it is gone.
func (d *Deployment) watch(name string, p process) {
	select {
	case <-p.Done():
		if err := p.Err(); err != nil {
			d.cancel(&tracecheck.Gone{Part: name, Err: err})
		}
	case <-d.ctx.Done():
	}
}

// gone gives which part has ended by itself, or nil.
func (d *Deployment) gone() *tracecheck.Gone {
	var gone *tracecheck.Gone
	errors.As(context.Cause(d.ctx), &gone)
	return gone
}

// Kill ends it on the spot (SIGKILL).
func (m *member) Kill() {
	if m.d.failed() {
		return
	}
	m.process.Kill()
	m.away("is killed")
}

// Stop ends it as Ctrl-C does.
func (m *member) Stop() {
	if m.d.failed() {
		return
	}
	if err := m.process.Stop(); err != nil {
		m.d.fail(err)
		return
	}
	m.away("is stopped")
}

// Restart starts it again, with the same file and the same data, and stops it
// before if it still runs.
func (m *member) Restart() {
	if m.d.failed() {
		return
	}
	if err := m.process.Stop(); err != nil {
		m.d.fail(err)
		return
	}
	again, err := m.restart(m.d.ctx)
	if err != nil {
		m.d.fail(err)
		return
	}
	m.runs(again)
	m.d.away = slices.DeleteFunc(m.d.away, func(name string) bool { return name == m.name })
	m.d.note("%s runs again", strings.TrimPrefix(m.name, "the "))
}

func (m *member) away(how string) {
	m.d.away, m.d.taken = append(m.d.away, m.name), time.Now()
	m.d.note("%s %s", strings.TrimPrefix(m.name, "the "), how)
}
