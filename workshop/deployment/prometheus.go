package deployment

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const (
	// targetPatience is how long Prometheus may take to ask the first time: after a
	// start, it looks for five seconds whom to ask.
	targetPatience = 15 * time.Second
	// scrapePatience is how long it may take to ask once more.
	scrapePatience = 30 * time.Second
)

// The usual ports of what the file for Prometheus lets it ask: the page of metrics
// of a collector, and that of user-service.
const (
	usualMetrics = "8889"
	usualService = "8080"
)

// nobody is an address where hardly any program listens.
const nobody = "127.0.0.1:1"

// Prometheus is the one of the deployment.
type Prometheus struct {
	Backend
	source string // the file
	config string // the file with the addresses in use
	silent bool   // it was waited for in vain
}

// Prometheus starts one with a configuration file. Jaegers that are started
// afterwards find it; it finds them after a [Prometheus.Reread].
func (d *Deployment) Prometheus(file string) *Prometheus {
	p := &Prometheus{Backend: Backend{name: "prometheus"}, source: file}
	p.config = filepath.Join(d.stage.Folder(), file)
	if err := p.write(d); err != nil {
		d.fail(err)
	}
	d.bring(&p.Backend, p.config)
	return p
}

// write writes the file with the addresses in use. What else runs on this machine
// is none of the deployment's.
func (p *Prometheus) write(d *Deployment) error {
	text, err := fs.ReadFile(d.files, p.source)
	if err != nil {
		return err
	}
	for _, usual := range []string{usualMetrics, usualService} {
		if _, runs := d.moved[usual]; !runs {
			d.moved[usual] = nobody
			defer delete(d.moved, usual)
		}
	}
	return os.WriteFile(p.config, []byte(d.move(string(text))), 0o600)
}

// Reread lets it find what was started after it.
func (p *Prometheus) Reread() {
	if p.d.failed() {
		return
	}
	if err := p.write(p.d); err != nil {
		p.d.fail(err)
		return
	}
	p.Restart()
}

// Await waits until it has the page of a collector as it is now, and notes whether
// it asks for that at all.
func (p *Prometheus) Await(collector *Jaeger) {
	if p.d.failed() || p.silent || !p.d.facts.Measured.Served {
		return
	}
	m := &p.d.facts.Measured
	for since := time.Now(); ; {
		last := p.asked(collector.part.Process.Endpoints.Metrics)
		m.Scraped = last.After(since)
		if m.Scraped {
			return
		}
		if last.IsZero() && time.Since(since) > targetPatience || time.Since(since) > scrapePatience {
			p.silent = true
			return
		}
		if pause(p.d.ctx, glance) != nil {
			return
		}
	}
}

// asked tells when it asked for the page at an address that it has written down
// last, or the zero time.
func (p *Prometheus) asked(address string) time.Time {
	var answer struct {
		Data struct {
			Result []struct{ Value [2]any } // the time of the question, and the answer as text
		}
	}
	question := url.Values{"query": {fmt.Sprintf("timestamp(up{instance=%[1]q}) and up{instance=%[1]q} == 1", address)}}
	if err := p.get("/api/v1/query?"+question.Encode(), &answer); err != nil || len(answer.Data.Result) == 0 {
		return time.Time{}
	}
	seconds, err := strconv.ParseFloat(fmt.Sprint(answer.Data.Result[0].Value[1]), 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(math.Round(1000 * seconds)))
}

func (p *Prometheus) get(path string, into any) error {
	body, err := get(p.d.ctx, p.process.Address()+path)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}
