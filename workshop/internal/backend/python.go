package backend

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// python is the tutorial's own services, in an environment of their own.
// Options.Env says what they ask and which of them run: JOKE_URL, and
// SERVICES=user-service or SERVICES=joke-service.
func python() *System {
	services := findSource("step05-jaeger", "production", "python")
	return &System{
		Name:  "python",
		Title: "Python with Flask 3.1",
		About: "the same two services in another language",
		recipe: recipe{
			lacks: func() *Missing { return pythonLacks(services) },
			pin:   services.pin("requirements.txt") + runtime.GOOS + "/" + runtime.GOARCH,
			size:  100 << 20,
			fetch: func(ctx context.Context, home string, report func(Progress)) error {
				return installPython(ctx, services, home, report)
			},
			holds:   holdsPython,
			listens: pythonListens,
			prepare: func(r *run) ([]program, error) { return preparePython(r, services) },
		},
	}
}

// usable ends well in a Python that can make the environment: Debian has
// ensurepip in a package of its own.
const usable = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"

func pythonLacks(services source) *Missing {
	if m := services.missing(); m != nil {
		return m
	}
	if findPython() != "" {
		return nil
	}
	return &Missing{
		What: "no Python 3.11 or later with the module venv is on PATH",
		Get:  packages{apt: "python3-venv", brew: "python", winget: "Python.Python.3.13"}.command(),
	}
}

// findPython gives the first Python that is good enough, or "".
func findPython() string {
	for _, name := range []string{"python3", "python"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if _, err := said(path, "-c", usable); err == nil {
			return path
		}
	}
	return ""
}

// pythonIn is the program of the environment.
func pythonIn(home string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(home, "venv", "Scripts", "python.exe")
	}
	return filepath.Join(home, "venv", "bin", "python")
}

// interpreter is the file that names the Python which the environment is of.
const interpreter = "interpreter"

// holdsPython tells whether the Python is there that the environment was made
// with: another one does not find the packages.
func holdsPython(home string) bool {
	noted, err := os.ReadFile(filepath.Join(home, interpreter))
	if err != nil {
		return false
	}
	path, err := filepath.EvalSymlinks(pythonIn(home))
	return err == nil && path == string(noted)
}

// installPython makes the environment. Pip takes a package only if its sum is
// the one that is written down, and builds none.
func installPython(ctx context.Context, services source, home string, report func(Progress)) error {
	requirements, err := os.ReadFile(services.path("requirements.txt"))
	if err != nil {
		return err
	}
	stage := Progress{Stage: "making an environment"}
	report(stage)
	if err := followPython(ctx, nil, findPython(), "-m", "venv", "--clear", filepath.Join(home, "venv")); err != nil {
		return err
	}
	stage = Progress{Stage: "downloading packages", Total: len(pinned.FindAll(requirements, -1))}
	report(stage)
	err = followPython(ctx, func(line string) {
		switch {
		case strings.HasPrefix(line, "Collecting "):
			stage.Done = min(stage.Done+1, stage.Total)
		case strings.HasPrefix(line, "Installing "):
			stage = Progress{Stage: "installing packages"}
		default:
			return
		}
		report(stage)
	}, pythonIn(home), "-m", "pip", "install", "--require-hashes", "--only-binary=:all:", "--no-deps", "--no-input",
		"--disable-pip-version-check", "--progress-bar=off", "-r", services.path("requirements.txt"))
	if err != nil {
		return err
	}
	path, err := filepath.EvalSymlinks(pythonIn(home))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(home, interpreter), []byte(path), 0o644)
}

// pinned is how a package is written down.
var pinned = regexp.MustCompile(`(?m)^[A-Za-z0-9._-]+==`)

// followPython runs a Python, and tells the lines that it prints.
func followPython(ctx context.Context, told func(line string), path string, args ...string) error {
	cmd := proc.Command(ctx, path, args...)
	out := &lines{told: told}
	cmd.Stdout, cmd.Stderr = out, out
	err := proc.Run(cmd)
	if words := essence(out.last); err != nil && words != "" {
		return errors.New(words)
	}
	return err
}

// flask is a service of ours.
type flask struct {
	name  string
	file  string
	usual int
}

// flasks are the services, in the order in which others are told of them.
var flasks = []flask{{"user-service", "user_service.py", 8080}, {"joke-service", "joke_service.py", 8081}}

// wanted gives the services that SERVICES names, or all.
func wanted(o Options) ([]flask, error) {
	names := variable(o.Env, "SERVICES")
	if names == "" {
		return flasks, nil
	}
	var some []flask
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(flasks, func(f flask) bool { return f.name == name })
		if i < 0 {
			return nil, fmt.Errorf("SERVICES names %q, and there are only user-service and joke-service", name)
		}
		some = append(some, flasks[i])
	}
	return some, nil
}

// variable gives the value that a program with this environment would see.
func variable(env []string, key string) string {
	for _, pair := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(pair, key+"="); ok {
			return value
		}
	}
	return os.Getenv(key)
}

func pythonListens(o Options) ([]listener, error) {
	some, err := wanted(o)
	if err != nil {
		return nil, err
	}
	var all []listener
	for _, f := range some {
		all = append(all, listener{what: f.name, usual: f.usual, url: true})
	}
	return all, nil
}

// preparePython starts the one that is asked before the one that asks.
func preparePython(r *run, services source) ([]program, error) {
	some, err := wanted(r.options)
	if err != nil {
		return nil, err
	}
	jokes := ""
	for i, f := range some {
		if f.name == "joke-service" {
			jokes = "JOKE_URL=http://" + r.at[i] + "/jokes/random"
		}
	}
	var all []program
	for i, f := range some {
		p := program{
			name: f.name, path: pythonIn(r.home), args: []string{services.path(f.file)},
			// What Python compiles would be left beside the services.
			env:   []string{"ADDR=" + r.at[i], "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1"},
			ready: answers("http://" + r.at[i] + "/healthz"),
		}
		if jokes != "" {
			p.env = append(p.env, jokes)
		}
		all = append(all, p)
	}
	slices.Reverse(all)
	return all, nil
}
