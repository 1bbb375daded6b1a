package jaeger

import (
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
