package page

import (
	"errors"
	"net/http"

	"example.com/tracing-workshop/workshop/internal/page/traces"
)

// asked answers what is asked of a source.
type asked struct{ traces.Source }

func (a asked) serveTraces(w http.ResponseWriter, r *http.Request) {
	question, err := traces.Ask(r.URL.Query())
	if err != nil {
		refuse(w, r, err)
		return
	}
	list, err := a.List(r.Context(), question)
	give(w, r, list, err)
}

func (a asked) serveTrace(w http.ResponseWriter, r *http.Request) {
	id, err := traces.CheckID(r.PathValue("id"))
	if err != nil {
		refuse(w, r, err)
		return
	}
	trace, err := a.Trace(r.Context(), id)
	give(w, r, trace, err)
}

func (a asked) serveServices(w http.ResponseWriter, r *http.Request) {
	services, err := a.Services(r.Context())
	give(w, r, struct {
		Services []traces.Service `json:"services"`
	}{services}, err)
}

func (a asked) serveCalls(w http.ResponseWriter, r *http.Request) {
	question, err := traces.Ask(r.URL.Query())
	if err != nil {
		refuse(w, r, err)
		return
	}
	calls, err := a.Calls(r.Context(), question)
	give(w, r, struct {
		Calls []traces.Call `json:"calls"`
		Graph traces.Graph  `json:"graph"`
	}{calls, traces.GraphOf(calls)}, err)
}

func (a asked) serveSpans(w http.ResponseWriter, r *http.Request) {
	question, err := traces.Ask(r.URL.Query())
	if err != nil {
		refuse(w, r, err)
		return
	}
	list, err := a.Spans(r.Context(), question)
	give(w, r, list, err)
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
