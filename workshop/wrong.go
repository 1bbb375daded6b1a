package main

import (
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/neighbour"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/spelling"
	"example.com/tracing-workshop/workshop/internal/usage"
)

// unknown says what may be meant by a command line whose first word is no
// command.
func unknown(args []string) error {
	name, rest := args[0], args[1:]
	if strings.HasPrefix(name, "-") {
		return unknownFlag(name, rest)
	}
	what := fmt.Sprintf("there is no command %q", name)
	if strings.EqualFold(name, "step") && len(rest) > 0 {
		name, rest = name+rest[0], rest[1:]
	}
	if looksLikeStep(name) {
		if err := checkStepName(name); err != nil {
			return err
		}
		return didYouMean(what, append([]string{"check", name}, rest...)...)
	}
	if slices.Contains(neighbour.Names(), strings.ToLower(name)) {
		return didYouMean(what, append([]string{"backend", strings.ToLower(name)}, rest...)...)
	}
	if near := spelling.Nearest(name, append(commandNames(), "help")); near != "" {
		return didYouMean(what, append([]string{near}, rest...)...)
	}
	if cmd, flag := nearestFlag(name, commands()); flag != "" {
		return didYouMean(what, append([]string{cmd, "-" + flag}, rest...)...)
	}
	return usage.Errorf("%s: the commands are %s (see %s help)", what, strings.Join(commandNames(), ", "), repository.Invocation)
}

// unknownFlag is about a flag where a command belongs.
func unknownFlag(given string, rest []string) error {
	what := fmt.Sprintf("the flag %s is not known here", given)
	isCommand := func(word string) bool { return slices.Contains(commandNames(), word) }
	if i := slices.IndexFunc(rest, isCommand); i >= 0 {
		words := append([]string{rest[i], given}, rest[:i]...)
		return didYouMean(what, append(words, rest[i+1:]...)...)
	}
	name := flagName(given)
	if cmd, flag := nearestFlag(name, commands()); flag != "" {
		value := strings.TrimPrefix(strings.TrimLeft(given, "-"), name)
		return didYouMean(what, append([]string{cmd, "-" + flag + value}, rest...)...)
	}
	if near := spelling.Nearest(name, append(commandNames(), "help")); near != "" {
		return didYouMean(what, append([]string{near}, rest...)...)
	}
	return usage.Errorf("%s (see %s help)", what, repository.Invocation)
}

// didYouMean says what is wrong, and the command line to copy.
func didYouMean(what string, words ...string) error {
	return usage.Errorf("%s: did you mean %s?", what, typed(words...))
}

// typed is a command line as it is typed in the current folder.
func typed(words ...string) string {
	line := repository.Invocation
	if r, err := repository.Here(); err == nil {
		line = r.Command()
	}
	for _, word := range words {
		line += " " + shell.Word(word)
	}
	return line
}

func commandNames() []string {
	var names []string
	for _, cmd := range commands() {
		names = append(names, cmd.name)
	}
	return names
}

// nearestFlag gives the flag that is most likely meant, and its command.
func nearestFlag(typed string, of []command) (cmd, flag string) {
	var names, owners []string
	for _, cmd := range of {
		for _, name := range cmd.flagNames() {
			names, owners = append(names, name), append(owners, cmd.name)
		}
	}
	if near := spelling.Nearest(typed, names); near != "" {
		return owners[slices.Index(names, near)], near
	}
	return "", ""
}

func (cmd command) flagNames() []string {
	var names []string
	flags, _ := cmd.parser()
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

// flagName gives limit for --limit=3.
func flagName(given string) string {
	name, _, _ := strings.Cut(strings.TrimLeft(given, "-"), "=")
	return name
}

// parse parses flags wherever they stand, and gives the other arguments.
// Package flag alone stops at the first of these.
func parse(flags *flag.FlagSet, args []string) (others []string, err error) {
	for {
		if err := flags.Parse(args); err != nil || flags.NArg() == 0 {
			return others, err
		}
		others = append(others, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

// wrongFlag says what is wrong with the flags of a command. Package flag gives
// its errors as text only.
func (cmd command) wrongFlag(err error) error {
	what := err.Error()
	if name, ok := strings.CutPrefix(what, "flag provided but not defined: -"); ok {
		what = "there is no flag -" + name
		if _, near := nearestFlag(name, []command{cmd}); near != "" {
			what += fmt.Sprintf(": did you mean -%s?", near)
		} else if other, flag := nearestFlag(name, commands()); flag == name {
			what += fmt.Sprintf(", but %s has one", other)
		}
	}
	if name, ok := strings.CutPrefix(what, "flag needs an argument: "); ok {
		what = name + " needs a value after it"
	}
	if value, ok := strings.CutSuffix(what, ": parse error"); ok {
		what = value + ": it is a whole number"
		if strings.HasPrefix(value, "invalid boolean") {
			what = value + ": it is true or false"
		}
	}
	return usage.Errorf("%s: %s (see %s %s -h)", cmd.name, what, repository.Invocation, cmd.name)
}

// checkDashes finds the dashes that a document or a slide makes of a hyphen.
func checkDashes(args []string) error {
	for _, arg := range args {
		if flag := strings.TrimLeft(arg, "–—−"); flag != arg {
			return usage.Errorf("%s begins with a dash, and a flag with a hyphen: type -%s", arg, flag)
		}
	}
	return nil
}

// tooMany is about an argument where a command takes none.
func (cmd command) tooMany(argument string) error {
	what := fmt.Sprintf("%s: %q is one argument too many", cmd.name, argument)
	if _, near := nearestFlag(argument, []command{cmd}); near != "" {
		return didYouMean(what, cmd.name, "-"+near)
	}
	if yamlFile.MatchString(argument) && slices.Contains(cmd.flagNames(), "config") {
		return didYouMean(what, cmd.name, "-config", argument)
	}
	return usage.Errorf("%s (see %s %s -h)", what, repository.Invocation, cmd.name)
}

var yamlFile = regexp.MustCompile(`\.ya?ml$`)

var stepNumber = regexp.MustCompile(`^(?i:step[-_ ]?)?\d`)

// looksLikeStep tells whether a word, or the path that it is, is about a step.
func looksLikeStep(word string) bool {
	if r, err := repository.Here(); err == nil && (r.StepAt(word) != "" || r.IsPartName(word)) {
		return true
	}
	return stepNumber.MatchString(strings.TrimLeft(word, `./\`))
}

func checkStepName(name string) error {
	r, err := repository.Here()
	if err != nil {
		return err
	}
	_, err = r.Step(name)
	return err
}
