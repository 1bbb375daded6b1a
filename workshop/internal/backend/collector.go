package backend

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/internal/gotool"
)

// collectorConfig takes OTLP, and speaks Zipkin.
//
//go:embed collector.yaml
var collectorConfig []byte

// collectorReady is what the log says when all parts run. A learner's file need
// not have a part that could be asked.
const collectorReady = "Everything is ready."

// collector is built here, with the parts that the workshop needs.
func collector() *System {
	module := findSource("workshop", "internal", "backend", "collector")
	return &System{
		Name:   "collector",
		Title:  "OpenTelemetry Collector 0.148",
		About:  "takes spans by OTLP and hands them on to Zipkin, or to where your file says",
		Docker: `docker run --rm --network host -v "$PWD/workshop/internal/backend/collector.yaml:/etc/otelcol-contrib/config.yaml" otel/opentelemetry-collector-contrib:0.148.0`,
		recipe: recipe{
			lacks:  module.missing,
			brings: collectorBrings,
			pin:    module.pin("go.mod", "go.sum", "main.go") + runtime.GOOS + "/" + runtime.GOARCH,
			size:   int64(gotool.Room(0)),
			fetch: func(ctx context.Context, home string, report func(Progress)) error {
				return buildCollector(ctx, module, home, report)
			},
			holds:   func(home string) bool { _, err := os.Stat(collectorIn(home)); return err == nil },
			listens: collectorListens,
			prepare: prepareCollector,
		},
	}
}

func collectorBrings() *Missing {
	if _, err := exec.LookPath("go"); err != nil {
		return &Missing{What: "no go command is on PATH, and the collector is compiled here"}
	}
	return nil
}

func collectorIn(home string) string {
	name := "collector"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(home, name)
}

// buildCollector compiles at a low priority. The program comes into its place
// in one piece; what was compiled before a break is in the cache of Go.
func buildCollector(ctx context.Context, module source, home string, report func(Progress)) error {
	work := filepath.Join(home, "work")
	_ = os.RemoveAll(work) // of a build that was killed
	if err := os.Mkdir(work, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(work)
	build := gotool.Program{Dir: module.dir, Package: ".", Flags: "-s -w", Temp: work, Low: true}
	report(Progress{Stage: "downloading modules"})
	total, err := build.Count(ctx, func(modules int) { report(Progress{Stage: "downloading modules", Done: modules}) })
	if err != nil {
		return err
	}
	if err := roomFor(home, gotool.Room(total)); err != nil {
		return err
	}
	done := 0
	report(Progress{Stage: "compiling packages", Total: total})
	fresh := collectorIn(work)
	err = build.Compile(ctx, fresh, func(string) {
		done = min(done+1, total)
		report(Progress{Stage: "compiling packages", Done: done, Total: total})
	})
	if err != nil {
		return err
	}
	return os.Rename(fresh, collectorIn(home))
}

// listenVariable is how a file leaves it open where the collector listens: the
// name of a variable, without _LISTEN, and the usual port.
var listenVariable = regexp.MustCompile(`\$\{env:(\w+)_LISTEN:-127\.0\.0\.1:(\d+)\}`)

// collectorListens reads in the file which ports the collector opens. One that
// is written down without a variable is the file's own affair.
func collectorListens(o Options) ([]listener, error) {
	config, err := readCollectorConfig(o)
	if err != nil {
		return nil, err
	}
	var all []listener
	for _, match := range listenVariable.FindAllSubmatch(config, -1) {
		usual, err := strconv.Atoi(string(match[2]))
		if err != nil {
			return nil, fmt.Errorf("the collector cannot listen on port %s: %w", match[2], err)
		}
		all = append(all, listener{what: strings.ReplaceAll(string(match[1]), "_", " "), usual: usual})
	}
	return all, nil
}

func readCollectorConfig(o Options) ([]byte, error) {
	if o.Config == "" {
		return collectorConfig, nil
	}
	text, err := os.ReadFile(o.Config)
	if err != nil {
		return nil, fmt.Errorf("the collector has no configuration: %w", err)
	}
	return text, nil
}

func prepareCollector(r *run) ([]program, error) {
	text, err := readCollectorConfig(r.options)
	if err != nil {
		return nil, err
	}
	config := r.options.Config
	if config == "" {
		config = filepath.Join(r.folder, "collector.yaml")
		if err := os.WriteFile(config, text, 0o644); err != nil {
			return nil, err
		}
	}
	if config, err = filepath.Abs(config); err != nil {
		return nil, err
	}
	names := listenVariable.FindAllSubmatch(text, -1)
	if len(names) != len(r.at) {
		return nil, errors.New("the file has other _LISTEN variables than at the first start")
	}
	var env []string
	for i, match := range names {
		env = append(env, string(match[1])+"_LISTEN="+r.at[i])
	}
	return []program{{
		path: collectorIn(r.home),
		// It says that it is ready at this level and below.
		args: []string{"--config=" + config, "--set=service.telemetry.logs.level=info"},
		env:  env,
		says: collectorReady,
	}}, nil
}
