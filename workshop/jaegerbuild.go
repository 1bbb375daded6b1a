package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/text"
)

// obtain gives the Jaeger of this machine. Where there is none, it is built,
// and the console shows how far that is. The go command gets env, as key=value,
// beside what is in the environment.
func obtain(ctx context.Context, c *console, m jaeger.Module, idle bool, env ...string) (jaeger.Binary, error) {
	binary, err := jaeger.Find(m)
	if !errors.Is(err, jaeger.ErrMissing) {
		return binary, err
	}
	now, building := jaeger.Building(m)
	switch {
	case building && idle:
		return jaeger.Binary{}, jaeger.ErrBuilding
	case building && now.Yields:
		c.printf(`There is no Jaeger on this machine yet, but it is being built in the background:
%s.
This one takes over, and goes on from there. Ctrl-C is fine.
`, describeProgress(now))
	case building:
		c.printf(`There is no Jaeger on this machine yet, but it is being built: %s.
This one waits for that. Ctrl-C ends the waiting, and the build goes on.
`, describeProgress(now))
	default:
		c.printf(`There is no Jaeger on this machine yet: Jaeger %s is built from its Go module,
once. On two processors that takes 6 to 15 minutes, and 2 GB of disk. Ctrl-C is
fine: the next build goes on from there.
`, jaeger.Version)
	}
	p := showBuild(c)
	binary, err = jaeger.Build(ctx, m, jaeger.BuildOptions{Urgent: !idle, Alone: idle, Env: env, Report: p.report})
	p.end()
	switch {
	case ctx.Err() != nil && p.waits() && !now.Yields:
		c.printf("Stopped waiting. The build of Jaeger goes on.\n")
	case ctx.Err() != nil:
		c.printf("%s What was compiled is kept: the next build goes on from there.\n", buildStopped)
	case err == nil:
		c.printf("Jaeger is built. It took %s.\n", minutes(time.Since(p.began)))
	}
	return binary, err
}

// buildStopped begins the last line of a build that was stopped.
const buildStopped = "The build of Jaeger was stopped."

// buildShow shows how far a build is: on one line that changes, or, where
// lines cannot be wiped, on a line for every stage and every 100 packages.
type buildShow struct {
	*console
	began time.Time
	stop  chan struct{}
	group sync.WaitGroup

	mu  sync.Mutex
	now jaeger.Progress
}

func showBuild(c *console) *buildShow {
	p := &buildShow{console: c, began: time.Now(), stop: make(chan struct{})}
	if c.live {
		p.group.Go(func() { c.showLine(p.stop, p.text) })
	}
	return p
}

func (p *buildShow) end() {
	close(p.stop)
	p.group.Wait()
}

// text is the line that changes.
func (p *buildShow) text(took time.Duration) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf("%s · %s", describeProgress(p.now), minutes(took))
}

func (p *buildShow) report(now jaeger.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	newStage := now.Stage != p.now.Stage || now.Process != p.now.Process
	newHundred := now.Stage == jaeger.Compiling && now.Done/100 != p.now.Done/100
	p.now = now
	if !p.live && (newStage || newHundred) {
		p.printf("%s\n", describeProgress(now))
	}
}

// waits tells whether it is another process that builds.
func (p *buildShow) waits() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now.Stage == jaeger.Waiting || p.now.Process != 0
}

func describeProgress(p jaeger.Progress) string {
	if process := p.Process; process != 0 {
		p.Process = 0
		return fmt.Sprintf("process %d is %s", process, describeProgress(p))
	}
	switch {
	case p.Stage == "":
		return "looking at what there is to build"
	case p.Stage == jaeger.Compiling:
		return fmt.Sprintf("%s: %d of %s", p.Stage, p.Done, text.Plural(p.Total, "package"))
	case p.Stage == jaeger.Downloading && p.Done > 0:
		return fmt.Sprintf("%s: %s", p.Stage, text.Plural(p.Done, "module"))
	}
	return string(p.Stage)
}

func minutes(d time.Duration) string {
	seconds := int(d.Seconds())
	if seconds < 60 {
		return fmt.Sprintf("%d s", seconds)
	}
	return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
}
