// Package pack makes the stick: the repository as it was shipped, the modules
// that the go command reads for it, and a Jaeger for each platform.
package pack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/disk"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/stick"
	"example.com/tracing-workshop/workshop/internal/text"
)

// Carried are the platforms whose Jaeger a stick has as a rule, and supported
// those whose modules it has.
var (
	Carried   = []string{"linux/amd64", "darwin/arm64", "darwin/amd64", "windows/amd64"}
	supported = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}
)

// ParsePlatforms reads a list of platforms, with commas between them.
func ParsePlatforms(list string) ([]jaeger.Platform, error) {
	var all []jaeger.Platform
	for text := range strings.SplitSeq(list, ",") {
		p, err := jaeger.ParsePlatform(strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		if !slices.Contains(supported, p.String()) {
			return nil, fmt.Errorf("the workshop is not for %s: choose from %s", p, strings.Join(supported, ", "))
		}
		all = append(all, p)
	}
	return all, nil
}

// Packer makes a stick. It puts the parts on it in an order in which the one
// that says what the others are made from comes after them.
type Packer struct {
	*console.Console
	*repository.Repository
	platforms []jaeger.Platform // to carry Jaeger for
	freeSpace disk.Free

	stick *stick.Stick
	work  string // a folder for what is made on the way, in the user cache folder
	copy  *repository.Repository
}

// New gives one that packs a repository, and a Jaeger for each platform.
func New(c *console.Console, r *repository.Repository, platforms []jaeger.Platform) *Packer {
	return &Packer{Console: c, Repository: r, platforms: platforms, freeSpace: proc.FreeSpace}
}

// What a stick and making it need of a disk, in bytes, and a little more.
const (
	stickSize  = 1 << 30
	unpackSize = 1500 << 20
)

// Pack makes the stick in a folder, or goes on with the one there.
func (p *Packer) Pack(ctx context.Context, dir string) error {
	began := time.Now()
	if within(p.Root, dir) {
		return fmt.Errorf("%s is in the workshop's own folder: name one elsewhere, as /media/stick", dir)
	}
	var err error
	if p.stick, err = stick.Prepare(dir); err != nil {
		return err
	}
	err = p.fill(ctx)
	if ctx.Err() != nil {
		p.Printf("Stopped. What is on the stick is kept: the same command goes on from there.\n")
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	p.conclude(time.Since(began))
	return nil
}

func within(folder, path string) bool {
	path, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	relative, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(relative)
}

func (p *Packer) fill(ctx context.Context) error {
	if err := p.verify(ctx); err != nil {
		return err
	}
	if err := p.enoughRoom(); err != nil {
		return err
	}
	if err := p.begin(); err != nil {
		return err
	}
	defer os.RemoveAll(p.work)
	if err := p.copyRepository(ctx); err != nil {
		return err
	}
	if err := p.putSource(ctx); err != nil {
		return err
	}
	if err := p.putJaegers(ctx); err != nil {
		return err
	}
	p.stick.Sweep()
	return p.stick.Save()
}

// verify looks at what an older stick has.
func (p *Packer) verify(ctx context.Context) error {
	show := p.Progress("starting")
	defer show.End()
	if len(p.stick.Names("")) > 0 {
		show.Say("looking whether what is on the stick is whole")
	}
	return p.stick.Verify(ctx, func(done, total int) {
		show.Count(done, "looking whether what is on the stick is whole: %d of %d files", done, total)
	})
}

// enoughRoom gives an error if the stick is too small, or the disk on which the
// go command unpacks what goes onto it.
func (p *Packer) enoughRoom() error {
	if err := p.freeSpace.RoomFor(p.stick.Dir, uint64(max(0, stickSize-p.stick.Size("")))); err != nil {
		return err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return fmt.Errorf("there is no folder to work in: %w", err)
	}
	p.work = filepath.Join(cache, "tracing-workshop")
	return p.freeSpace.RoomFor(p.work, unpackSize)
}

// begin makes the folder to work in, and what marks a stick as one.
func (p *Packer) begin() error {
	if err := os.MkdirAll(p.work, 0o755); err != nil {
		return fmt.Errorf("there is no folder to work in: %w", err)
	}
	sweepWork(p.work)
	var err error
	if p.work, err = os.MkdirTemp(p.work, "pack-*.work"); err != nil {
		return fmt.Errorf("there is no folder to work in: %w", err)
	}
	for name, text := range map[string][]byte{stick.Setup: stick.SetupProgram, stick.Readme: stick.ReadmeText} {
		if err := p.stick.Write(name, text); err != nil {
			return err
		}
	}
	return p.stick.Save()
}

// sweepWork removes what killed processes have left. Another one that packs at
// this moment has not been at it for a day.
func sweepWork(folder string) {
	left, _ := filepath.Glob(filepath.Join(folder, "pack-*.work"))
	for _, name := range left {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(name)
		}
	}
}

// putSource puts the repository and its modules onto the stick. The archive
// comes last: where it is the one of this commit, the modules are all there.
func (p *Packer) putSource(ctx context.Context) error {
	source, err := p.describe(ctx)
	if err != nil {
		return err
	}
	if p.stick.Has(stick.Archive) && archiveComment(filepath.Join(p.stick.Dir, stick.Archive)) == source {
		for _, name := range append(p.stick.Names(stick.Modules), stick.Archive) {
			p.stick.Keep(name)
		}
		p.Printf("The workshop and its modules are on the stick already.\n")
		return nil
	}
	if err := p.putModules(ctx); err != nil {
		return err
	}
	archive := filepath.Join(p.work, stick.Archive)
	if err := writeArchive(archive, p.copy.Root, stick.Folder, source); err != nil {
		return fmt.Errorf("the repository cannot be packed: %w", err)
	}
	if err := p.stick.Copy(ctx, stick.Archive, archive); err != nil {
		return err
	}
	return p.stick.Save()
}

// putJaegers puts a Jaeger for each platform onto the stick. Those for other
// ones stay if they are of the same pin.
func (p *Packer) putJaegers(ctx context.Context) error {
	module, err := jaeger.FindModule(p.copy.Root)
	if err != nil {
		return err
	}
	for _, text := range supported {
		platform, _ := jaeger.ParsePlatform(text)
		name, err := module.For(platform).Name()
		if err != nil {
			return err
		}
		p.stick.Keep(stick.Jaeger + name)
	}
	for i, platform := range p.platforms {
		heading := fmt.Sprintf("Jaeger for %s (%d of %d)", platform, i+1, len(p.platforms))
		if err := p.putJaeger(ctx, module.For(platform), heading); err != nil {
			return err
		}
	}
	return nil
}

func (p *Packer) putJaeger(ctx context.Context, module jaeger.Module, heading string) error {
	name, err := module.Name()
	if err != nil {
		return err
	}
	if p.stick.Has(stick.Jaeger + name) {
		p.Printf("%s is on the stick already.\n", heading)
		return nil
	}
	p.Printf("%s\n", heading)
	binary, err := p.build(ctx, module)
	if err != nil {
		return err
	}
	done := p.Waiting("copying it to the stick", "the stick is slow")
	err = p.stick.Copy(ctx, stick.Jaeger+name, binary.Path)
	done()
	if err != nil {
		return err
	}
	return p.stick.Save()
}

// build makes a Jaeger in the user cache folder, where the next stick finds it.
// What it is made of is on the stick by now.
func (p *Packer) build(ctx context.Context, module jaeger.Module) (jaeger.Binary, error) {
	binary, err := machine.Build(ctx, p.Console, module, jaeger.BuildOptions{Urgent: true, Env: p.stick.Environment()})
	if err != nil && !errors.Is(err, context.Canceled) {
		err = fmt.Errorf("there is no Jaeger for %s: %w", module.Platform(), err)
	}
	return binary, err
}

// conclude says what there is now, and what to do with it.
func (p *Packer) conclude(took time.Duration) {
	p.Printf("\n%s is ready: %s in %s. It took %s.\n\n", p.stick.Dir,
		text.Megabytes(p.stick.Size("")), text.Plural(len(p.stick.Names("")), "file"), text.Minutes(took))
	for _, part := range []struct{ what, prefix string }{
		{"the workshop", stick.Archive}, {"its modules", stick.Modules}, {"Jaeger", stick.Jaeger},
	} {
		p.Printf("  %-14s%8s\n", part.what, text.Megabytes(p.stick.Size(part.prefix)))
	}
	p.Printf("\nOn a machine with Go and no network, in a folder for the workshop:\n\n")
	p.Printf("  %s\n", p.Bold("go run "+shell.PathWord(filepath.Join(p.stick.Dir, stick.Setup))))
	p.Printf("\nPut the installers of Go from https://go.dev/dl/ beside it: they are the one thing\nthat it lacks. Eject the stick before you pull it out.\n")
}
