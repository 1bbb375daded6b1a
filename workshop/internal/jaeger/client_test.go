package jaeger

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestAnswerWithoutEnd reads no more of an answer than a machine has room for.
func TestAnswerWithoutEnd(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for part := make([]byte, 1<<20); r.Context().Err() == nil; {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	_, err := NewClient(server.URL).Services(t.Context())
	want := "the answer of Jaeger at " + server.URL + " is longer than 64 MB: ask for less, as with -since 10m or -service"
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

// TestStorageThatIsAway says of a Jaeger that cannot reach its storage where that
// should be, and blames no storage for anything else.
func TestStorageThatIsAway(t *testing.T) {
	const dialing = `failed to execute FindTraces: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: `
	for message, want := range map[string]string{
		dialing + `dial tcp 127.0.0.1:17271: connect: connection refused"`:                                                                     "the storage at 127.0.0.1:17271 does not answer Jaeger: does it run?",
		dialing + `dial tcp [::1]:17271: connect: connection refused"`:                                                                         "the storage at [::1]:17271 does not answer Jaeger: does it run?",
		dialing + `dial tcp 10.0.0.1:17271: i/o timeout"`:                                                                                      "the storage at 10.0.0.1:17271 does not answer Jaeger: does it run?",
		dialing + `dial tcp 127.0.0.1:17271: connectex: No connection could be made because the target machine actively refused it."`:          "the storage at 127.0.0.1:17271 does not answer Jaeger: does it run?",
		dialing + `dial tcp: lookup storage on 127.0.0.53:53: no such host"`:                                                                   "the storage at storage does not answer Jaeger: does it run?",
		dialing + `dial tcp: lookup storage: no such host"`:                                                                                    "the storage at storage does not answer Jaeger: does it run?",
		"failed to execute FindTraces: Post \"http://127.0.0.1:9200/_msearch\": dial tcp 127.0.0.1:9200: connect: connection refused":          "the storage at 127.0.0.1:9200 does not answer Jaeger: does it run?",
		"malformed parameter query.num_traces":                                                                                                 "the question is refused by Jaeger: malformed parameter query.num_traces",
		"failed to execute FindTraces: rpc error: code = Unavailable desc = error reading from server: read tcp 127.0.0.1:1->127.0.0.1:2: EOF": "the question is refused by Jaeger: failed to execute FindTraces: rpc error: code = Unavailable desc = error reading from server: read tcp 127.0.0.1:1->127.0.0.1:2: EOF",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"httpCode": 500, "message": message}})
		}))
		_, err := NewClient(server.URL).Find(t.Context(), Search{})
		server.Close()
		if err == nil || err.Error() != want {
			t.Errorf("the error is\n%v, want\n%s", err, want)
		}
	}
}

func TestReachable(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:4317": "http://127.0.0.1:4317",
		":4317":          "http://127.0.0.1:4317",
		"[::]:4317":      "http://127.0.0.1:4317",
		"0.0.0.0:4317":   "http://127.0.0.1:4317",
		"[::1]:4317":     "http://[::1]:4317",
	} {
		if got := Reachable(address); got != want {
			t.Errorf("Reachable(%q) = %s, want %s", address, got, want)
		}
	}
}
