package main

import (
	"embed"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

//go:embed *.go README.md
var step embed.FS

func TestMain(m *testing.M) { tracecheck.Main(m, main) }

// A caller's trace, as the examples of the W3C Trace Context specification
// have it.
const (
	callersTrace   = "4bf92f3577b34da6a3ce929d0e0e4736"
	callersSpan    = "00f067aa0ba902b7"
	unsampledTrace = "5bf92f3577b34da6a3ce929d0e0e4736"
)

// malformed are values of traceparent that the specification forbids
// (section 3.2): a service ignores them and begins a trace of its own.
var malformed = []string{
	"",
	"rubbish",
	strings.Repeat("rubbish-", 625),
	"00-" + callersTrace + "-" + callersSpan,
	"00-" + callersTrace + "-" + callersSpan + "-01-more",
	"00-" + callersTrace + "0-" + callersSpan + "-01",
	"00-" + callersTrace[1:] + "-" + callersSpan + "-01",
	"00-" + strings.ToUpper(callersTrace) + "-" + callersSpan + "-01",
	"00-00000000000000000000000000000000-" + callersSpan + "-01",
	"00-" + callersTrace + "-0000000000000000-01",
	"ff-" + callersTrace + "-" + callersSpan + "-01",
	"00-" + callersTrace[:31] + "g-" + callersSpan + "-01",
}

// TestStep is what this step asks for, in the order of the lesson. The two
// services run as two processes and send their spans to one collector.
func TestStep(t *testing.T) {
	var (
		userServer = tracecheck.Server("user-service", "GET /fetch-external",
			tracecheck.Attr("http.route", "/fetch-external"),
			tracecheck.Attr("http.response.status_code", http.StatusOK))
		userClient = tracecheck.Client("user-service")
		jokeServer = tracecheck.Server("joke-service", "GET /jokes/random",
			tracecheck.Attr("http.route", "/jokes/random"),
			tracecheck.Attr("http.response.status_code", http.StatusOK))
	)
	const (
		slowness = 150 * time.Millisecond // of joke-service, when it is slow: before its answer, and in it
		patience = 20 * time.Second       // with a service
	)

	both := func(s *tracecheck.Stage) (user, joke string) {
		s.Limit(patience)
		s.Collector()
		joke = s.Service("joke-service")
		user = s.Service("user-service", "-joke-url", s.Relay(joke)+"/jokes/random")
		return user, joke
	}
	alone := func(s *tracecheck.Stage, jokeURL string) (user string) {
		s.Limit(patience)
		s.Collector()
		return s.Service("user-service", "-joke-url", jokeURL+"/jokes/random")
	}

	visit := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		user, joke := both(s)
		s.Get(joke + "/healthz")
		s.Get(user + "/healthz")
		s.Get(user + "/fetch-external?visitor=42")
	})
	slow := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		user := alone(s, s.Upstream(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(slowness)
			_ = http.NewResponseController(w).Flush() // the head of the answer
			time.Sleep(slowness)
			_, _ = w.Write([]byte(`{"value": "ha"}`))
		}))
		s.Get(user + "/fetch-external")
	})
	callers := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		user, _ := both(s)
		s.Get(user+"/fetch-external",
			"traceparent", "00-"+callersTrace+"-"+callersSpan+"-01",
			"tracestate", "vendor=abc")
		s.Get(user+"/fetch-external",
			"traceparent", "00-"+unsampledTrace+"-"+callersSpan+"-00",
			"tracestate", "vendor=abc")
	})
	rubbish := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		user, _ := both(s)
		for _, value := range malformed {
			s.Get(user+"/fetch-external", "traceparent", value)
		}
	})
	twice := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		user, _ := both(s)
		s.Get(user+"/fetch-external",
			"traceparent", "00-"+callersTrace+"-"+callersSpan+"-01",
			"traceparent", "00-"+unsampledTrace+"-"+callersSpan+"-01")
	})
	crowd := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		user, _ := both(s)
		s.GetTogether(50, user+"/fetch-external")
	})
	down := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		user := alone(s, s.Nobody())
		s.Get(user + "/fetch-external")
	})
	nonsense := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		user := alone(s, s.Upstream(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("<h1>It works!</h1>"))
		}))
		s.Get(user + "/fetch-external")
	})
	longWinded := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		answers := []string{
			`{"value": "ha"}` + strings.Repeat(" ", 10_000),
			`{"value": "` + strings.Repeat("ha", 100_000) + `"}`,
			strings.Repeat("no joke ", 1_000),
		}
		var turn atomic.Int64 // of an answer, however often it is asked for
		user := alone(s, s.Upstream(func(w http.ResponseWriter, _ *http.Request) {
			if turn.Load() == int64(len(answers)-1) {
				w.WriteHeader(http.StatusInternalServerError)
			}
			_, _ = w.Write([]byte(answers[turn.Load()]))
		}))
		for i := range answers {
			turn.Store(int64(i))
			s.Get(user + "/fetch-external")
		}
	})
	stopped := tracecheck.NewPlay(func(s *tracecheck.Stage) {
		user := alone(s, s.Upstream(func(w http.ResponseWriter, _ *http.Request) {
			s.Terminate("user-service")
			_, _ = w.Write([]byte(`{"value": "ha"}`))
		}))
		s.Get(user + "/fetch-external")
	})

	tracecheck.Run(t, step, []tracecheck.Check{
		{
			Name:    "answers",
			Section: 1,
			Must:    "The services still answer: /fetch-external with a joke, /healthz with ok.",
			Play:    visit,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", http.StatusOK, `"joke"`),
				tracecheck.Answers("/healthz", http.StatusOK, "ok"),
			),
		},
		{
			Name:    "server-spans",
			Section: 1,
			Must:    "Each service leaves a server span for each request, called after the method and the route.",
			Play:    visit,
			Expect: tracecheck.All(
				tracecheck.Once(userServer, jokeServer),
				tracecheck.Has(userServer, jokeServer),
			),
		},
		{
			Name:    "no-health-checks",
			Section: 1,
			Must:    "A health check leaves no span.",
			Play:    visit,
			Expect:  tracecheck.NoneNamed("/healthz"),
		},
		{
			Name:    "client-span",
			Section: 2,
			Must:    "The call of joke-service leaves a client span in user-service.",
			Play:    visit,
			Expect: tracecheck.All(
				tracecheck.Has(userClient),
				tracecheck.Once(userClient),
			),
		},
		{
			Name:    "client-span-ends",
			Section: 2,
			Must:    "The client span ends with the call, also when the answer is long, longer than a joke can be, or an error.",
			Play:    longWinded,
			Expect: tracecheck.All(
				tracecheck.HasEach(3, userClient),
				tracecheck.EveryRequest(userClient),
			),
		},
		{
			Name:    "same-request",
			Section: 3,
			Must:    "The client span is below the server span of the request that it belongs to.",
			Play:    visit,
			Expect:  tracecheck.Linked(userServer, userClient),
		},
		{
			Name:    "one-trace",
			Section: 4,
			Must:    "A request through both services is one trace, and their log lines about it name that trace.",
			Play:    visit,
			Expect: tracecheck.All(
				tracecheck.Chain(userServer, userClient, jokeServer),
				tracecheck.LogNamesTrace(userServer),
				tracecheck.LogNamesTrace(jokeServer),
			),
		},
		{
			Name:    "callers-trace",
			Section: 4,
			Must:    "A caller's traceparent and tracestate are continued, through both services.",
			Play:    callers,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", http.StatusOK, ""),
				tracecheck.Continues(userServer, callersTrace, callersSpan),
				tracecheck.Has(
					tracecheck.Server("user-service", "GET /fetch-external", tracecheck.TraceState("vendor=abc")),
					tracecheck.Server("joke-service", "GET /jokes/random", tracecheck.TraceState("vendor=abc")),
				),
			),
		},
		{
			Name:    "callers-no",
			Section: 4,
			Must:    "A caller who says that its trace is not sampled gets no spans.",
			Play:    callers,
			Expect: tracecheck.All(
				tracecheck.NoneOfTrace(unsampledTrace),
				tracecheck.Chain(userServer, userClient, jokeServer),
			),
		},
		{
			Name:    "malformed-headers",
			Section: 4,
			Must:    "A malformed traceparent breaks no request: it is ignored, and a new trace begins.",
			Play:    rubbish,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", http.StatusOK, `"joke"`),
				tracecheck.NoneOfTrace(callersTrace),
				tracecheck.Chains(len(malformed), userServer, userClient, jokeServer),
			),
		},
		{
			Name:    "header-twice",
			Section: 4,
			Must:    "A traceparent that is sent twice breaks no request.",
			Play:    twice,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", http.StatusOK, `"joke"`),
				tracecheck.Chain(userServer, userClient, jokeServer),
			),
		},
		{
			Name:    "slow-joke",
			Section: 4,
			Must:    "When joke-service is slow, the joke comes all the same, and the client span shows it.",
			Play:    slow,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", http.StatusOK, `"joke"`),
				tracecheck.Chain(
					userServer,
					tracecheck.Client("user-service", tracecheck.Lasts(slowness)),
				),
			),
		},
		{
			Name:    "crowd",
			Section: 4,
			Must:    "Fifty requests at once leave fifty traces, each of them complete.",
			Play:    crowd,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", http.StatusOK, `"joke"`),
				tracecheck.Chains(50, userServer, userClient, jokeServer),
			),
		},
		{
			Name:    "joke-service-down",
			Section: 5,
			Must:    "When joke-service is down, the answer is 502, and both spans of user-service are errors.",
			Play:    down,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", http.StatusBadGateway, "error"),
				tracecheck.Chain(
					tracecheck.Server("user-service", "GET /fetch-external",
						tracecheck.Attr("http.response.status_code", http.StatusBadGateway),
						tracecheck.Status(spans.StatusError)),
					tracecheck.Client("user-service", tracecheck.Status(spans.StatusError)),
				),
			),
		},
		{
			Name:    "joke-service-nonsense",
			Section: 5,
			Must:    "When joke-service answers nonsense, the answer is 502, and the trace tells why.",
			Play:    nonsense,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", http.StatusBadGateway, "error"),
				tracecheck.Carries,
				tracecheck.TellsWhy,
			),
		},
		{
			Name:    "stopped",
			Section: 5,
			Must:    "When user-service is told to stop, the request that is under way is answered, and its spans are sent.",
			Play:    stopped,
			Expect: tracecheck.All(
				tracecheck.Answers("/fetch-external", http.StatusOK, `"joke"`),
				tracecheck.Chain(userServer, userClient),
			),
		},
	})
}
