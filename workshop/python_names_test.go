package main

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/spans"
)

// tableOfNames are the rows of the document: whose span, the old names, the
// new ones.
var tableOfNames = regexp.MustCompile(`(?m)^\| (both|server|client) \| (.*) \| (.*) \|$`)

var quotedName = regexp.MustCompile("`([^`]+)`")

// flaskHasNewNames holds the table of the document to the three ways that an
// instrumentation can be told to go.
func flaskHasNewNames(t *testing.T, f flask) {
	rows := tableOfNames.FindAllStringSubmatch(read(t, "../"+fromPython), -1)
	if len(rows) < 10 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	for _, way := range []string{"", "http", "http/dup"} {
		server, client, failed := fetchWith(t, f, "OTEL_SEMCONV_STABILITY_OPT_IN="+way)
		for _, row := range rows {
			old, fresh := namesIn(row[2]), namesIn(row[3])
			has, lacks := old, without(fresh, old)
			switch way {
			case "http":
				has, lacks = fresh, without(old, fresh)
			case "http/dup":
				has, lacks = old+" "+fresh, ""
			}
			if row[1] != "client" {
				checkNames(t, server, has, lacks)
			}
			if row[1] != "server" {
				checkNames(t, client, has, lacks)
			}
		}
		if (failed.Attributes.Get("error.type") == nil) != (way == "") {
			t.Errorf("with %q a failed request has the error.type %v", way, failed.Attributes.Get("error.type"))
		}
		if address, ok := server.Attributes.Get("server.address").(string); ok && !strings.HasPrefix(address, "127.0.0.1:") {
			t.Errorf("server.address is %s", address)
		}
	}
}

// fetchWith gives a server span that has a query, the client span below one,
// and the server span of a request that fails.
func fetchWith(t *testing.T, f flask, env string) (server, client, failed spans.Span) {
	t.Helper()
	f.otlp.Take()
	p, _ := f.start(t, env)
	for path, want := range map[string]int{"/fetch-external": http.StatusOK, "/compute?n=10": http.StatusOK, "/compute?n=x": http.StatusInternalServerError} {
		if code := get(t, p.Address()+path); code != want {
			t.Errorf("%s: %d", path, code)
		}
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	got, _ := f.otlp.Take()
	fails := func(s spans.Span) bool { return s.Status.Code == spans.StatusError }
	bad := slices.IndexFunc(got, fails)
	if bad < 0 {
		t.Fatalf("no span has failed in\n%+v", got)
	}
	failed = got[bad]
	good := slices.DeleteFunc(slices.Clone(got), fails)
	return named(t, good, "GET /compute"), named(t, good, "GET"), failed
}

func namesIn(cell string) string {
	var names []string
	for _, match := range quotedName.FindAllStringSubmatch(cell, -1) {
		names = append(names, match[1])
	}
	return strings.Join(names, " ")
}

// without gives the names that are not among others.
func without(names, others string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(names), func(name string) bool {
		return slices.Contains(strings.Fields(others), name)
	}), " ")
}

// checkNames expects a span to have some attributes and to lack others.
func checkNames(t *testing.T, s spans.Span, has, lacks string) {
	t.Helper()
	for _, name := range strings.Fields(has) {
		if s.Attributes.Get(name) == nil {
			t.Errorf("%s of %s has no %s: %v", s.Name, s.Service(), name, s.Attributes)
		}
	}
	for _, name := range strings.Fields(lacks) {
		if s.Attributes.Get(name) != nil {
			t.Errorf("%s of %s has %s: %v", s.Name, s.Service(), name, s.Attributes)
		}
	}
}
