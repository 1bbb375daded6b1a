package page

import (
	"errors"
	"net/http"

	"example.com/tracing-workshop/workshop/internal/page/traces"
)

// source gives where the traces are that are asked for.
func (p *page) source(w http.ResponseWriter, r *http.Request) (traces.Source, bool) {
	switch r.PathValue("source") {
	case "live":
		return p.store, true
	case "jaeger":
		return p.jaeger, true
	}
	fail(w, http.StatusNotFound, "traces are in live or in jaeger")
	return nil, false
}

// ask gives the source and the question of a request.
func (p *page) ask(w http.ResponseWriter, r *http.Request) (traces.Source, traces.Question, bool) {
	from, ok := p.source(w, r)
	if !ok {
		return nil, traces.Question{}, false
	}
	question, err := traces.Ask(r.URL.Query())
	if err != nil {
		refuse(w, r, err)
		return nil, question, false
	}
	return from, question, true
}

func (p *page) serveTraces(w http.ResponseWriter, r *http.Request) {
	from, question, ok := p.ask(w, r)
	if !ok {
		return
	}
	list, err := from.List(r.Context(), question)
	give(w, r, list, err)
}

func (p *page) serveTrace(w http.ResponseWriter, r *http.Request) {
	from, ok := p.source(w, r)
	if !ok {
		return
	}
	id, err := traces.CheckID(r.PathValue("id"))
	if err != nil {
		refuse(w, r, err)
		return
	}
	trace, err := from.Trace(r.Context(), id)
	give(w, r, trace, err)
}

func (p *page) serveServices(w http.ResponseWriter, r *http.Request) {
	from, ok := p.source(w, r)
	if !ok {
		return
	}
	services, err := from.Services(r.Context())
	give(w, r, struct {
		Services []traces.Service `json:"services"`
	}{services}, err)
}

func (p *page) serveCalls(w http.ResponseWriter, r *http.Request) {
	from, question, ok := p.ask(w, r)
	if !ok {
		return
	}
	calls, err := from.Calls(r.Context(), question)
	give(w, r, struct {
		Calls []traces.Call `json:"calls"`
	}{calls}, err)
}

func give(w http.ResponseWriter, r *http.Request, content any, err error) {
	if err != nil {
		refuse(w, r, err)
		return
	}
	answer(w, content)
}

// refuse says why there is no answer. What arrived here is always at hand, so an
// error that is nobody's mistake is about a Jaeger.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	var unclear *traces.Unclear
	var ambiguous *traces.Ambiguous
	var missing *traces.NotFound
	switch {
	case r.Context().Err() != nil:
		fail(w, http.StatusServiceUnavailable, "the page is about to end: start it again")
	case errors.As(err, &unclear), errors.As(err, &ambiguous):
		fail(w, http.StatusBadRequest, err.Error())
	case errors.As(err, &missing):
		fail(w, http.StatusNotFound, err.Error())
	default:
		fail(w, http.StatusBadGateway, err.Error())
	}
}
