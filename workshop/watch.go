package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"os"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/verdict"
	"example.com/tracing-workshop/workshop/internal/watch"
)

func watchCommand() command {
	return command{
		name:      "watch",
		arguments: "[step]",
		summary:   "check on each save, and help on a key",
		more:      howStepsAreTyped,
		define: func(*flag.FlagSet) func(context.Context, *console.Console, []string) error {
			return watchStep
		},
	}
}

// watchStep watches the step that is named, or the one to go on at.
func watchStep(ctx context.Context, c *console.Console, args []string) error {
	g, err := guideHere()
	if err != nil {
		return err
	}
	step, err := toWatch(g, args)
	if err != nil {
		return err
	}
	if err := needGo(); err != nil {
		return err
	}
	notice := ahead(g, c, step)
	show := &beside{repository: g.Repository, browse: proc.Browse, port: usualPagePort, listen: usualListen}
	defer show.close()
	if folder, err := verdict.Folder(g.Root); err == nil && os.MkdirAll(folder, 0o755) == nil {
		g.Anew() // so that the page has a record of what is watched
	}
	w := watch.New(g, c)
	w.Notice, w.Page = notice, show.open
	return w.Run(ctx, step)
}

// toWatch gives the step to watch. Of a part, it has the guide look at a section.
func toWatch(g *guide.Guide, args []string) (step string, err error) {
	sections, err := sectionsOf(g, "watch", args)
	switch {
	case err != nil:
		return "", err
	case len(sections) == 0:
		return stepOf(g, "watch", g.Start(), args)
	}
	g.Only, err = g.Open(sections) // the first one that is not solved
	g.Only = cmp.Or(g.Only, &sections[0])
	return g.Only.Part, err
}

// ahead has Jaeger built for step 5, and gives what there is to say about that.
func ahead(g *guide.Guide, c *console.Console, step string) string {
	var said bytes.Buffer
	if step < jaeger.Step {
		own := *c
		own.Writer = &said
		machine.BuildAhead(&own, g.Repository)
	}
	return said.String()
}
