package machine

import (
	"context"
	"errors"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/text"
)

// Obtain gives the Jaeger of this machine. Where there is none, it is built,
// and the console says so, and shows how far that is. It gives
// [jaeger.ErrBuilding] where o leaves that to another process.
func Obtain(ctx context.Context, c *console.Console, m jaeger.Module, o jaeger.BuildOptions) (jaeger.Binary, error) {
	binary, err := jaeger.Find(m)
	if !errors.Is(err, jaeger.ErrMissing) {
		return binary, err
	}
	now, building := jaeger.Building(m)
	switch {
	case building && o.Alone:
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
	began := time.Now()
	binary, last, err := show(ctx, c, m, o)
	switch {
	case ctx.Err() != nil && last.Waits() && !now.Yields:
		c.Printf("Stopped waiting. The build of Jaeger goes on.\n")
	case ctx.Err() != nil:
		c.Printf("%s What was compiled is kept: the next build goes on from there.\n", buildStopped)
	case err == nil:
		c.Printf("Jaeger is built. It took %s.\n", text.Minutes(time.Since(began)))
	}
	return binary, err
}

// buildStopped begins the last line of a build that was stopped.
const buildStopped = "The build of Jaeger was stopped."

// Build is [jaeger.Build], and the console shows how far it is: where lines
// stay, every stage and every 100 packages.
func Build(ctx context.Context, c *console.Console, m jaeger.Module, o jaeger.BuildOptions) (jaeger.Binary, error) {
	binary, _, err := show(ctx, c, m, o)
	return binary, err
}

// show builds, and gives where the build stood last, too.
func show(ctx context.Context, c *console.Console, m jaeger.Module, o jaeger.BuildOptions) (binary jaeger.Binary, last jaeger.Progress, err error) {
	shown := c.Progress(last.String())
	defer shown.End()
	o.Report = func(now jaeger.Progress) {
		newStage := now.Stage != last.Stage || now.Process != last.Process
		newHundred := now.Stage == jaeger.Compiling && now.Done/100 != last.Done/100
		if last = now; newStage || newHundred {
			shown.Say(now.String())
		} else {
			shown.Set(now.String())
		}
	}
	binary, err = jaeger.Build(ctx, m, o)
	return binary, last, err
}
