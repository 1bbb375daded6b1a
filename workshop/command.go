package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/usage"
)

// command is a subcommand.
type command struct {
	name      string
	arguments string // what may follow the flags, as "[step]"; "" if nothing may
	summary   string // one line
	more      string // for its own help, or ""
	// define declares the flags, and gives the function that runs the command
	// once they are parsed, with the arguments that are left.
	define func(*flag.FlagSet) func(ctx context.Context, c *console.Console, args []string) error
}

// commands are the subcommands, in the order of the help. The first one runs
// when none is named.
func commands() []command {
	return []command{
		checkCommand(),
		watchCommand(),
		hintCommand(),
		listCommand(),
		diffCommand(),
		resetCommand(),
		tracesCommand(),
		pageCommand(),
		jaegerCommand(),
		backendCommand(),
		doctorCommand(),
		packCommand(),
		proveCommand(),
	}
}

// Exit codes of the command.
const (
	exitOK          = 0
	exitFailed      = 1 // the workshop itself cannot do its work
	exitUsage       = 2 // the command line cannot be understood
	exitInterrupted = 130
)

// run runs the command line args until it is done or ctx ends, and gives the
// exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c := console.New(stdout)
	err := dispatch(ctx, c, args)
	var misuse *usage.Error
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &misuse):
		fmt.Fprintln(stderr, "workshop:", err)
		return exitUsage
	case ctx.Err() != nil:
		return exitInterrupted
	}
	fmt.Fprintln(stderr, "workshop:", err)
	return exitFailed
}

func dispatch(ctx context.Context, c *console.Console, args []string) error {
	if len(args) == 0 {
		return commands()[0].run(ctx, c, nil)
	}
	if err := checkDashes(args); err != nil {
		return err
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		return help(c, rest)
	}
	found, ok := find(name)
	if !ok {
		return unknown(args)
	}
	return found.run(ctx, c, rest)
}

// find gives the subcommand of that name.
func find(name string) (command, bool) {
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i >= 0 {
		return all[i], true
	}
	return command{}, false
}

func (cmd command) run(ctx context.Context, c *console.Console, args []string) error {
	flags, start := cmd.parser()
	rest, err := parse(flags, args)
	if errors.Is(err, flag.ErrHelp) || slices.Equal(rest, []string{"help"}) {
		cmd.usage(c)
		return nil
	}
	if err != nil {
		return cmd.wrongFlag(err)
	}
	if cmd.arguments == "" && len(rest) > 0 {
		return cmd.tooMany(rest[0])
	}
	return start(ctx, c, rest)
}

func (cmd command) parser() (*flag.FlagSet, func(context.Context, *console.Console, []string) error) {
	flags := flag.NewFlagSet(cmd.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are told by run, in one line
	flags.Usage = func() {}
	return flags, cmd.define(flags)
}

// help tells what there is, or what one subcommand can do.
func help(c *console.Console, args []string) error {
	if len(args) > 0 && args[0] != "help" {
		found, ok := find(args[0])
		if !ok {
			return unknown(args)
		}
		found.usage(c)
		return nil
	}
	c.Printf("The tracing workshop: read a lesson, edit a file, see what your traces say.\n\n")
	width := 0
	for _, cmd := range commands() {
		width = max(width, len(cmd.synopsis()))
	}
	c.Printf("  %-*s  find the step you are at, and check it\n", width, repository.Invocation)
	for _, cmd := range commands() {
		c.Printf("  %-*s  %s\n", width, cmd.synopsis(), cmd.summary)
	}
	c.Printf("\n%s=1 keeps Jaeger from being built in the background.\n", machine.NoBuild)
	c.Printf("Add -h to a command to see its flags, as in: %s traces -h\n", repository.Invocation)
	return nil
}

// synopsis is how the command is typed.
func (cmd command) synopsis() string {
	return strings.TrimSpace(repository.Invocation + " " + cmd.name + " " + cmd.arguments)
}

func (cmd command) usage(c *console.Console) {
	flags, _ := cmd.parser()
	c.Printf("%s: %s\n", cmd.synopsis(), cmd.summary)
	if cmd.more != "" {
		c.Printf("\n%s\n", cmd.more)
	}
	flags.VisitAll(func(f *flag.Flag) {
		argument, usage := flag.UnquoteUsage(f)
		c.Printf("\n  %s\n      %s", strings.TrimSpace("-"+f.Name+" "+argument), usage)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0s" {
			c.Printf(" (default %s)", f.DefValue)
		}
		c.Printf("\n")
	})
}
