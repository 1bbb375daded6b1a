package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/spelling"
)

func jaegerCommand() command {
	return command{
		name:    "jaeger",
		summary: "run the real Jaeger (built the first time)",
		define: func(flags *flag.FlagSet) func(context.Context, *console.Console, []string) error {
			config := flags.String("config", "", "a Jaeger v2 configuration `file`; without it, Jaeger keeps traces in memory,\n      on the usual ports")
			build := flags.Bool("build", false, "only build Jaeger, if this machine has none yet")
			idle := flags.Bool("idle", false, "build at the lowest priority, and leave it to another build that runs")
			verbose := flags.Bool("v", false, "show what Jaeger logs")
			return func(ctx context.Context, c *console.Console, _ []string) error {
				h := &host{Console: c, idle: *idle}
				if *verbose {
					h.log = os.Stderr
				}
				return h.host(ctx, *config, *build)
			}
		},
	}
}

// inMemory is the configuration file for who has none, in the folder workshop.
const inMemory = "jaeger-in-memory.yaml"

// host runs a Jaeger.
type host struct {
	*console.Console
	*repository.Repository
	idle    bool
	log     io.Writer // gets what Jaeger logs, if not nil
	overlay string    // for tests: the folder of [jaeger.Options]
}

// host runs Jaeger with a configuration file until ctx ends; or only makes
// sure that there is a Jaeger.
func (h *host) host(ctx context.Context, config string, buildOnly bool) error {
	var err error
	if h.Repository, err = repository.Here(); err != nil {
		return err
	}
	if err := h.checkConfig(config); err != nil {
		return err
	}
	module, err := jaeger.FindModule(h.Root)
	if err != nil {
		return err
	}
	binary, err := machine.Obtain(ctx, h.Console, module, jaeger.BuildOptions{Urgent: !h.idle, Alone: h.idle})
	if errors.Is(err, jaeger.ErrBuilding) { // which -idle leaves it to
		h.Printf("Another process builds Jaeger already, so this one does not.\n")
		return nil
	}
	if err != nil {
		return err
	}
	if buildOnly {
		h.Printf("%s is here: %s\n", binary, binary.Path)
		return nil
	}
	return h.serve(ctx, binary, config)
}

// checkConfig checks that there is such a configuration file. The one of the
// lesson is in another folder than the one that commands are typed in.
func (h *host) checkConfig(config string) error {
	file, err := os.Stat(config)
	if config == "" || err == nil && !file.IsDir() {
		return nil
	}
	what := fmt.Sprintf("jaeger: there is no file %s", config)
	if err == nil {
		what = fmt.Sprintf("jaeger: %s is a folder, and -config needs a file", config)
	}
	lesson := h.Show("step05-jaeger", "jaeger.yaml")
	if h.Has("step05-jaeger", "jaeger.yaml") && (err == nil || spelling.Nearest(filepath.Base(config), []string{"jaeger.yaml"}) != "") {
		return didYouMean(what, "jaeger", "-config", lesson)
	}
	return errors.New(what)
}

// serve runs a Jaeger until ctx ends.
func (h *host) serve(ctx context.Context, binary jaeger.Binary, config string) error {
	file := config
	if file == "" {
		file = filepath.Join(h.Root, "workshop", inMemory)
	}
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	// Relative paths in the file start at its folder, so that the data are in
	// the same place wherever this command is typed.
	p, err := jaeger.Start(ctx, binary, jaeger.Options{Config: file, Dir: filepath.Dir(file), Log: h.log, OverlayDir: h.overlay})
	if err != nil {
		return h.explainStart(err, config)
	}
	defer p.Kill() // after a Stop, this does nothing
	h.greet(binary, p, config)
	select {
	case <-p.Done():
		return p.Err()
	case <-ctx.Done():
	}
	h.Printf("\n")
	done := h.Waiting("stopping Jaeger", "it sends its own last spans: extensions.jaeger_query.enable_tracing is on")
	err = p.Stop()
	done()
	if err == nil {
		h.Printf("Jaeger has stopped.\n")
	}
	return err
}

// explainStart says what to do when Jaeger does not start.
func (h *host) explainStart(err error, config string) error {
	var failure *jaeger.StartError
	if !errors.As(err, &failure) {
		return err
	}
	if failure.Shared {
		return fmt.Errorf("two parts of %s want to listen on %s: give each a port of its own", config, failure.TakenAddress())
	}
	if address := failure.TakenAddress(); address != "" {
		advice := fmt.Sprintf("end that program (another Jaeger, or %s traces)", repository.Invocation)
		if config != "" {
			advice += fmt.Sprintf(", or change the address in %s", config)
		}
		return fmt.Errorf("another program listens on %s, where Jaeger has to: %s", address, advice)
	}
	if failure.Locked() {
		return fmt.Errorf("another Jaeger has the database that %s names: end that one first", config)
	}
	return err
}

func (h *host) greet(b jaeger.Binary, p *jaeger.Process, config string) {
	with := ""
	if config != "" {
		with = " with " + config
	}
	h.Printf("%s runs%s. Ctrl-C stops it.\n", b, with)
	for _, fact := range whereTracesAre(p, config) {
		h.Printf("%s\n", fact)
	}
	h.Printf("\n")
	e := p.Endpoints
	h.address("OTLP over gRPC", e.OTLPGRPC)
	h.address("OTLP over HTTP", e.OTLPHTTP)
	h.address("query API", e.Query, p.Config.BasePath())
	h.address("health", e.Health, "/status")
	if e.Storage != "" {
		h.Printf("  %-16s%s\n", "storage, gRPC", e.Storage)
	}
	h.address("metrics", e.Metrics, "/metrics")
	for _, fact := range whereSpansComeFrom(p) {
		h.Printf("  %s\n", fact)
	}
	switch {
	case e.Query != "":
	case e.Storage != "":
		h.Printf("  It answers other Jaegers alone: service.extensions lacks jaeger_query.\n")
	default:
		h.Printf("  It answers no questions: service.extensions of the file lacks jaeger_query.\n")
	}
	if to := e.OTLPGRPC; to != "" {
		h.Printf("\nType this in another terminal, and run your program there:\n\n")
		h.Printf("  %s\n", h.Bold(shell.SetVariable(runtime.GOOS, "OTEL_EXPORTER_OTLP_ENDPOINT", jaeger.Reachable(to))))
	}
	if e.Query == "" {
		return
	}
	h.Printf("\nSee the traces that it %s:\n\n", finds(p.Config))
	h.Printf("  %s\n", h.Bold(h.Command()+" traces -from "+jaeger.Reachable(e.Query)+p.Config.BasePath()))
	if b.UI {
		h.Printf("  or %s in a browser\n", h.Bold(jaeger.Reachable(e.Query)+p.Config.BasePath()))
		return
	}
	h.tellNoUI(jaeger.Reachable(e.Query)+p.Config.BasePath(), config)
}

// address is a line with an address that Jaeger listens on.
func (h *host) address(what, listens string, path ...string) {
	if listens != "" {
		h.Printf("  %-16s%s\n", what, jaeger.Reachable(listens)+strings.Join(path, ""))
	}
}

// pageCommand is the command that shows on a page what the Jaeger at an address
// holds.
func (h *host) pageCommand(query string) string {
	if query == usualJaeger {
		return h.Command() + " page"
	}
	return h.Command() + " page -from " + query
}

func (h *host) tellNoUI(query, config string) {
	h.Printf("\nThis Jaeger has no web page: the Go module that it is built from lacks the UI.\n")
	h.Printf("Its traces as pictures:  %s\n", h.Bold(h.pageCommand(query)))
	h.Printf("The same one with its UI, in place of this:\n\n")
	switch {
	case config == "":
		h.Printf("  docker run --rm -p 127.0.0.1:16686:16686 -p 127.0.0.1:4317:4317 \\\n")
		h.Printf("      -p 127.0.0.1:4318:4318 %s\n\n", jaeger.Image)
	case filepath.Base(config) == "jaeger.yaml":
		h.Printf("  docker compose -f %s up\n\n", h.Show("step05-jaeger", "compose.yaml"))
	default:
		h.Printf("  the image %s\n\n", jaeger.Image)
	}
	h.Printf("or the program from %s, unpacked, and then\n\n", jaeger.Release)
	h.Printf("  %s\n", shell.SetVariable(runtime.GOOS, "JAEGER_BIN", "/path/to/jaeger"))
}
