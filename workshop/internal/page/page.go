// Package page is a local web page of the workshop: the lessons beside what the
// checks say, the traces that arrive, and those of a Jaeger. It is for the
// browser of the one who started it: [Serve] answers this machine alone.
package page

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/page/live"
	"example.com/tracing-workshop/workshop/internal/page/traces"
	"example.com/tracing-workshop/workshop/internal/port"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/internal/verdict"
)

// Options say what the page is about.
type Options struct {
	Repository *repository.Repository
	Jaeger     string // address of a Jaeger's query API
	Listen     string // address to receive spans at, with OTLP over gRPC
	Budget     int64  // in bytes, for the traces that arrive; 0 is [live.Budget]
	// Check checks a step with more variables in its environment; nil is
	// [guide.Guide.Check].
	Check func(ctx context.Context, step string, env []string) (guide.Report, error)
	// Ready, if not nil, is called when the page can be opened.
	Ready func(Status)
}

// Status is how a page has begun.
type Status struct {
	Live    live.State
	Problem string // a sentence on what the page cannot do, or ""
}

// page is the server.
type page struct {
	Options
	hosts   []string // names of this server, as in the header Host
	token   string
	hub     *hub
	store   *live.Store
	intake  *live.Intake
	jaeger  *traces.Jaeger
	looked  jaegerLook
	records *records
	checks  *checks
}

// Serve answers those who connect to the listener until ctx ends. Then it stops
// all that it has started. The listener is one of 127.0.0.1, and is closed.
func Serve(ctx context.Context, listener net.Listener, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p, err := newPage(ctx, listener.Addr().String(), o)
	if err != nil {
		listener.Close()
		return err
	}
	var parts sync.WaitGroup
	problem := p.watch(ctx, &parts)
	parts.Go(func() {
		p.intake.Run(ctx, func() {
			if o.Ready != nil && ctx.Err() == nil {
				o.Ready(Status{p.intake.State(), problem})
			}
		})
	})
	parts.Go(func() { p.tellLive(ctx) })
	err = serve(ctx, listener, p.handler())
	cancel()
	parts.Wait()
	p.checks.all.Wait()
	return err
}

func newPage(ctx context.Context, address string, o Options) (*page, error) {
	folder, err := verdict.Folder(o.Repository.Root)
	if err != nil {
		return nil, err
	}
	if o.Budget == 0 {
		o.Budget = live.Budget
	}
	p := &page{
		Options: o, hosts: hostsOf(address), token: newToken(), hub: newHub(),
		store: live.NewStore(o.Budget), jaeger: traces.NewJaeger(o.Jaeger),
		records: &records{folder: folder, known: map[string]kept{}},
	}
	p.intake = live.NewIntake(p.store, o.Listen, p.taken)
	p.checks = newChecks(ctx, p.check, p.hub.tell)
	return p, nil
}

func (p *page) check(ctx context.Context, step string) (guide.Report, error) {
	env := []string{"TRACECHECK_COLOR=", verdict.Variable + "=" + p.records.folder}
	if p.Check != nil {
		return p.Check(ctx, step, env)
	}
	g := guide.New(p.Repository, []string{step}, false)
	g.Use(step)
	g.Anew()
	return g.Check(ctx, step, env, func(guide.Report) {})
}

// watch begins to watch files, and says what is not noticed where that cannot be.
func (p *page) watch(ctx context.Context, parts *sync.WaitGroup) (problem string) {
	steps, err := p.Repository.Steps()
	if err != nil {
		return text.Sentence(err.Error())
	}
	w := &watcher{records: p.records.folder, root: p.Repository.Root, steps: steps}
	w.verdict = func(step string) {
		p.checks.verdictCame(step)
		p.hub.tell(newEvent("verdict", step, aboutStep{step}))
	}
	w.saved = func(step string) { p.hub.tell(newEvent("lesson", step, aboutStep{step})) }
	if err := w.watch(); err != nil {
		return text.Sentence(err.Error())
	}
	parts.Go(func() { w.run(ctx) })
	return ""
}

// liveBeat is how often what arrives is told at most.
const liveBeat = 250 * time.Millisecond

// tellLive tells of what arrives until ctx ends.
func (p *page) tellLive(ctx context.Context) {
	for {
		changed := p.intake.Changed()
		p.hub.tell(newEvent("live", "", p.intake.State()))
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(liveBeat):
		}
	}
}

// taken says who may have the port for spans, and what to do.
func (p *page) taken(ctx context.Context, err error) string {
	if !port.Open(p.Listen) {
		return err.Error()
	}
	ctx, cancel := context.WithTimeout(ctx, jaegerAnswers)
	defer cancel()
	other := fmt.Sprintf("; to receive spans here as well, end this page and type %s page -listen 127.0.0.1:14317", repository.Invocation)
	if p.jaeger.Answers(ctx) == nil {
		return fmt.Sprintf("%s is taken, and a Jaeger answers at %s: most likely it listens there, and its traces are under Jaeger", p.Listen, p.jaeger.Address()) + other
	}
	return fmt.Sprintf("another program listens on %s, such as %s traces: end it, and within seconds this page listens there", p.Listen, repository.Invocation) + other
}

// goodbye is how long those who are being answered may take when it ends.
const goodbye = 2 * time.Second

func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    log.New(io.Discard, "", 0),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("the page cannot be served any more: %w", err)
	case <-ctx.Done():
	}
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	err := server.Shutdown(leave)
	if err != nil {
		err = server.Close()
	}
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = served
	}
	return err
}

func (p *page) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.serveIndex)
	mux.HandleFunc("GET /static/{path...}", serveStatic)
	mux.HandleFunc("GET /images/{path...}", p.serveImage)
	mux.HandleFunc("GET /api/state", p.serveState)
	mux.HandleFunc("GET /api/events", p.serveEvents)
	mux.HandleFunc("GET /api/lessons/{step}", p.serveLesson)
	mux.HandleFunc("GET /api/verdicts/{step}", p.serveVerdict)
	mux.HandleFunc("POST /api/check/{step}", p.startCheck)
	for name, source := range map[string]traces.Source{"live": p.store, "jaeger": p.jaeger} {
		a := asked{source}
		mux.HandleFunc("GET /api/"+name+"/traces", a.serveTraces)
		mux.HandleFunc("GET /api/"+name+"/traces/{id}", a.serveTrace)
		mux.HandleFunc("GET /api/"+name+"/services", a.serveServices)
		mux.HandleFunc("GET /api/"+name+"/calls", a.serveCalls)
		mux.HandleFunc("GET /api/"+name+"/spans", a.serveSpans)
	}
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusNotFound, "there is nothing at this address: the page is at http://"+p.hosts[0])
	})
	return p.guard(mux)
}

func answer(w http.ResponseWriter, content any) {
	text, err := json.Marshal(content)
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(text, '\n'))
}

// fail says in one sentence what is wrong, and what to do.
func fail(w http.ResponseWriter, status int, says string) {
	content, _ := json.Marshal(struct {
		Error string `json:"error"`
	}{text.Sentence(says)})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(content, '\n'))
}
