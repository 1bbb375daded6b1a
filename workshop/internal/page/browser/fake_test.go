// Package browser tests what runs in the browser: the files of ../static, in a real
// Chromium, before a server that answers as the page's own does, with samples.
//
// To look at them while they are changed, and for the check of their types:
//
//	go test -tags pictures ./internal/page/browser -run TestServe -serve 127.0.0.1:7778
//	npx --yes -p typescript@5.9.3 tsc -p internal/page/browser/jsconfig.json
package browser

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/page/traces"
	"example.com/tracing-workshop/workshop/internal/timeline"
	"example.com/tracing-workshop/workshop/internal/verdict"
)

const (
	step   = "step03-autoinstrument"
	policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

type object = map[string]any

// fake answers as the page's server does.
type fake struct {
	mu       sync.Mutex
	token    string
	record   *verdict.Record
	problems object
	checking []string
	live     object
	jaeger   object
	traces   []timeline.Trace // newest first
	arrived  int
	extra    int // traces that only the list has, newest first
	ears     map[chan string]bool
	posted   []string
}

func newFake() *fake {
	r := record(3)
	f := &fake{
		token: "token-1", record: &r, problems: object{}, ears: map[chan string]bool{},
		live: object{
			"listening": "127.0.0.1:4317", "endpoint": "http://127.0.0.1:4317", "command": "export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317",
			"problem": "", "traces": 14, "spans": 3400, "bytes": 12345678, "budget": 268435456, "forgotten": 12, "arrived": 99999, "remark": "",
		},
		jaeger: object{"address": "http://127.0.0.1:16686", "reachable": true, "problem": ""},
	}
	f.traces = append(f.traces, broken(), cities(20), failed(21), hostile(), big())
	for i := range 5 {
		f.traces = append(f.traces, compute(22+i))
	}
	return f
}

// check lets a check end with so many checks passed, and tells it.
func (f *fake) check(passed int) {
	f.mu.Lock()
	r := record(passed)
	f.record = &r
	f.mu.Unlock()
	f.tell("verdict", object{"step": step})
}

// change changes what is answered.
func (f *fake) change(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// arrive lets so many traces come, and tells it as often as the page's server may.
func (f *fake) arrive(traces int, tell bool) {
	f.mu.Lock()
	f.extra += traces
	f.arrived += traces
	f.live["arrived"], f.live["traces"] = 99999+f.arrived, 14+f.arrived
	live := f.live
	content, _ := json.Marshal(live)
	f.mu.Unlock()
	if tell {
		f.tell("live", json.RawMessage(content))
	}
}

func (f *fake) tell(event string, data any) {
	content, _ := json.Marshal(data)
	f.mu.Lock()
	defer f.mu.Unlock()
	for ear := range f.ears {
		select {
		case ear <- fmt.Sprintf("event: %s\ndata: %s\n\n", event, content):
		default:
		}
	}
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Cache-Control", "no-store")
	path := r.URL.Path
	switch {
	case path == "/":
		content, _ := os.ReadFile("../static/index.html")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, strings.Replace(string(content), `name="token" content=""`, `name="token" content="`+f.token+`"`, 1))
	case path == "/static/axe.js": // of the tests alone
		http.ServeFile(w, r, "testdata/axe.min.js")
	case strings.HasPrefix(path, "/static/"):
		http.StripPrefix("/static/", http.FileServer(http.Dir("../static"))).ServeHTTP(w, r)
	case path == "/api/events":
		f.events(w, r)
	default:
		f.answer(w, r, strings.Split(strings.TrimPrefix(path, "/api/"), "/"))
	}
}

func (f *fake) events(w http.ResponseWriter, r *http.Request) {
	ear := make(chan string, 64)
	f.change(func() { f.ears[ear] = true })
	defer f.change(func() { delete(f.ears, ear) })
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(w, ": here\n\n")
	w.(http.Flusher).Flush()
	for {
		select {
		case event := <-ear:
			fmt.Fprint(w, event)
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

func (f *fake) answer(w http.ResponseWriter, r *http.Request, parts []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fail := func(status int, says string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(object{"error": says})
	}
	var content any
	switch parts[0] {
	case "state":
		content = f.state()
	case "lessons":
		if parts[1] == "none" {
			fail(http.StatusNotFound, "There is no step "+hostileText+".")
			return
		}
		content = lesson(parts[1])
	case "verdicts":
		if f.record == nil || f.record.Step != parts[1] {
			fail(http.StatusNotFound, parts[1]+" was never checked.")
			return
		}
		content = f.record
	case "check":
		if r.Header.Get("X-Workshop-Token") != f.token {
			fail(http.StatusForbidden, "Load the page again: it is of a server that has ended.")
			return
		}
		f.posted = append(f.posted, parts[1])
		w.WriteHeader(http.StatusAccepted)
		return
	case "live", "jaeger":
		switch {
		case len(parts) == 3:
			i := slices.IndexFunc(f.traces, func(t timeline.Trace) bool { return strings.HasPrefix(t.ID, parts[2]) })
			if i < 0 {
				fail(http.StatusNotFound, "No trace begins with "+parts[2]+": see the list for those that are kept.")
				return
			}
			content = f.traces[i]
		case parts[1] == "traces":
			if parts[0] == "jaeger" && f.jaeger["reachable"] == false {
				fail(http.StatusBadGateway, "No Jaeger answers at http://127.0.0.1:16686: start it with go run ./workshop jaeger")
				return
			}
			content = f.summaries(r)
		case parts[1] == "services":
			content = object{"services": []object{
				{"name": "user-service", "operations": []string{"GET /compute", "GET /fetch-external", hostileText}},
				{"name": "joke-service", "operations": []string{"GET /jokes/random"}}, {"name": hostileText, "operations": nil},
			}}
		case parts[1] == "calls":
			content = object{"calls": calls(), "graph": traces.GraphOf(calls())}
		case parts[1] == "spans":
			content = found()
		}
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(content)
}

func (f *fake) state() object {
	done := f.record != nil && f.record.Passed
	return object{
		"at": step, "live": f.live, "jaeger": f.jaeger, "checking": f.checking, "problems": f.problems,
		"steps": []object{
			{"name": "step01-spans", "title": "Step 1: The first span", "done": true, "checks": 8, "passed": 8, "section": 1},
			{"name": "step02-exporter", "title": "Step 2: Spans leave the program", "done": true, "checks": 9, "passed": 9, "section": 1},
			{"name": step, "title": "Step 3: Two services, one trace", "done": done, "checks": 5, "passed": 3, "section": 4},
			{"name": "step04-manual-spans", "title": "Step 4: Spans of your own", "done": false, "checks": 12, "passed": 0, "section": 1},
			{"name": "step05-jaeger", "title": "Step 5: A real Jaeger", "done": false, "checks": 12, "passed": 0, "section": 1},
		},
	}
}

func lesson(name string) object {
	sections := []object{{"number": 0, "title": "Before you start", "html": lessonHTML, "gap": ""}}
	for i, title := range []string{"A conductor at the entrance: server spans", "A conductor at the exit: client spans", "The context carries the folder", "The header carries it on", "Whose fault is it?"} {
		gap := ""
		if i == 3 {
			gap = "tracing.go:31"
		}
		sections = append(sections, object{"number": i + 1, "title": title, "html": lessonHTML, "gap": gap})
	}
	sections = append(sections, object{"number": 0, "title": "What you know now", "html": lessonHTML, "gap": ""})
	return object{
		"step": name, "title": "Step 3: Two services, one trace", "sections": sections, "next": "step04-manual-spans",
		"intro": "<p>So far one program made one span. Now a request goes through two programs, and you get one trace of the whole way.</p><ul><li>make a server and a client leave spans;</li><li>say how a trace gets from one process into the next.</li></ul>",
	}
}

// summaries lists the traces, and before them those that have arrived since.
func (f *fake) summaries(r *http.Request) object {
	list := []object{}
	for i := range min(20, f.extra) {
		n := f.extra - i
		list = append(list, object{
			"id": fmt.Sprintf("%032x", n), "start": begin.Add(time.Hour + time.Duration(n)*time.Millisecond), "duration": 1000000 + n%977*10000, "spans": 8,
			"errors": n % 7 / 6, "service": "user-service", "operation": "GET /compute", "services": []string{"user-service"}, "complete": true,
		})
	}
	for i, t := range f.traces {
		if len(list) >= 20 || r.URL.Query().Get("errors") == "1" && t.Errors == 0 {
			continue
		}
		list = append(list, object{
			"id": t.ID, "start": t.Start.Add(-time.Duration(i*i) * time.Second), "duration": t.Duration, "spans": t.Spans, "errors": t.Errors,
			"service": t.Rows[0].Service, "operation": t.Rows[0].Name, "services": t.Services, "complete": i != 0,
		})
	}
	if r.URL.Query().Get("operation") == "nothing" {
		return object{"traces": nil, "more": 0, "of": 0}
	}
	return object{"traces": list, "more": max(0, f.extra-20), "of": len(list) + f.extra}
}

func found() traces.Spans {
	luggage := []timeline.Attribute{{Key: "luggage.kind", Type: "string", Value: "bicycle"}}
	return traces.Spans{Of: 40, Spans: []traces.Span{
		{Trace: newSample(20).trace.ID, ID: "0000000000000001", Service: "user-service", Operation: "GET /compute", Duration: 3e6, Attributes: luggage},
		{Trace: newSample(21).trace.ID, ID: "0000000000000001", Caller: "user-service", Service: "joke-service", Operation: hostileText, Duration: 2e8, Error: true,
			Events: []string{"lock-timeout", hostileText}, Attributes: []timeline.Attribute{{Key: hostileText, Type: "string", Value: hostileText}}},
	}}
}

func calls() []traces.Call {
	call := func(caller, service, operation string, calls, errors int) traces.Call {
		return traces.Call{Caller: caller, Service: service, Operation: operation, Calls: calls, Errors: errors, Began: errors / 2, Traces: calls}
	}
	return []traces.Call{
		call("", "user-service", "GET /plan-trip", 120, 9), call("", "user-service", "GET /fetch-external", 40, 2),
		call("user-service", "joke-service", "GET /jokes/random", 40, 2), call("user-service", "zurich", "GET /connections", 120, 9),
		call("zurich", "basel", "GET /delays", 720, 0), call("zurich", "cologne", "GET /seats", 110, 0), call("zurich", "amsterdam", "GET /platforms", 60, 9),
		call("cologne", "amsterdam", "GET /platforms", 80, 0), call("basel", "zurich", "GET /back", 3, 0), call("basel", hostileText, hostileText, 3, 1),
	}
}

// listen serves at the address, or at any for "127.0.0.1:0", and gives the address and how to end it.
func (f *fake) listen(t testing.TB, address string) (string, func()) {
	t.Helper()
	var listener net.Listener
	var err error
	for range 50 { // a port that was just left may take a moment
		if listener, err = net.Listen("tcp", address); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: f}
	go server.Serve(listener)
	return listener.Addr().String(), func() { server.Close() }
}
