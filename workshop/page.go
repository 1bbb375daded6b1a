package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"strconv"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/page"
	"example.com/tracing-workshop/workshop/internal/port"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/usage"
)

// usualJaeger is where a Jaeger answers, unless its configuration says otherwise.
const usualJaeger = "http://127.0.0.1:16686"

// usualListen is where spans are received, which programs send them to of themselves.
const usualListen = "127.0.0.1:4317"

// usualPagePort is where the page is.
const usualPagePort = 7777

func pageCommand() command {
	return command{
		name:      "page",
		arguments: "[step]",
		summary:   "lessons, verdicts and traces in a browser",
		define: func(flags *flag.FlagSet) func(context.Context, *console.Console, []string) error {
			s := &site{browse: proc.Browse}
			flags.IntVar(&s.port, "port", usualPagePort, "`number` of the port of 127.0.0.1 that the page is at; with 0, the system\n      picks one")
			flags.BoolVar(&s.open, "open", false, "open the page in the browser")
			flags.StringVar(&s.from, "from", usualJaeger, "show what the Jaeger at this `URL` holds, as soon as it answers")
			flags.StringVar(&s.listen, "listen", usualListen, "`address` to receive spans at, with OTLP over gRPC")
			return func(ctx context.Context, c *console.Console, args []string) error {
				s.Console = c
				return s.serve(ctx, args)
			}
		},
	}
}

// site is the page while it is served.
type site struct {
	*console.Console
	port         int
	open         bool
	from, listen string
	browse       func(address string) error
}

// serve serves the page until ctx ends. It opens at a step, if one is named.
func (s *site) serve(ctx context.Context, args []string) error {
	if err := s.check(args); err != nil {
		return err
	}
	r, err := repository.Here()
	if err != nil {
		return err
	}
	at := ""
	if len(args) == 1 {
		step, err := r.Step(args[0])
		if err != nil {
			return err
		}
		if repository.IsPart(step) {
			return usage.Errorf("page: it is for steps; %s is read in its README.md and checked with: %s", step, typed("watch", path.Base(step)))
		}
		at = "#/learn/" + step
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)))
	if port.InUse(err) {
		return fmt.Errorf("page: another program has port %d, perhaps a page that runs already: end it, or choose another port, as in %s page -port %d", s.port, r.Command(), s.another())
	}
	if err != nil {
		return fmt.Errorf("page: cannot listen on port %d: choose another one, as in %s page -port %d: %w", s.port, r.Command(), s.another(), err)
	}
	base, _ := splitPage(s.from)
	return page.Serve(ctx, listener, page.Options{
		Repository: r, Jaeger: base, Listen: s.listen,
		Ready: func(status page.Status) { s.greet(status, "http://"+listener.Addr().String()+"/"+at) },
	})
}

func (s *site) check(args []string) error {
	if len(args) > 1 {
		return usage.Errorf("page: %q is one argument too many: name one step, or none", args[1])
	}
	if s.port < 0 || s.port > 65535 {
		return usage.Errorf("page: -port %d is no port: that is a number up to 65535, as 7778", s.port)
	}
	if err := checkListen("page", s.listen); err != nil {
		return err
	}
	if s.from == "" {
		return usage.Errorf("page: -from needs the address of a Jaeger, as %s", usualJaeger)
	}
	return checkFrom("page", s.from)
}

// another is a port to try where this one is taken.
func (s *site) another() int {
	if s.port == usualPagePort {
		return usualPagePort + 1
	}
	return usualPagePort
}

// greet says where the page is, and opens it if that is wanted.
func (s *site) greet(status page.Status, address string) {
	s.Printf("The page is at\n\n  %s\n\n", s.Bold(address))
	if status.Live.Listening != "" {
		s.Printf("It receives spans on %s (OTLP over gRPC). ", status.Live.Listening)
	}
	s.Printf("Ctrl-C ends it.\n")
	for _, problem := range []string{status.Live.Problem, status.Problem} {
		if problem != "" {
			s.Printf("\n%s %s\n", s.Yellow("!"), problem)
		}
	}
	if !s.open {
		return
	}
	if err := s.browse(address); err != nil {
		s.Printf("\n%s No browser could be opened: open the address yourself.\n", s.Yellow("!"))
	}
}

// beside is the page beside another command. It is served from the moment that
// somebody wants to see it.
type beside struct {
	repository *repository.Repository
	browse     func(address string) error
	port       int
	listen     string // where it receives spans

	address string // "" before that
	stop    context.CancelFunc
	over    chan error
}

// open opens the page in a browser, and gives its address. Where another program
// has its port, perhaps the page of another clone, the system picks one.
func (b *beside) open(ctx context.Context) (address string, err error) {
	if b.address == "" {
		if err := b.serve(ctx); err != nil {
			return "", err
		}
	}
	if err := b.browse(b.address); err != nil {
		return b.address + ": open it in a browser", nil
	}
	return b.address, nil
}

func (b *beside) serve(ctx context.Context) error {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(b.port)))
	if port.InUse(err) {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return err
	}
	ctx, b.stop = context.WithCancel(ctx)
	ready := make(chan struct{}, 1)
	b.over = make(chan error, 1)
	go func() {
		b.over <- page.Serve(ctx, listener, page.Options{
			Repository: b.repository, Jaeger: usualJaeger, Listen: b.listen,
			Ready: func(page.Status) { ready <- struct{}{} },
		})
	}()
	select {
	case <-ready:
		b.address = "http://" + listener.Addr().String()
		return nil
	case err := <-b.over:
		b.stop, b.over = nil, nil
		if err == nil {
			err = ctx.Err() // Ctrl-C meanwhile
		}
		return err
	}
}

// close ends the page, if it was opened.
func (b *beside) close() {
	if b.stop != nil {
		b.stop()
		<-b.over
	}
}

// receives tells whether a page of the workshop is at base, and receives the spans
// that come to an address.
func receives(ctx context.Context, base, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/state", nil)
	if err != nil {
		return false
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	var state struct{ Live struct{ Listening string } }
	err = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&state)
	return err == nil && state.Live.Listening == address
}
