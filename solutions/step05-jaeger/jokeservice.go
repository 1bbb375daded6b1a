package main

import (
	"math/rand/v2"
	"net/http"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

var jokes = []string{
	"Why did the span miss the train? Nobody told it when to End.",
	"Our night train runs on microservices: one carriage is late, and all of them send an apology.",
	"A conductor asks a goroutine for its ticket. It says: I have no ID, I was told to share by communicating.",
	"The timetable is eventually consistent. So is the train.",
	"I put a timeout on my patience. The rail operator asked for a retry with backoff.",
	"Two packets wait on platform nine. The third one arrives first and says it was never lost.",
	"Why do tracers love railways? Every leg has a start, an end, and somebody else to blame.",
	"The train to production leaves on Fridays. Experienced developers take the one on Monday.",
}

// jokeService tells a random joke, after it has thought for a while.
type jokeService struct{ delay time.Duration }

func newJokeService(delay time.Duration) *jokeService {
	return &jokeService{delay: delay}
}

func (j *jokeService) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthz)
	mux.Handle("GET /jokes/random", otelhttp.NewHandler(logRequests(j.randomJoke), "random-joke"))
	return jsonErrors(mux)
}

func (j *jokeService) randomJoke(w http.ResponseWriter, r *http.Request) {
	select {
	case <-time.After(j.delay):
		writeJSON(w, http.StatusOK, map[string]string{"value": jokes[rand.N(len(jokes))]})
	case <-r.Context().Done():
		writeError(w, stoppedStatus(r.Context()), "there was no time for the joke")
	}
}
