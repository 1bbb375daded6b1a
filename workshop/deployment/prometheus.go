package deployment

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// scrapePatience is how long Prometheus may take to ask for a page.
const scrapePatience = 20 * time.Second

// usualPrometheus is the port of Prometheus. usualService is that of user-service,
// which the file for Prometheus names as well.
const (
	usualPrometheus = "9090"
	usualService    = "8080"
)

// Prometheus is the one of the deployment.
type Prometheus struct {
	d       *Deployment
	file    string
	config  string // the file with the addresses in use
	process *prometheusProcess
}

// Prometheus starts one with a configuration file. Jaegers that are started
// afterwards find it; it finds them after a [Prometheus.Reread].
func (d *Deployment) Prometheus(file string) *Prometheus {
	p := &Prometheus{d: d, file: file}
	if d.failed() {
		return p
	}
	if err := p.start(); err != nil {
		d.fail(file, err)
		return p
	}
	d.note("Prometheus runs")
	return p
}

func (p *Prometheus) start() error {
	folder, err := os.MkdirTemp(p.d.stage.Folder(), "prometheus-")
	if err != nil {
		return err
	}
	p.config = filepath.Join(folder, p.file)
	if err := p.write(); err != nil {
		return err
	}
	if p.process, err = startPrometheus(p.d.ctx, folder, p.config); err != nil {
		return err
	}
	p.d.runs(p.process)
	p.d.moved[usualPrometheus] = p.process.address
	return nil
}

// write writes the file with the addresses in use. A service that runs on this
// machine is none of the deployment's.
func (p *Prometheus) write() error {
	text, err := fs.ReadFile(p.d.files, p.file)
	if err != nil {
		return err
	}
	const nobody = "127.0.0.1:1"
	p.d.moved[usualService] = nobody
	defer delete(p.d.moved, usualService)
	return os.WriteFile(p.config, []byte(p.d.move(string(text))), 0o600)
}

// Reread lets it find what was started after it.
func (p *Prometheus) Reread() {
	if p.d.failed() {
		return
	}
	err := p.write()
	if err == nil {
		err = p.process.stop()
	}
	if err == nil {
		p.process, err = p.process.restart(p.d.ctx)
	}
	if err != nil {
		p.d.fail(p.file, err)
		return
	}
	p.d.runs(p.process)
}

// Await waits until it has the page of a collector as it is now.
func (p *Prometheus) Await(collector *Jaeger) {
	if p.d.failed() || !p.d.facts.Measured.Served {
		return
	}
	since := time.Now()
	for !p.asked(collector.part.Process.Endpoints.Metrics, since) {
		if time.Since(since) > scrapePatience {
			p.d.fail(p.file, fmt.Errorf("the running Prometheus did not ask for the page of metrics of %s within %v", collector.part.File, scrapePatience))
			return
		}
		if pause(p.d.ctx, glance) != nil {
			return
		}
	}
}

// asked tells whether it got the page at an address after a moment.
func (p *Prometheus) asked(address string, since time.Time) bool {
	var answer struct {
		Data struct {
			ActiveTargets []struct {
				ScrapeURL, Health string
				LastScrape        time.Time
			}
		}
	}
	if err := p.get("/api/v1/targets?state=active", &answer); err != nil {
		return false
	}
	for _, t := range answer.Data.ActiveTargets {
		if t.ScrapeURL == "http://"+address+"/metrics" {
			return t.Health == "up" && t.LastScrape.After(since)
		}
	}
	return false
}

func (p *Prometheus) get(path string, into any) error {
	request, err := http.NewRequestWithContext(p.d.ctx, http.MethodGet, "http://"+p.process.address+path, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostBytes))
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}
