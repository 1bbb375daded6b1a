package backend

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/receiver"
)

func TestPythonLacks(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := python().Lacks()
	if err == nil || !strings.Contains(err.Error(), "no Python 3.11 or later with the module venv is on PATH") || strings.Contains(err.Error(), "\n") {
		t.Errorf("without Python it lacks %v", err)
	}
}

func TestPythonServices(t *testing.T) {
	user, joke := listener{what: "user-service", usual: 8080, url: true}, listener{what: "joke-service", usual: 8081, url: true}
	for env, want := range map[string][]listener{
		"":                                   {user, joke},
		"SERVICES=":                          {user, joke},
		"SERVICES=joke-service":              {joke},
		"SERVICES=joke-service,user-service": {joke, user},
	} {
		got, err := pythonListens(Options{Env: []string{"PATH=/bin", env}})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("with %q it listens on %+v (%v), want %+v", env, got, err, want)
		}
	}
	if _, err := pythonListens(Options{Env: []string{"SERVICES=jokes"}}); err == nil || !strings.Contains(err.Error(), `SERVICES names "jokes"`) {
		t.Errorf("a service that is not there: %v", err)
	}
}

// TestPythonRequirements holds each package to a version and sums: pip takes no
// other file.
func TestPythonRequirements(t *testing.T) {
	text, err := os.ReadFile(findSource("step05-jaeger", "production", "python").path("requirements.txt"))
	if err != nil {
		t.Fatal(err)
	}
	packages := regexp.MustCompile(`(?m)^[^#\s].*(\n    --hash=sha256:[0-9a-f]{64}( \\)?)*`).FindAllString(string(text), -1)
	if len(packages) < 20 || len(packages) != len(pinned.FindAll(text, -1)) {
		t.Errorf("%d packages, of which %d have a version", len(packages), len(pinned.FindAll(text, -1)))
	}
	for _, p := range packages {
		if !strings.Contains(p, "--hash=sha256:") {
			t.Errorf("there is no sum of %s", p)
		}
	}
}

// TestPythonTellsAJoke starts both services, and stops them: by then they have
// sent all that they had, and nothing is left beside their source.
func TestPythonTellsAJoke(t *testing.T) {
	s := atHand(t, "python")
	otlp, err := receiver.Listen("127.0.0.1:0", receiver.Accept())
	if err != nil {
		t.Fatal(err)
	}
	defer otlp.Close()
	env := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + otlp.Endpoint(), "OTEL_BSP_SCHEDULE_DELAY=3600000"}
	p := started(t, s, Options{Env: env})
	if joke := getString(t, p.Address()+"/fetch-external", "joke"); joke == "" {
		t.Error("there is no joke")
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, span := range otlp.Spans() {
		names = append(names, span.Service()+" "+span.Name)
	}
	slices.Sort(names)
	if want := []string{"joke-service GET /jokes/random", "user-service GET", "user-service GET /fetch-external"}; !slices.Equal(names, want) {
		t.Errorf("the spans are %q, want %q", names, want)
	}
	if left, _ := filepath.Glob(findSource("step05-jaeger", "production", "python").path("__pycache__")); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
}

// TestPythonServiceAlone has one of the two, which asks whom it is told to ask.
func TestPythonServiceAlone(t *testing.T) {
	s := atHand(t, "python")
	quiet := "OTEL_SDK_DISABLED=true"
	jokes := started(t, s, Options{Env: []string{"SERVICES=joke-service", quiet}})
	if len(jokes.Addresses) != 1 || jokes.Addresses[0].What != "joke-service" {
		t.Fatalf("the addresses are %+v", jokes.Addresses)
	}
	if joke := getString(t, jokes.Address()+"/jokes/random", "value"); joke == "" {
		t.Error("there is no joke")
	}
	users := started(t, s, Options{Env: []string{"SERVICES=user-service", "JOKE_URL=" + jokes.Address() + "/jokes/random", quiet}})
	if joke := getString(t, users.Address()+"/fetch-external", "joke"); joke == "" {
		t.Error("there is no joke of another process")
	}
}

func getString(t *testing.T, url, key string) string {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer := map[string]any{}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	value, _ := answer[key].(string)
	return value
}
