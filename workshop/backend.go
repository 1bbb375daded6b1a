package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/neighbour"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/spelling"
	"example.com/tracing-workshop/workshop/internal/usage"
)

func backendCommand() command {
	return command{
		name:      "backend",
		arguments: "[name]",
		summary:   "run a database, Kafka or Zipkin, for real",
		define: func(flags *flag.FlagSet) func(context.Context, *console.Console, []string) error {
			var asked backendFlags
			flags.BoolVar(&asked.list, "list", false, "show what there is, what is fetched, and how large that is: what happens\n      without a name")
			flags.BoolVar(&asked.fetch, "fetch", false, "only fetch what it needs, as for a room without a network; several names\n      may follow, or all")
			flags.BoolVar(&asked.forget, "rm", false, "only remove what it has stored, and keep what was fetched; several names\n      may follow, or all")
			flags.StringVar(&asked.config, "config", "", "a configuration `file`, for collector and prometheus, in the place of their own")
			free := flags.Bool("free", false, "listen on ports that are free, in place of the usual ones")
			verbose := flags.Bool("v", false, "show what it logs")
			return func(ctx context.Context, c *console.Console, names []string) error {
				if slices.Equal(names, []string{"list"}) {
					asked.list, names = true, nil
				}
				if err := asked.check(names); err != nil {
					return err
				}
				r, err := repository.Here()
				if err != nil {
					return err
				}
				h := neighbour.New(c, r)
				h.Free, h.Config = *free, asked.config
				if *verbose {
					h.Log = os.Stderr
				}
				return asked.do(ctx, h, names)
			}
		},
	}
}

// backendFlags say what the command backend does. Without the first three it runs
// a system.
type backendFlags struct {
	list, fetch, forget bool
	config              string // a file, for a system that runs
}

// typed gives those of the first three that are set, as they are typed.
func (o backendFlags) typed() (flags []string) {
	for flag, set := range map[string]bool{"-fetch": o.fetch, "-list": o.list, "-rm": o.forget} {
		if set {
			flags = append(flags, flag)
		}
	}
	slices.Sort(flags)
	return flags
}

// check checks whether the flags go together, and the names with them.
func (o backendFlags) check(names []string) error {
	flags := o.typed()
	switch {
	case len(flags) > 1:
		return usage.Errorf("backend: %s and %s do not go together: each says what is to be done, and nothing else", flags[0], flags[1])
	case o.list && len(names) > 0:
		return usage.Errorf("backend: %q is one argument too many: -list shows all of them", names[0])
	case len(flags) == 1 && !o.list && len(names) == 0:
		return usage.Errorf("backend: %s needs a name, or all, as in: %s", flags[0], typed("backend", flags[0], "all"))
	case len(flags) == 1 && slices.Equal(names, []string{"all"}):
		return nil
	}
	for i, name := range names {
		if slices.Contains([]string{"list", "fetch", "rm"}, name) {
			return didYouMean(fmt.Sprintf("backend: %q is a flag", name), slices.Concat([]string{"backend", "-" + name}, names[:i], names[i+1:])...)
		}
		if i > 0 && yamlFile.MatchString(name) {
			return didYouMean(fmt.Sprintf("backend: %q is one argument too many", name), slices.Concat([]string{"backend"}, names[:i], []string{"-config", name})...)
		}
		if !slices.Contains(neighbour.Names(), name) {
			return o.unknown(name)
		}
	}
	if len(flags) == 0 && len(names) > 1 {
		return usage.Errorf("backend: %q is one argument too many: each runs in a terminal of its own", names[1])
	}
	return o.checkConfig(names)
}

// checkConfig checks whether there is such a file, and a system that takes one.
func (o backendFlags) checkConfig(names []string) error {
	if o.config == "" {
		return nil
	}
	if len(o.typed()) > 0 || len(names) == 0 || !neighbour.TakesConfig(names[0]) {
		return usage.Errorf("backend: -config is for collector and prometheus, as in: %s", typed("backend", "collector", "-config", o.config))
	}
	file, err := os.Stat(o.config)
	if err != nil {
		return usage.Errorf("backend: there is no file %s", o.config)
	}
	if file.IsDir() {
		return usage.Errorf("backend: %s is a folder, and -config needs a file", o.config)
	}
	return nil
}

// unknown says what may be meant by a name that no system has.
func (o backendFlags) unknown(name string) error {
	known := neighbour.Names()
	what := fmt.Sprintf("there is no backend %q", name)
	switch near := cmp.Or(otherNames[strings.ToLower(name)], spelling.Nearest(name, append(known, "jaeger"))); near {
	case "":
		return usage.Errorf("%s: the backends are %s (see %s backend -list)", what, strings.Join(known, ", "), repository.Invocation)
	case "jaeger":
		return didYouMean("Jaeger has a command of its own", "jaeger")
	default:
		return didYouMean(what, append(append([]string{"backend"}, o.typed()...), near)...)
	}
}

// otherNames are those that people know some systems by.
var otherNames = map[string]string{
	"es": "elasticsearch", "os": "opensearch", "flask": "python",
	"otel": "collector", "otelcol": "collector", "otel-collector": "collector", "opentelemetry-collector": "collector",
}

// do does what is asked for. Without a name it lists what there is.
func (o backendFlags) do(ctx context.Context, h *neighbour.Host, names []string) error {
	if slices.Equal(names, []string{"all"}) {
		names = neighbour.Names()
	}
	switch {
	case o.list || len(names) == 0:
		return h.List()
	case o.fetch:
		return h.Fetch(ctx, names)
	case o.forget:
		return h.Forget(names)
	}
	return h.Run(ctx, names[0])
}
