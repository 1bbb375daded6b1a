//go:build unix

package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// TestBackendForReal runs a Zipkin as a learner does, beside one that the
// learner may have running: on other ports, and with another folder.
func TestBackendForReal(t *testing.T) {
	code, stdout, stderr := outcome(t, "backend", "-fetch", "zipkin")
	if strings.Contains(stderr, "cannot run here") {
		t.Skip(stderr)
	}
	if code != exitOK || stderr != "" {
		t.Fatalf("exit code %d, stderr %q", code, stderr)
	}
	workshoptest.Contains(t, stdout, "Zipkin 3.5.1 is ", " MB")
	cache := cacheOfItsOwn(t)

	p := startProcess(t, "backend", "zipkin", "-free", "-v")
	p.Await(t, "backend collector\n")
	workshoptest.Contains(t, p.String(), "Zipkin 3.5.1 runs. Ctrl-C stops it.\n")
	workshoptest.Lacks(t, p.String(), "not on this machine yet")
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(p.String())
	response, err := http.Get(address + "/api/v2/services")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var services []string
	if err := json.NewDecoder(response.Body).Decode(&services); err != nil || len(services) > 0 {
		t.Errorf("it knows the services %q (%v), want none", services, err)
	}

	_, stdout, _ = outcome(t, "backend")
	workshoptest.Contains(t, stdout, "zipkin ", " MB ", "  runs\n")
	for args, want := range map[string]string{
		"backend zipkin -free": "workshop: zipkin runs already, in another terminal: ",
		"backend zipkin -rm":   "workshop: zipkin runs at this moment: ",
	} {
		code, stdout, stderr := outcome(t, strings.Fields(args)...)
		if code != exitFailed || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit code %d, stdout %q", args, code, stdout)
		}
		workshoptest.Contains(t, stderr, want)
	}

	p.controlC(t)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("it ends with %v:\n%s", err, p.stderr.String())
	}
	workshoptest.Contains(t, p.String(), "\nZipkin 3.5.1 has stopped.\n")
	if p.stderr.Len() == 0 {
		t.Error("-v shows nothing of what it logs")
	}
	if _, err := http.Get(address); err == nil {
		t.Errorf("somebody answers at %s still", address)
	}
	if code, _, stderr := outcome(t, "backend", "zipkin", "-rm"); code != exitOK {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	if exists(filepath.Join(cache, "backend-data", "zipkin")) {
		t.Error("what it has stored is there still")
	}
	_, stdout, _ = outcome(t, "backend")
	if !regexp.MustCompile(`(?m)^zipkin +\d+ MB +-  ready$`).MatchString(stdout) {
		t.Errorf("it is not fetched, or has stored something:\n%s", stdout)
	}
}

// cacheOfItsOwn makes a user cache folder for one test, in which that what was
// fetched is, and nothing else.
func cacheOfItsOwn(t *testing.T) (folder string) {
	t.Helper()
	variable := "XDG_CACHE_HOME"
	if runtime.GOOS == "darwin" {
		variable = "HOME"
	}
	before, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(variable, t.TempDir())
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder = filepath.Join(cache, "tracing-workshop")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(before, "tracing-workshop", "backends"), filepath.Join(folder, "backends")); err != nil {
		t.Fatal(err)
	}
	return folder
}
