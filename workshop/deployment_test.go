package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/backend"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
	"example.com/tracing-workshop/workshop/spans"
)

const (
	deployment = "../step05-jaeger"
	production = deployment + "/production"
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// files gives the files that match, of which there are some.
func files(t *testing.T, patterns ...string) []string {
	t.Helper()
	var all []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("there is no %s (%v)", pattern, err)
		}
		all = append(all, found...)
	}
	return all
}

func isCompose(file string) bool { return strings.HasPrefix(filepath.Base(file), "compose.") }

// validate lets Jaeger check a configuration.
func validate(t *testing.T, b jaeger.Binary, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), b.Path, append([]string{"validate"}, args...)...).CombinedOutput(); err != nil {
		t.Errorf("jaeger validate %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestProductionFilesAreValid(t *testing.T) {
	b := realJaeger(t)
	n := 0
	for _, file := range files(t, production+"/*.yaml") {
		if !isCompose(file) {
			n++
			validate(t, b, "--config="+file)
		}
	}
	if n < 9 {
		t.Errorf("%d configurations, want 9 or more", n)
	}
}

// TestPrometheusIsToldTheSame holds the file that a learner reads against the one
// with which the command runs Prometheus.
func TestPrometheusIsToldTheSame(t *testing.T) {
	if read(t, production+"/prometheus.yml") != read(t, "internal/backend/prometheus.yaml") {
		t.Errorf("%s/prometheus.yml and internal/backend/prometheus.yaml differ: copy the one to the other", production)
	}
}

var (
	flagItem = regexp.MustCompile(`^\s*- "?(--(?:config|set)=.*?)"?$`)
	flagList = regexp.MustCompile(`^\s*command: \[(--config=.*)\]$`)
)

// jaegerFlags gives the lists of flags that containers of a file give to Jaeger,
// with the files of this repository in place of the mounted ones.
func jaegerFlags(t *testing.T, file string) [][]string {
	t.Helper()
	var all [][]string
	for line := range strings.Lines(read(t, file)) {
		line = strings.TrimRight(line, "\n")
		match := flagItem.FindStringSubmatch(line)
		if match == nil {
			match = flagList.FindStringSubmatch(line)
		}
		if match == nil {
			continue
		}
		flag, isConfig := strings.CutPrefix(match[1], "--config=/etc/jaeger/")
		if !isConfig {
			all[len(all)-1] = append(all[len(all)-1], match[1])
			continue
		}
		config := filepath.Join(filepath.Dir(file), flag)
		if flag == "jaeger.yaml" {
			config = filepath.Join("..", "solutions", "step05-jaeger", flag)
		}
		all = append(all, []string{"--config=" + config})
	}
	if len(all) == 0 {
		t.Errorf("%s starts no Jaeger", file)
	}
	return all
}

// TestContainersStartJaegerWithFlagsThatItTakes checks every command line.
func TestContainersStartJaegerWithFlagsThatItTakes(t *testing.T) {
	b := realJaeger(t)
	for _, file := range files(t, deployment+"/compose.yaml", deployment+"/kubernetes.yaml", production+"/compose*.yaml") {
		for _, flags := range jaegerFlags(t, file) {
			validate(t, b, flags...)
		}
	}
}

// TestContainersLetOthersIn lays what the containers do over the learner's
// file: nobody but Jaeger itself would reach 127.0.0.1 in there.
func TestContainersLetOthersIn(t *testing.T) {
	b := realJaeger(t)
	for file, others := range map[string][]string{
		"compose.yaml":    {":4317", ":4318", ":16686"},
		"kubernetes.yaml": {":4317", ":4318", ":16686", ":13133"},
	} {
		flags := jaegerFlags(t, filepath.Join(deployment, file))[0]
		out, err := exec.CommandContext(t.Context(), b.Path, append([]string{"print-config", "--format=json"}, flags...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, port := range others {
			if !strings.Contains(string(out), `"0.0.0.0`+port+`"`) || strings.Contains(string(out), `"127.0.0.1`+port+`"`) {
				t.Errorf("%s: Jaeger does not listen on 0.0.0.0%s", file, port)
			}
		}
	}
}

// TestContainersAreCareful reads what needs no Jaeger to be seen.
func TestContainersAreCareful(t *testing.T) {
	all := files(t, deployment+"/compose.yaml", production+"/compose*.yaml")
	for _, file := range append(all, deployment+"/kubernetes.yaml", deployment+"/Dockerfile") {
		for number, line := range strings.Split(read(t, file), "\n") {
			where := fmt.Sprintf("%s:%d", file, number+1)
			line = strings.TrimSpace(line)
			if match := regexp.MustCompile(`^(?:- )?(?:image:|FROM) (\S+)`).FindStringSubmatch(line); match != nil {
				checkImage(t, where, match[1])
			}
			if match := regexp.MustCompile(`^- "?([\d.:]+:\d+)"?(?: #.*)?$`).FindStringSubmatch(line); match != nil && !strings.HasPrefix(match[1], "127.0.0.1:") {
				t.Errorf("%s publishes %s to other machines", where, match[1])
			}
			if match := regexp.MustCompile(`^- \./([^:]+):`).FindStringSubmatch(line); match != nil && !exists(filepath.Join(filepath.Dir(file), match[1])) {
				t.Errorf("%s: there is no %s", where, match[1])
			}
		}
	}
}

var versioned = regexp.MustCompile(`:[\w.-]*\d[\w.-]*$`)

func checkImage(t *testing.T, where, image string) {
	t.Helper()
	if !versioned.MatchString(image) {
		t.Errorf("%s: %s has no version", where, image)
	}
	if name, version, _ := strings.Cut(image, ":"); name == "jaegertracing/jaeger" && version != jaeger.Version {
		t.Errorf("%s: Jaeger %s, and the workshop is written for %s", where, version, jaeger.Version)
	}
}

// TestDockerfile copies what the Dockerfile copies: these files must be enough
// to build the services, of the workshop's module no more than its go.mod.
func TestDockerfile(t *testing.T) {
	text := read(t, deployment+"/Dockerfile")
	workshoptest.Contains(t, text, "CGO_ENABLED=0 go build", "USER 10002:10002", "ENTRYPOINT")
	root := t.TempDir()
	for _, match := range regexp.MustCompile(`(?m)^COPY (\w.*) (\S+)$`).FindAllStringSubmatch(text, -1) {
		to := filepath.Join(root, strings.TrimPrefix(match[2], "/src/"))
		if !strings.HasPrefix(match[2], "/src/") {
			to = filepath.Join(root, "step05-jaeger")
		}
		copyTo(t, to, strings.Fields(match[1]))
	}
	// What is found and not missing can be built, and is, by other tests.
	cmd := exec.CommandContext(t.Context(), "go", "list", "-mod=readonly", "-deps", ".")
	cmd.Dir = filepath.Join(root, "step05-jaeger")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=", "GOFLAGS=", "PWD="+cmd.Dir)
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "/tracing-workshop/workshop") {
		t.Errorf("go list: %v\n%s", err, out)
	}
}

// copyTo copies files of the repository, as .dockerignore lets them through.
func copyTo(t *testing.T, folder string, patterns []string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	allowed := strings.Split(read(t, deployment+"/Dockerfile.dockerignore"), "\n")
	for _, pattern := range patterns {
		if !slices.Contains(allowed, "!"+pattern) {
			t.Errorf("Dockerfile.dockerignore keeps %s away", pattern)
		}
		for _, file := range files(t, filepath.Join("..", pattern)) {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			if err := os.WriteFile(filepath.Join(folder, filepath.Base(file)), []byte(read(t, file)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// solved gives a file of production: the solution, of one that has a gap.
func solved(name string) string {
	if file := filepath.Join("..", "solutions", "step05-jaeger", "production", name); exists(file) {
		return file
	}
	return filepath.Join(production, name)
}

func startPart(t *testing.T, b jaeger.Binary, file string, env ...string) *jaeger.Process {
	t.Helper()
	p, err := jaeger.Start(t.Context(), b, jaeger.Options{Config: solved(file), OverlayDir: t.TempDir(), Env: env})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

// awaitHeld waits until a Jaeger gives these traces, and no others.
func awaitHeld(t *testing.T, c *jaeger.Client, want int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		found, err := c.Find(ctx, jaeger.Search{Service: "user-service"})
		if n := len(spans.Group(found)); err == nil && n == want {
			return
		} else if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Fatalf("%d traces (%v), want %d", n, err, want)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestCollectorAndQueryApart writes through two collectors and reads through
// the query process, of which none has a database. The storage is restarted in
// between, and what was sent meanwhile arrives.
func TestCollectorAndQueryApart(t *testing.T) {
	b := realJaeger(t)
	storage := startPart(t, b, "storage.yaml")
	address := "STORAGE_ADDRESS=" + storage.Endpoints.Storage
	first := startPart(t, b, "collector.yaml", address)
	second := startPart(t, b, "collector.yaml", address)
	query := startPart(t, b, "query.yaml", address)

	send := func(to *jaeger.Process, from, until int) {
		t.Helper()
		var all []reported
		for i := from; i <= until; i++ {
			all = append(all, reported{service: "user-service", name: "GET /", trace: i, span: i, took: time.Millisecond})
		}
		report(t, "http://"+to.Endpoints.OTLPHTTP, all...)
	}
	send(first, 1, 20)
	send(second, 21, 40)
	awaitHeld(t, query.Client(), 40)

	if err := storage.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := query.Client().Services(t.Context()); err == nil {
		t.Error("the query process answers without its storage")
	}
	send(first, 41, 60) // is taken, and waits
	storage, err := storage.Restart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(storage.Kill)
	awaitHeld(t, query.Client(), 60)

	if err := first.Stop(); err != nil { // an update of a collector, while the other one works
		t.Fatal(err)
	}
	send(second, 61, 80)
	awaitHeld(t, query.Client(), 80)
	for _, p := range []*jaeger.Process{second, query, storage} {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	}
}

// TestComposeRunsTheSameKafka holds the image that a learner runs against the one
// that the command fetches: what is tested here is what is run there.
func TestComposeRunsTheSameKafka(t *testing.T) {
	kafka, err := backend.Find("kafka")
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(kafka.Docker)
	image := words[len(words)-1]
	if file := production + "/compose.kafka.yaml"; !strings.Contains(read(t, file), "image: "+image+"\n") {
		t.Errorf("%s does not run %s", file, image)
	}
}
