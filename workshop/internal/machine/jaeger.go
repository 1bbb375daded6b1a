package machine

import (
	"cmp"
	"context"
	"errors"
	"os/exec"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shell"
)

// examineJaeger looks for a Jaeger for step 5.
func (d *Doctor) examineJaeger(context.Context) {
	module, err := jaeger.FindModule(d.Root)
	if err != nil {
		d.fail("Jaeger", "%v", err)
		return
	}
	binary, err := jaeger.Find(module)
	d.noJaeger = errors.Is(err, jaeger.ErrMissing)
	build := d.Bold(repository.Invocation + " jaeger -build")
	now, building := jaeger.Building(module)
	switch {
	case d.noJaeger && d.env["GOPROXY"] == "off" && !d.sourceOfJaeger(module):
		d.fail("Jaeger", "There is none, and GOPROXY=off forbids to download its source.\nStep 5 needs it. Set GOPROXY to what it was, then: %s\nor set JAEGER_BIN to the program from %s", build, jaeger.Release)
	case d.noJaeger && building:
		d.warn("Jaeger", "It is being built at this moment, and step 5 needs it:\n%s", now)
	case d.noJaeger:
		d.warn("Jaeger", "There is none yet. Step 5 needs it. To build it takes 6 to 15 minutes:\n%s", build)
	case err != nil:
		d.fail("Jaeger", "%v", err)
	case binary.UI:
		d.ok("Jaeger", "%s, with its web page:\n%s", cmp.Or(binary.Version, "of no known version"), shell.Home(binary.Path))
	default:
		d.ok("Jaeger", "%s, without the web page, which no step needs:\n%s", cmp.Or(binary.Version, "of no known version"), shell.Home(binary.Path))
	}
}

// sourceOfJaeger tells whether all is here that Jaeger is built from.
func (d *Doctor) sourceOfJaeger(m jaeger.Module) bool {
	cmd := exec.Command("go", "list", "-deps", "github.com/jaegertracing/jaeger/cmd/jaeger")
	cmd.Dir = m.Dir
	cmd.Env = append(cmd.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly", "GOPROXY=off", "CGO_ENABLED=0")
	return cmd.Run() == nil
}

// examineDocker looks for what only the extras use.
func (d *Doctor) examineDocker(ctx context.Context) {
	what := "\nWith it comes Jaeger's web page: " + jaeger.Image
	running, err := d.docker(ctx)
	switch {
	case err == nil:
		d.ok("Docker", "%s%s", running, what)
	case errors.Is(err, exec.ErrNotFound):
		d.note("Docker", "is not here. No step needs it.%s", what)
	default:
		d.note("Docker", "is installed and does not answer. No step needs it.%s", what)
	}
}

// askDocker gives the version of the Docker that runs.
func askDocker(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	cmd := proc.Command(ctx, "docker", "version", "--format", "{{.Server.Version}}")
	cmd.WaitDelay = 100 * time.Millisecond
	out, err := proc.Output(cmd)
	return strings.TrimSpace(string(out)), err
}
