package backend

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestPrometheusLacks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for Prometheus is a shell script")
	}
	for says, want := range map[string]string{
		"":                                 "no prometheus is on PATH",
		"prometheus, version 2.30.3 (bla)": "is version 2.30, and the workshop needs 2.42 or later",
		"prometheus, version 1.99.0":       "is version 1.99, and the workshop needs 2.42 or later",
		"something else":                   "does not tell its version",
		"prometheus, version 2.42.0+ds":    "",
		"prometheus, version 3.5.0":        "",
	} {
		folder := t.TempDir()
		t.Setenv("PATH", folder)
		if says != "" {
			script := "#!/bin/sh\necho '" + says + "'\n"
			if err := os.WriteFile(filepath.Join(folder, "prometheus"), []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		err := prometheus().Lacks()
		switch {
		case want == "" && err != nil:
			t.Errorf("%q is not good enough: %v", says, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "docker run ") || strings.Contains(err.Error(), "\n")):
			t.Errorf("%q: %v, want %q", says, err, want)
		}
	}
}

// TestPrometheusKeepsWhatItHasScraped asks for a number that is no longer there
// to be scraped, before and after a restart.
func TestPrometheusKeepsWhatItHasScraped(t *testing.T) {
	s := atHand(t, "prometheus")
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "jokes_total 7")
	}))
	config := filepath.Join(t.TempDir(), "prometheus.yaml")
	text := strings.ReplaceAll(string(prometheusConfig), "127.0.0.1:8889", shop.Listener.Addr().String())
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := started(t, s, Options{Config: config})
	awaitValue(t, p, "jokes_total", "7")
	shop.Close()
	address := p.Address()
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	p, err := p.Restart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	if p.Address() != address {
		t.Errorf("it listens on %s after a restart, and on %s before", p.Address(), address)
	}
	awaitValue(t, p, "max_over_time(jokes_total[5m])", "7")
}

// TestPrometheusByItself starts it with its own file.
func TestPrometheusByItself(t *testing.T) {
	p := started(t, atHand(t, "prometheus"), Options{})
	awaitValue(t, p, `count(up{job="collector"})`, "1")
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
}

// awaitValue asks until the answer is what is wanted.
func awaitValue(t *testing.T, p *Process, query, want string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		got := askPrometheus(t, p, query)
		if got == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is %q, want %q", query, got, want)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func askPrometheus(t *testing.T, p *Process, query string) string {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	response, err := client.Get(p.Address() + "/api/v1/query?query=" + url.QueryEscape(query))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Data struct{ Result []struct{ Value [2]any } }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Data.Result) == 0 {
		return ""
	}
	return fmt.Sprint(answer.Data.Result[0].Value[1])
}
