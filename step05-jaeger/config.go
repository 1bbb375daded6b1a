package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"time"
)

const (
	userServiceName = "user-service"
	jokeServiceName = "joke-service"

	trafficName = "traffic" // not a service: what is sent through the constellation
)

// config is the command line. A flag wins over its environment variable,
// which wins over the default.
type config struct {
	service    string        // "" runs both, "traffic" the constellation
	addr       string        // where the one service listens
	jokeURL    string        // where user-service gets its jokes
	chunkPause time.Duration // how long a worker of /compute pauses
	delay      time.Duration // how long joke-service thinks

	flushTimeout time.Duration // how long the last spans may take

	userAddr, jokeAddr string // where the services listen when both run

	seed uint64 // of the traffic
}

// usageError is what the person at the keyboard can correct at once.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message }

func parseArgs(args []string) (config, error) {
	cfg := config{}
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		cfg.service, args = args[0], args[1:]
	}
	flags := flag.NewFlagSet(cfg.service, flag.ContinueOnError)
	env := map[string]string{} // flag: environment variable

	switch cfg.service {
	case userServiceName:
		flags.StringVar(&cfg.addr, "addr", "127.0.0.1:8080", "listen on this `host:port` (env ADDR)")
		flags.StringVar(&cfg.jokeURL, "joke-url", "http://127.0.0.1:8081/jokes/random", "get jokes from this `URL` (env JOKE_URL)")
		flags.DurationVar(&cfg.chunkPause, "chunk-pause", 20*time.Millisecond, "let each worker of /compute pause this `long` (env CHUNK_PAUSE)")
		flushFlag(flags, &cfg)
		env["addr"], env["joke-url"], env["chunk-pause"] = "ADDR", "JOKE_URL", "CHUNK_PAUSE"
	case jokeServiceName:
		flags.StringVar(&cfg.addr, "addr", "127.0.0.1:8081", "listen on this `host:port` (env ADDR)")
		flags.DurationVar(&cfg.delay, "delay", 0, "think this `long` before an answer, such as 2s (env JOKE_DELAY)")
		flushFlag(flags, &cfg)
		env["addr"], env["delay"] = "ADDR", "JOKE_DELAY"
	case trafficName:
		flags.Uint64Var(&cfg.seed, "seed", defaultSeed(), "the trouble to look for, a `number`")
		flags.DurationVar(&cfg.flushTimeout, "flush-timeout", 10*time.Second, "wait at most this `long` for Jaeger at the end")
	case "":
		flags.StringVar(&cfg.userAddr, "user-addr", "127.0.0.1:8080", "user-service listens on this `host:port`")
		flags.StringVar(&cfg.jokeAddr, "joke-addr", "127.0.0.1:8081", "joke-service listens on this `host:port`")
	default:
		return config{}, usageError{fmt.Sprintf("there is no service %q, only %s and %s, and there is %s", cfg.service, userServiceName, jokeServiceName, trafficName)}
	}
	if err := parseFlags(flags, env, args); err != nil {
		return config{}, err
	}
	return cfg, cfg.check()
}

func flushFlag(flags *flag.FlagSet, cfg *config) {
	flags.DurationVar(&cfg.flushTimeout, "flush-timeout", 3*time.Second, "wait at most this `long` for the collector at the end")
}

// parseFlags sets the flags from the environment, and then from args.
func parseFlags(flags *flag.FlagSet, env map[string]string, args []string) error {
	flags.SetOutput(io.Discard) // run says what is wrong, in one line
	flags.Usage = func() {}

	for name, key := range env {
		value := os.Getenv(key)
		if value == "" {
			continue
		}
		if err := flags.Set(name, value); err != nil {
			return usageError{fmt.Sprintf("the environment variable %s cannot be %q: %v", key, value, err)}
		}
	}
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		printUsage(flags)
		return err
	}
	if err != nil {
		return usageError{err.Error()}
	}
	if flags.NArg() > 0 {
		return usageError{fmt.Sprintf("the argument %q is one too many", flags.Arg(0))}
	}
	return nil
}

func (c config) check() error {
	for _, addr := range []string{c.addr, c.userAddr, c.jokeAddr} {
		if addr == "" {
			continue
		}
		if _, err := net.ResolveTCPAddr("tcp", addr); err != nil {
			return usageError{fmt.Sprintf("%q is not an address to listen on: %v", addr, err)}
		}
	}
	if c.jokeURL == "" {
		return nil
	}
	u, err := url.Parse(c.jokeURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return usageError{fmt.Sprintf("the joke URL %q is not a full URL such as http://127.0.0.1:8081/jokes/random", c.jokeURL)}
	}
	return nil
}

func printUsage(flags *flag.FlagSet) {
	if flags.Name() == "" {
		fmt.Printf("Name a service, %s or %s, or %s, or none to run both services:\n", userServiceName, jokeServiceName, trafficName)
	}
	flags.SetOutput(os.Stdout)
	flags.PrintDefaults()
}
