package deployment

import (
	"context"
	"slices"
	"strings"
	"time"
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
}

// Kill ends it on the spot (SIGKILL).
func (m *member) Kill() {
	if m.d.failed() {
		return
	}
	m.process.Kill()
	m.gone("is killed")
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
	m.gone("is stopped")
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

func (m *member) gone(how string) {
	m.d.away, m.d.taken = append(m.d.away, m.name), time.Now()
	m.d.note("%s %s", strings.TrimPrefix(m.name, "the "), how)
}
