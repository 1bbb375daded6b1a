package main

import (
	"context"
	"flag"
	"strconv"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/hint"
	"example.com/tracing-workshop/workshop/internal/usage"
)

func hintCommand() command {
	return command{
		name:      "hint",
		arguments: "[step]",
		summary:   "what helps now; -level 2 and 3 say more",
		more:      howStepsAreTyped,
		define: func(flags *flag.FlagSet) func(context.Context, *console.Console, []string) error {
			level := flags.Int("level", 1, "how much to say, a `number`: 1 is what to read, 2 what to write and to call,\n      3 the lines of the lesson")
			return func(ctx context.Context, c *console.Console, args []string) error {
				if *level < 1 || *level > hint.Levels {
					return usage.Errorf("hint: -level %d: it is a number from 1 to %d", *level, hint.Levels)
				}
				g, err := guideHere()
				if err != nil {
					return err
				}
				sections, err := sectionsOf(g, "hint", args)
				if err != nil {
					return err
				}
				if len(sections) > 0 {
					return hintSections(c, g, sections, *level)
				}
				return tellHint(ctx, c, g, args, *level)
			}
		},
	}
}

func tellHint(ctx context.Context, c *console.Console, g *guide.Guide, args []string, level int) error {
	step, err := stepOf(g, "hint", g.Start(), args)
	if err != nil {
		return err
	}
	if err := needGo(); err != nil {
		return err
	}
	r, err := g.Look(ctx, c, step)
	if err != nil {
		return err
	}
	g.Use(step)
	if r.Solved() {
		c.Printf("%s %s is solved: there is nothing to hint at.\n", c.Green("✓"), step)
		return nil
	}
	h, err := g.Hint(r)
	if err != nil {
		return err
	}
	if h == nil {
		c.Printf("No section of the lesson is about this. What is in the way: %s check %s\n", g.Command(), step)
		return nil
	}
	g.TellHint(c, step, h, level)
	tellMore(c, level, step)
	return nil
}

// tellMore says what to type for the next level of a hint about what was named.
func tellMore(c *console.Console, level int, named ...string) {
	if level < hint.Levels {
		c.Printf("\nMore: %s\n", c.Bold(typed(append([]string{"hint", "-level", strconv.Itoa(level + 1)}, named...)...)))
	}
}
