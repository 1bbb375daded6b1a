package evidence

import (
	"maps"
	"strings"
	"testing"
)

func TestReadEnvironment(t *testing.T) {
	got, err := ReadEnvironment("services.env", "\ufeff# a\n\nA=1\nexport B=\"2\"\nC=\n D='3=4' \r\nA=5\n")
	if want := map[string]string{"A": "5", "B": `"2"`, "C": "", "D": "'3=4'"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	for _, line := range []string{"A", "A = 1", "A= 1", "set A=1", "A: 1=2", "$env:A=1", "A=1 B=2", "A=1 # one"} {
		if _, err := ReadEnvironment("services.env", "B=1\n"+line); err == nil || !strings.Contains(err.Error(), "line 2 of services.env") {
			t.Errorf("%q gives %v", line, err)
		}
	}
	if _, err := ReadEnvironment("services.env", "\ufeffA=1\n"); err == nil || !strings.Contains(err.Error(), "byte order mark") {
		t.Errorf("a name after a byte order mark gives %v", err)
	}
}

// TestLead holds the way of spans against that of the exporter. All of them were
// tried with otlptracegrpc 1.47.
func TestLead(t *testing.T) {
	const usual = "127.0.0.1:4317"
	for _, test := range []struct {
		variables string
		grpc      string // where Jaeger listens
		leadsTo   string
		reaches   bool
	}{
		{"ENDPOINT=http://127.0.0.1:4317", usual, "grpc", true},
		{"ENDPOINT=HTTP://LocalHost:4317/", usual, "grpc", true},
		{"ENDPOINT=http://127.0.0.1:4317/v1/traces", usual, "grpc", true},
		{"ENDPOINT=http://:4317", usual, "grpc", true},
		{"ENDPOINT=http://0.0.0.0:4317", usual, "grpc", true},
		{"ENDPOINT=https://127.0.0.1:4317", usual, "grpc", false},
		{"ENDPOINT=https://127.0.0.1:4317 INSECURE=TRUE", usual, "grpc", true},
		{"ENDPOINT=https://127.0.0.1:4317 INSECURE=1", usual, "grpc", false},
		{"ENDPOINT=http://127.0.0.1:4317 INSECURE=false", usual, "grpc", false},
		{"ENDPOINT=http://127.0.0.1:4317 INSECURE=false TRACES_INSECURE=true", usual, "grpc", true},
		{"ENDPOINT=http://127.0.0.1:9 TRACES_ENDPOINT=http://127.0.0.1:4317", usual, "grpc", true},
		{"ENDPOINT=http://127.0.0.1:4317 TRACES_ENDPOINT=http://127.0.0.1:9", usual, "", false},
		{"ENDPOINT=http://127.0.0.1:4317 TRACES_ENDPOINT=127.0.0.1:9", usual, "grpc", true},
		{"ENDPOINT=http://127.0.0.1:4317 TRACES_ENDPOINT=https://127.0.0.1:4317", usual, "grpc", false},
		{"ENDPOINT=dns:///127.0.0.1:4317", usual, "grpc", false},
		{"ENDPOINT=dns:///127.0.0.1:4317 INSECURE=true", usual, "grpc", true},
		{"ENDPOINT=dns:localhost:4317 INSECURE=true", usual, "grpc", true},
		{"ENDPOINT=passthrough:///127.0.0.1:4317 INSECURE=true", usual, "grpc", true},
		{"ENDPOINT=localhost:4317", usual, "grpc", false},
		{"ENDPOINT=localhost:4317 INSECURE=true", usual, "grpc", true},
		{"ENDPOINT=127.0.0.1:4317", usual, "grpc", false}, // no URL, so the default
		{"ENDPOINT=127.0.0.1:4317 INSECURE=true", usual, "grpc", true},
		{"INSECURE=true", usual, "grpc", true},
		{"INSECURE=true", "127.0.0.1:5317", "", false},
		{"", usual, "grpc", false},
		{"ENDPOINT=grpc://127.0.0.1:4317", usual, "", false},
		{"ENDPOINT=http:127.0.0.1:4317", usual, "", false},
		{`ENDPOINT="http://127.0.0.1:4317"`, "127.0.0.1:5317", "", false},
		{"ENDPOINT=unix:///tmp/4317", usual, "", false},
		{"ENDPOINT=http://127.0.0.1", usual, "", false}, // port 443
		{"ENDPOINT=http://[::1]:4317", usual, "", false},
		{"ENDPOINT=http://[::1]:4317", "localhost:4317", "", false},
		{"ENDPOINT=http://[::1]:4317", "[::1]:4317", "grpc", true},
		{"ENDPOINT=http://[::1]:4317", "[::]:4317", "grpc", true},
		{"ENDPOINT=http://[::1]:4317", ":4317", "grpc", true},
		{"ENDPOINT=http://[::1]:4317", "0.0.0.0:4317", "", false},
		{"ENDPOINT=http://localhost:4317", "[::1]:4317", "grpc", true},
		{"ENDPOINT=http://127.0.0.2:4317", usual, "", false},
		{"ENDPOINT=http://127.0.0.2:4317", "0.0.0.0:4317", "grpc", true},
		{"ENDPOINT=http://jaeger:4317", "0.0.0.0:4317", "", false},
		{"ENDPOINT=http://192.0.2.1:4317", "0.0.0.0:4317", "", false},
		{"ENDPOINT=http://127.0.0.1:4318", usual, "http", false},
		{"ENDPOINT=http://127.0.0.1:16686", usual, "query", false},
	} {
		w := wiringOf(test.variables, Doors{Grpc: []string{test.grpc}, Http: []string{"127.0.0.1:4318"}, Query: "127.0.0.1:16686"})
		if w.LeadsTo != test.leadsTo || w.Reaches != test.reaches {
			t.Errorf("%s leads to %q (reaches Jaeger: %v), want %q (%v); it listens on %s", test.variables, w.LeadsTo, w.Reaches, test.leadsTo, test.reaches, test.grpc)
		}
	}
}

// wiringOf makes a wiring of variables without the beginning that is common to
// all of them.
func wiringOf(variables string, d Doors) *Wiring {
	w := &Wiring{Variables: map[string]string{}}
	for _, pair := range strings.Fields(variables) {
		key, value, _ := strings.Cut(pair, "=")
		w.Variables["OTEL_EXPORTER_OTLP_"+key] = value
	}
	w.Lead(d)
	return w
}

// TestRedirected sends spans to the stage or to nobody, and never to where a
// stranger may listen.
func TestRedirected(t *testing.T) {
	for variables, want := range map[string]string{
		"":                                   "ENDPOINT=https://stage:1",
		"INSECURE=true":                      "ENDPOINT=https://stage:1 INSECURE=true",
		"ENDPOINT=http://127.0.0.1:4317/a%b": "ENDPOINT=http://127.0.0.1:4317/a%b TRACES_ENDPOINT=https://stage:1",
		"ENDPOINT=http://localhost:4317/a":   "ENDPOINT=http://stage:1/a",
		"ENDPOINT=http://example.com:4317":   "ENDPOINT=http://nobody:2",
		"ENDPOINT=localhost:4317":            "ENDPOINT=dns:///stage:1",
		"ENDPOINT=unix:///run/jaeger":        "ENDPOINT=http://nobody:2",
		"ENDPOINT=127.0.0.1:4317":            "ENDPOINT=127.0.0.1:4317 TRACES_ENDPOINT=https://stage:1",
		"TRACES_ENDPOINT=http://[::1]:4317":  "ENDPOINT=https://stage:1 TRACES_ENDPOINT=http://nobody:2",
		"METRICS_ENDPOINT=http://10.0.0.1:1": "ENDPOINT=https://stage:1 METRICS_ENDPOINT=http://nobody:2",
		"HEADERS=a=b PROTOCOL=http/protobuf": "ENDPOINT=https://stage:1 HEADERS=a=b PROTOCOL=http/protobuf",
	} {
		w := wiringOf(variables, Doors{Grpc: []string{"127.0.0.1:4317"}})
		got := w.Redirected(func(string) string { return "stage:1" }, func() string { return "http://nobody:2" })
		if wanted := wiringOf(want, Doors{}).Variables; !maps.Equal(got, wanted) {
			t.Errorf("%s becomes %v, want %v", variables, got, wanted)
		}
	}
}

func TestNearMiss(t *testing.T) {
	for key, want := range map[string]bool{
		"ENDPONT": true, "ENDPOIINT": true, "ENDPIONT": true, "endpoint": true, "ENDPOINTS": true,
		"HEADERS": false, "TRACES_ENDPOINT": false, "PROTOCOL": false,
	} {
		if got := wiringOf(key+"=x", Doors{}).NearMiss(EndpointVariable); (got != "") != want {
			t.Errorf("%s is taken for %q", key, got)
		}
	}
	for key, want := range map[string]string{"OTPL": "OTEL_EXPORTER_OTPL_ENDPOINT", "JAEGER": ""} {
		w := &Wiring{Variables: map[string]string{"OTEL_EXPORTER_" + key + "_ENDPOINT": "x"}}
		if got := w.NearMiss(EndpointVariable); got != want {
			t.Errorf("%s is taken for %q", key, got)
		}
	}
}
