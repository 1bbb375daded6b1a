package pack

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/stick"
)

// jaegerProgram is the package that Jaeger is built from.
const jaegerProgram = "github.com/jaegertracing/jaeger/cmd/jaeger"

// putModules puts onto the stick what the go command reads for the workshop and
// for Jaeger, on all systems.
//
// To know what that is, it lets the go command look with an empty module cache,
// and takes what is in there afterwards: no less can do, and this is the same
// that it will do on a machine without a network. The module cache of this
// machine is where it gets the most of it from.
func (p *Packer) putModules(ctx context.Context) error {
	show := p.Progress("starting")
	defer show.End()
	cache := filepath.Join(p.work, "modules")
	if err := p.gatherModules(ctx, show, cache); err != nil {
		return fmt.Errorf("not all modules could be had: %w", err)
	}
	download := filepath.Join(cache, "cache", "download")
	names, err := proxyFiles(download)
	if err != nil {
		return err
	}
	show.Say("copying the modules to the stick")
	for i, name := range names {
		if err := p.stick.Copy(ctx, stick.Modules+name, filepath.Join(download, filepath.FromSlash(name))); err != nil {
			_ = p.stick.Save() // so that the next time goes on from there
			return err
		}
		show.Count(i+1, "copying the modules to the stick: %d of %d files", i+1, len(names))
	}
	return p.stick.Save()
}

// gatherModules lets the go command fill a module cache.
func (p *Packer) gatherModules(ctx context.Context, show *console.Progress, cache string) error {
	here, err := gotool.Variables(ctx, p.copy.Root)
	if err != nil {
		return err
	}
	sources := []string{
		stick.FileURL(filepath.Join(here["GOMODCACHE"], "cache", "download")), p.stick.Proxy(), here["GOPROXY"],
	}
	settings := []string{
		"GOMODCACHE=" + cache, "GOFLAGS=-modcacherw", "GOPROXY=" + strings.Join(sources, ","),
		"GOWORK=" + filepath.Join(p.copy.Root, "go.work"),
	}
	steps, given, err := p.copy.Packages()
	if err != nil {
		return err
	}
	module, err := jaeger.FindModule(p.copy.Root)
	if err != nil {
		return err
	}
	show.Say("gathering the modules")
	modules := 0
	look := func(folder, platform string, settings []string, args ...string) error {
		system, processor, _ := strings.Cut(platform, "/")
		cmd := gotool.Command(ctx, folder, append([]string{"list", "-deps"}, args...)...)
		cmd.Env = append(append(cmd.Environ(), settings...), "GOOS="+system, "GOARCH="+processor)
		_, err := gotool.Follow(cmd, func(line string) {
			if gotool.Downloads(line) {
				modules++
				show.Count(modules, "gathering the modules: %d", modules)
			}
		})
		return err
	}
	for _, platform := range supported {
		if err := look(p.copy.Root, platform, settings, slices.Concat([]string{"-test"}, steps, given)...); err != nil {
			return err
		}
		if err := look(module.Dir, platform, append(settings, "GOWORK=off", "CGO_ENABLED=0"), jaegerProgram); err != nil {
			return err
		}
	}
	return nil
}

// proxyFiles gives the files of a module cache that a module proxy has, too.
func proxyFiles(download string) (names []string, err error) {
	err = fs.WalkDir(os.DirFS(download), ".", func(name string, entry fs.DirEntry, err error) error {
		switch path.Ext(name) {
		case ".info", ".mod", ".zip":
			if err == nil && path.Base(path.Dir(name)) == "@v" {
				names = append(names, name)
			}
		}
		return err
	})
	return names, err
}
