package main

import (
	"context"
	"errors"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/text"
)

// obtain gives the Jaeger of this machine. Where there is none, it is built,
// and the console shows how far that is. The go command gets env, as key=value,
// beside what is in the environment.
func obtain(ctx context.Context, c *console.Console, m jaeger.Module, idle bool, env ...string) (jaeger.Binary, error) {
	binary, err := jaeger.Find(m)
	if !errors.Is(err, jaeger.ErrMissing) {
		return binary, err
	}
	now, building := jaeger.Building(m)
	switch {
	case building && idle:
		return jaeger.Binary{}, jaeger.ErrBuilding
	case building && now.Yields:
		c.Printf(`There is no Jaeger on this machine yet, but it is being built in the background:
%s.
This one takes over, and goes on from there. Ctrl-C is fine.
`, now)
	case building:
		c.Printf(`There is no Jaeger on this machine yet, but it is being built: %s.
This one waits for that. Ctrl-C ends the waiting, and the build goes on.
`, now)
	default:
		c.Printf(`There is no Jaeger on this machine yet: Jaeger %s is built from its Go module,
once. On two processors that takes 6 to 15 minutes, and 2 GB of disk. Ctrl-C is
fine: the next build goes on from there.
`, jaeger.Version)
	}
	p := showBuild(c)
	binary, err = jaeger.Build(ctx, m, jaeger.BuildOptions{Urgent: !idle, Alone: idle, Env: env, Report: p.report})
	p.End()
	switch {
	case ctx.Err() != nil && p.now.Waits() && !now.Yields:
		c.Printf("Stopped waiting. The build of Jaeger goes on.\n")
	case ctx.Err() != nil:
		c.Printf("%s What was compiled is kept: the next build goes on from there.\n", buildStopped)
	case err == nil:
		c.Printf("Jaeger is built. It took %s.\n", text.Minutes(time.Since(p.began)))
	}
	return binary, err
}

// buildStopped begins the last line of a build that was stopped.
const buildStopped = "The build of Jaeger was stopped."

// buildShow shows how far a build is: where lines stay, every stage and every
// 100 packages.
type buildShow struct {
	*console.Progress
	began time.Time
	now   jaeger.Progress
}

func showBuild(c *console.Console) *buildShow {
	return &buildShow{Progress: c.Progress(jaeger.Progress{}.String()), began: time.Now()}
}

func (p *buildShow) report(now jaeger.Progress) {
	newStage := now.Stage != p.now.Stage || now.Process != p.now.Process
	newHundred := now.Stage == jaeger.Compiling && now.Done/100 != p.now.Done/100
	if p.now = now; newStage || newHundred {
		p.Say(now.String())
	} else {
		p.Set(now.String())
	}
}
