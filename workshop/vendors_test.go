package main

import (
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// sender is a way to a vendor: the variables that docs/backends.md gives the
// services, or a collector with a file of docs/backends.
type sender struct {
	vendor
	section string   // of docs/backends.md
	key     string   // variable that holds the key, with what stands before the key
	right   string   // the key that the vendor knows
	env     []string // of the collector
	trust   string   // variable that names the authority
	file    string   // of the collector; "" where the services send by themselves
	path    string   // as the file has it, for a test to spoil
	noKey   string   // lines of the file without which there is no key
}

var (
	aws     = account{id: "AKIDWORKSHOP", secret: "the/secret+0123456789", region: "eu-central-1", service: "xray"}
	senders = []sender{
		{
			vendor:  vendor{host: "api.honeycomb.io:443", path: overGRPC, admit: wants("x-honeycomb-team", "hcaik_0123456789")},
			section: "Honeycomb", key: "OTEL_EXPORTER_OTLP_HEADERS=x-honeycomb-team=", right: "hcaik_0123456789", trust: "OTEL_EXPORTER_OTLP_CERTIFICATE",
		}, {
			vendor:  vendor{host: "ingest.lightstep.com:443", path: overGRPC, admit: wants("lightstep-access-token", "ls_0123456789")},
			section: "Lightstep", key: "OTEL_EXPORTER_OTLP_HEADERS=lightstep-access-token=", right: "ls_0123456789", trust: "OTEL_EXPORTER_OTLP_CERTIFICATE",
		}, {
			vendor:  vendor{host: "xray.eu-central-1.amazonaws.com:443", path: "/v1/traces", admit: func(r *http.Request) string { return aws.refuse(r, time.Now()) }},
			section: "AWS X-Ray", key: "AWS_SECRET_ACCESS_KEY=", right: aws.secret, trust: "XRAY_CA",
			file: "xray.yaml", env: []string{"AWS_REGION=" + aws.region, "AWS_ACCESS_KEY_ID=" + aws.id},
			path: "amazonaws.com/v1/traces", noKey: "    auth:\n      authenticator: sigv4auth\n",
		}, {
			vendor:  vendor{host: "otlp.datadoghq.eu:443", path: "/v1/traces", admit: wants("dd-api-key", "dd_0123456789")},
			section: "Datadog", key: "DD_API_KEY=", right: "dd_0123456789", trust: "DD_CA",
			file: "datadog.yaml", env: []string{"DD_SITE=datadoghq.eu"},
			path: "${env:DD_SITE}/v1/traces", noKey: "      dd-api-key: ${env:DD_API_KEY}\n",
		},
	}
)

// wants demands a header with a key.
func wants(header, key string) func(*http.Request) string {
	return func(r *http.Request) string {
		switch got := r.Header.Values(header); {
		case len(got) == 0 || got[0] == "":
			return "missing header " + header
		case !slices.Equal(got, []string{key}):
			return "unknown API key"
		}
		return ""
	}
}

// TestVendors sends to each vendor up to the wire, as docs/backends.md says:
// to its own host, on its path, with TLS, and with its key. What it then takes
// is complete. Without one of these it takes nothing, and the log says why.
func TestVendors(t *testing.T) {
	services, b := buildServices(t), realJaeger(t)
	for _, s := range senders {
		for name, test := range s.attempts() {
			t.Run(s.section+"/"+name, func(t *testing.T) {
				t.Parallel()
				s.try(t, services, b, test)
			})
		}
	}
}

// attempt is one way to send to a vendor.
type attempt struct {
	key         string
	trusted     bool
	env         []string // of the services
	spoil, with string   // what is changed in the file of the collector
	zipped      bool     // what arrives is
	says        string   // why nothing arrives; "" if everything does
}

func (s sender) attempts() map[string]attempt {
	refusal := "code = Unauthenticated desc = "
	if s.file != "" {
		refusal = "responded with HTTP Status Code 403"
	}
	all := map[string]attempt{
		"the key and the authority": {key: s.right, trusted: true},
		"with gzip":                 {key: s.right, trusted: true, env: []string{"OTEL_EXPORTER_OTLP_COMPRESSION=gzip"}, zipped: true},
		"a wrong key":               {key: "guessed", trusted: true, says: refusal},
		"no key":                    {trusted: true, says: refusal},
		"no authority":              {key: s.right, says: "tls: failed to verify certificate: x509: "},
	}
	if s.file != "" { // a file can lack the key in one more way, and has a path
		all["no key"] = attempt{key: s.right, trusted: true, says: refusal, spoil: s.noKey}
		all["a wrong path"] = attempt{key: s.right, trusted: true, says: "responded with HTTP Status Code 404", spoil: s.path, with: strings.Replace(s.path, "v1", "v2", 1)}
	}
	return all
}

// TestVendorsWithoutGRPC sends what the services speak to those who do not.
func TestVendorsWithoutGRPC(t *testing.T) {
	services := buildServices(t)
	for _, s := range senders {
		if s.file == "" {
			continue
		}
		t.Run(s.section, func(t *testing.T) {
			t.Parallel()
			in := startInternet(t, s.vendor)
			log := fetch(t, services, in.env("OTEL_EXPORTER_OTLP_ENDPOINT=https://"+s.host, "OTEL_EXPORTER_OTLP_CERTIFICATE="+in.authority)...)
			workshoptest.Contains(t, log, "level=ERROR msg=tracing", "unexpected HTTP status code received from server: 404 (Not Found)")
			if got, _ := in.spans(t, s.host); len(got) > 0 {
				t.Errorf("%d spans arrived over gRPC", len(got))
			}
		})
	}
}

func (s sender) try(t *testing.T, services string, b jaeger.Binary, test attempt) {
	in := startInternet(t, s.vendor)
	send := s.direct
	if s.file != "" {
		send = s.throughCollector
		test.zipped = true // it compresses without being told
	}
	log := send(t, in, services, b, test)
	got, zipped := in.spans(t, s.host)
	if test.says != "" {
		workshoptest.Contains(t, log, test.says)
		if len(got) > 0 {
			t.Errorf("%d spans arrived all the same", len(got))
		}
		return
	}
	workshoptest.Lacks(t, log, "level=ERROR", "Exporting failed")
	checkFetch(t, got)
	for _, span := range got {
		if span.Resource.Get("service.version") != "1.0.0" || span.Resource.Get("deployment.environment.name") != "development" {
			t.Errorf("the resource of %s became %v", span.Name, span.Resource)
		}
	}
	if zipped != test.zipped {
		t.Errorf("compressed is %v, want %v", zipped, test.zipped)
	}
}

// direct lets the services send, with the variables of the document. It gives
// the exporter more time if it has given up before it knew why: an export that
// is under way for too long ends without a reason.
func (s sender) direct(t *testing.T, in *internet, services string, _ jaeger.Binary, test attempt) (log string) {
	env := in.env(append(s.documented(t, test.key), test.env...)...)
	if test.trusted {
		return fetch(t, services, append(env, s.trust+"="+in.authority)...)
	}
	for _, timeout := range []string{"1000", "4000", "16000"} {
		log = fetch(t, services, append(env, "OTEL_EXPORTER_OTLP_TIMEOUT="+timeout)...)
		if strings.Contains(log, "x509: ") {
			break
		}
	}
	return log
}

var exported = regexp.MustCompile(`(?m)^export (OTEL_\w+=\S+)$`)

// documented gives the variables of a section of docs/backends.md, with this
// key in the place of the reader's. Without a key there is no header.
func (s sender) documented(t *testing.T, key string) []string {
	t.Helper()
	_, section, _ := strings.Cut(read(t, "../docs/backends.md"), "\n## "+s.section+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var env []string
	for _, match := range exported.FindAllStringSubmatch(section, -1) {
		before, _, isKey := strings.Cut(match[1], "YOUR_")
		switch {
		case !isKey:
			env = append(env, match[1])
		case before != s.key:
			t.Fatalf("the document sets %s, and the vendor wants %s", match[1], s.key)
		case key != "":
			env = append(env, before+key)
		}
	}
	if len(env) == 0 || env[0] != "OTEL_EXPORTER_OTLP_ENDPOINT=https://"+s.host {
		t.Fatalf("the document sends to %v, and the vendor is %s", env, s.host)
	}
	return env
}

// throughCollector lets the services send to a collector, and waits until that
// has sent what it has, or has said why it cannot.
func (s sender) throughCollector(t *testing.T, in *internet, services string, b jaeger.Binary, test attempt) string {
	file := s.file
	if test.spoil != "" {
		file = changed(t, filepath.Join(backends, file), test.spoil, test.with)
	}
	env := in.env(slices.Concat(s.env, []string{s.key + test.key})...)
	if test.trusted {
		env = append(env, s.trust+"="+in.authority)
	}
	collector := startBackend(t, b, file, env...)
	fetch(t, services, slices.Concat(test.env, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + collector.listens["OTLP"]})...)
	if test.says != "" {
		collector.log.Await(t, test.says)
	}
	if err := collector.Stop(); err != nil {
		t.Fatal(err)
	}
	return collector.log.String()
}
