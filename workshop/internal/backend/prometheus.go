package backend

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// prometheusConfig scrapes the exporter of a collector, where that listens as
// the workshop's files say. The lesson shows it as production/prometheus.yml.
//
//go:embed prometheus.yaml
var prometheusConfig []byte

// prometheus is the system's own, in any version that has what the workshop
// uses: there is nothing to fetch.
func prometheus() *System {
	return &System{
		Name:   "prometheus",
		Title:  "Prometheus",
		About:  "keeps rates, errors and durations, for Jaeger's page Monitor",
		Docker: `docker run --rm --network host -v "$PWD/workshop/internal/backend/prometheus.yaml:/etc/prometheus/prometheus.yml" prom/prometheus:v2.42.0`,
		recipe: recipe{
			lacks: prometheusLacks,
			listens: func(Options) ([]listener, error) {
				return []listener{{what: "Prometheus", usual: 9090, url: true}}, nil
			},
			prepare: preparePrometheus,
		},
	}
}

// aService is what Debian's package starts, and what would have the port.
const aService = "prometheus && sudo systemctl disable --now prometheus"

var prometheusVersion = regexp.MustCompile(`prometheus, version (\d+)\.(\d+)`)

func prometheusLacks() *Missing {
	m := &Missing{Get: packages{apt: aService, brew: "prometheus"}.command()}
	path, err := exec.LookPath("prometheus")
	if err != nil {
		m.What = "no prometheus is on PATH"
		return m
	}
	text, err := said(path, "--version")
	version := prometheusVersion.FindStringSubmatch(text)
	if err != nil || version == nil {
		m.What = fmt.Sprintf("%s does not tell its version", path)
		return m
	}
	major, _ := strconv.Atoi(version[1])
	minor, _ := strconv.Atoi(version[2])
	if major < 2 || major == 2 && minor < 42 {
		m.What = fmt.Sprintf("%s is version %d.%d, and the workshop needs 2.42 or later", path, major, minor)
		return m
	}
	return nil
}

func preparePrometheus(r *run) ([]program, error) {
	path, err := exec.LookPath("prometheus")
	if err != nil {
		return nil, err
	}
	config := r.options.Config
	if config == "" {
		config = filepath.Join(r.folder, "prometheus.yaml")
		if err := os.WriteFile(config, prometheusConfig, 0o644); err != nil {
			return nil, err
		}
	}
	if config, err = filepath.Abs(config); err != nil {
		return nil, err
	}
	return []program{{
		path: path,
		args: []string{
			"--config.file=" + config,
			"--storage.tsdb.path=" + filepath.Join(r.folder, "data"),
			"--web.listen-address=" + r.at[0],
		},
		ready: answers("http://" + r.at[0] + "/-/ready"),
	}}, nil
}
