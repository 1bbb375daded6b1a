package cause

import (
	"slices"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// holding gives the names of all causes of this file that the facts speak for:
// at most one should, whatever the order of the catalogue, and those that it
// refines.
func holding(f *Fault) []string {
	var names []string
	hold := slices.DeleteFunc(slices.Clone(jaegerCauses), func(c Cause) bool {
		return !slices.Contains(c.of, f.What) || c.witness(f) == ""
	})
	for _, c := range unrefined(hold) {
		names = append(names, c.name)
	}
	return names
}

func TestCausesOfWiring(t *testing.T) {
	for variables, want := range map[string]string{
		"":                                              "endpoint-not-set",
		"ENDPONT=http://127.0.0.1:4317":                 "endpoint-not-set",
		"INSECURE=true":                                 "",
		"ENDPOINT=127.0.0.1:4317":                       "endpoint-without-scheme",
		"ENDPOINT=localhost:4317":                       "endpoint-without-scheme",
		"ENDPOINT=jaeger:4317":                          "endpoint-without-scheme",
		"ENDPOINT=http:127.0.0.1:4317":                  "endpoint-without-scheme",
		"ENDPOINT=http:/127.0.0.1:4317":                 "endpoint-without-scheme",
		"ENDPOINT=grpc://127.0.0.1:4317":                "endpoint-without-scheme",
		`ENDPOINT="http://127.0.0.1:4317"`:              "environment-unreadable",
		"ENDPOINT='localhost:4317'":                     "environment-unreadable",
		"ENDPOINT=http://127.0.0.1:4317;":               "environment-unreadable",
		"ENDPOINT=https://127.0.0.1:4317":               "endpoint-with-tls",
		"ENDPOINT=dns:///127.0.0.1:4317":                "endpoint-with-tls",
		"ENDPOINT=http://a:4317 INSECURE=true":          "wrong-host",
		"ENDPOINT=http://localhost:4317 INSECURE=false": "endpoint-with-tls",
		"ENDPOINT=http://[::1]:4317":                    "wrong-host",
		"ENDPOINT=http://jaeger:4317":                   "wrong-host",
		"ENDPOINT=http://127.0.0.1:14317":               "wrong-port",
		"ENDPOINT=http://127.0.0.1":                     "wrong-port",
		"ENDPOINT=http://127.0.0.1:4317 TRACES_ENDPOINT=http://127.0.0.1:14317": "wrong-port",
		"ENDPOINT=http://127.0.0.1:4318":                                        "endpoint-of-otlp-http",
		"ENDPOINT=https://127.0.0.1:4318":                                       "endpoint-of-otlp-http",
		"ENDPOINT=http://127.0.0.1:16686":                                       "endpoint-of-ui",
		"ENDPOINT=http://127.0.0.1:4317":                                        "",
	} {
		w := wiringOf(variables, evidence.Doors{Grpc: []string{"127.0.0.1:4317"}, Http: []string{"127.0.0.1:4318"}, Query: "127.0.0.1:16686"})
		e := &evidence.Evidence{Jaeger: &evidence.Jaeger{Process: &jaeger.Process{}, Wiring: w}}
		got := holding(&Fault{Miss: &evidence.Miss{What: evidence.NotReported}, Evidence: e})
		if strings.Join(got, " ") != want {
			t.Errorf("%s: the causes are %v, want %q", variables, got, want)
		}
	}
}

func TestCausesOfSampling(t *testing.T) {
	for variables, want := range map[string]string{
		"":                             "sampler-not-set",
		"SAMPLR=traceidratio ARG=0.25": "sampler-not-set",
		"SAMPLER=always_on":            "sampler-always-on",
		"SAMPLER=Parentbased_Always_On SAMPLER_ARG=0.25": "sampler-always-on",
		"SAMPLER=ratio SAMPLER_ARG=0.25":                 "sampler-unknown",
		`SAMPLER="traceidratio" SAMPLER_ARG=0.25`:        "environment-unreadable",
		`SAMPLER=traceidratio SAMPLER_ARG="0.25"`:        "environment-unreadable",
		"SAMPLER=traceidratio SAMPLER_ARG=0,25":          "sampler-argument",
		"SAMPLER=traceidratio SAMPLER_ARG=0.2":           "sampler-argument",
		"SAMPLER=traceidratio":                           "sampler-argument",
		"SAMPLER=traceidratio SAMPLER_ARGS=0.25":         "sampler-argument",
		"SAMPLER=traceidratio SAMPLER_ARG=0.25":          "",
	} {
		w := &evidence.Wiring{Variables: map[string]string{}}
		for _, pair := range strings.Fields(variables) {
			key, value, _ := strings.Cut(pair, "=")
			w.Variables["OTEL_TRACES_"+key] = value
		}
		e := &evidence.Evidence{Jaeger: &evidence.Jaeger{Process: &jaeger.Process{}, Wiring: w}}
		got := holding(&Fault{Miss: &evidence.Miss{What: evidence.WrongShare, Got: 400, Want: 400}, Evidence: e})
		if strings.Join(got, " ") != want {
			t.Errorf("%s: the causes are %v, want %q", variables, got, want)
		}
	}
}

func TestCausesOfARefusal(t *testing.T) {
	for message, want := range map[string]string{
		"yaml: line 3: found a tab":                            "yaml-broken",
		"'grpc' expected a map or struct, got \"string\"":      "yaml-broken",
		"listen tcp 127.0.0.1:1: bind: address already in use": "port-used-twice",
		"something else": "jaeger-refuses",
	} {
		failure := &jaeger.StartError{Message: message}
		if strings.Contains(message, "expected a map") {
			failure.Line, failure.Text = 3, "  endpoint:127.0.0.1:4317"
		}
		e := &evidence.Evidence{Jaeger: &evidence.Jaeger{Err: failure}}
		if got := holding(&Fault{Miss: &evidence.Miss{What: evidence.NotStarted}, Evidence: e}); strings.Join(got, " ") != want {
			t.Errorf("%s: the causes are %v, want %s", message, got, want)
		}
	}
}

// TestSamplerOfTheProgram blames no variable where a sampler said no half of the
// time: none of them can make the SDK do that.
func TestSamplerOfTheProgram(t *testing.T) {
	for _, sampler := range []string{"", "always_on", "unheard_of"} {
		w := &evidence.Wiring{Variables: map[string]string{evidence.SamplerVariable: sampler}}
		e := &evidence.Evidence{Jaeger: &evidence.Jaeger{Process: &jaeger.Process{}, Wiring: w}}
		if got := holding(&Fault{Miss: &evidence.Miss{What: evidence.WrongShare, Got: 200, Want: 400}, Evidence: e}); len(got) > 0 {
			t.Errorf("with the sampler %q the causes are %v", sampler, got)
		}
	}
}

// wiringOf makes a wiring of variables without the beginning that is common to
// all of them.
func wiringOf(variables string, d evidence.Doors) *evidence.Wiring {
	w := &evidence.Wiring{Variables: map[string]string{}}
	for _, pair := range strings.Fields(variables) {
		key, value, _ := strings.Cut(pair, "=")
		w.Variables["OTEL_EXPORTER_OTLP_"+key] = value
	}
	w.Lead(d)
	return w
}
