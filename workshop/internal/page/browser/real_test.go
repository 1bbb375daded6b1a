package browser

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	lessons "example.com/tracing-workshop/workshop/internal/lesson"
	"example.com/tracing-workshop/workshop/internal/page"
	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/repository"
)

// mistake is one in a solution: a stretch of a file that is replaced.
type mistake struct{ file, from, until, by string }

var (
	// noPropagator sets no propagator.
	noPropagator = []mistake{
		{"tracing.go", "\totel.SetTextMapPropagator(", "\n\t))\n", ""},
		{"tracing.go", "\t\"go.opentelemetry.io/otel/propagation\"\n", "", ""},
	}
	// plainClient calls the other service without a client span.
	plainClient = []mistake{{"userservice.go", "otelhttp.NewTransport(", ")", "http.DefaultTransport"}}
	// fromNowhere begins a trace of its own in the middle of a request.
	fromNowhere = []mistake{{"compute.go", `Start(ctx, "heavy-computation"`, "", `Start(context.Background(), "heavy-computation"`}}
	// noEvent leaves the event out.
	noEvent = []mistake{
		{"journey.go", "\tspan.AddEvent(", "\n", ""},
		{"journey.go", "\t\"go.opentelemetry.io/otel/trace\"\n", "", ""},
	}
)

// TestVerdicts checks real programs with the button of the page, and looks for
// what is drawn dashed: where a span belongs that did not come there.
func TestVerdicts(t *testing.T) {
	chromium(t)
	root := copyOf(t, rootOf(t))
	address, _ := servePage(t, root, "http://127.0.0.1:1")
	for _, test := range []struct {
		name, step string
		mistakes   []mistake
		cause      string
		dashed     string // the names of the rows, up to the one that is dashed
	}{
		{"no propagator", "step03-autoinstrument", noPropagator, "no-propagator", "GET /fetch-external, HTTP GET, ghost GET /jokes/random"},
		{"plain client", "step03-autoinstrument", plainClient, "transport-not-instrumented", "GET /fetch-external, ghost a client span"},
		{"from nowhere", "step04-manual-spans", fromNowhere, "context-background", "GET /compute, ghost heavy-computation"},
		{"no event", "step01-spans", noEvent, "event-missing", "journey lacks event arrived"},
	} {
		t.Run(test.name, func(t *testing.T) {
			solve(t, root, test.step, test.mistakes)
			p := open(t, address)
			p.checkNow(test.step)
			p.until(`document.querySelector(".verdict")?.textContent.includes(` + strconv.Quote("("+test.cause+")") + `)`)
			dashed := get[string](p, `(rows => rows.slice(0, 1 + rows.findIndex(row => / ghost|lacks/.test(row))).join(","))(
				[...document.querySelectorAll(".row")].map(row => (row.querySelector(".bar.ghost") ? " ghost " : " ") + row.querySelector(".name")?.textContent +
					(row.querySelector(".lack") ? " lacks " + row.querySelector(".lack").title : "")))`)
			dashed = strings.TrimSpace(dashed)
			if dashed != test.dashed {
				t.Errorf("the page draws %s, want %s\n%s", dashed, test.dashed, get[string](p, "document.querySelector('[role=treegrid]').outerHTML"))
			}
			p.check("the verdict is of what is saved", `!document.querySelector(".verdict").textContent.includes("Saved since")`)
			solve(t, root, test.step, nil)
			p.until(`document.querySelector(".verdict").textContent.includes("Saved since the check")`)
			p.clean()
		})
	}
}

// checkNow opens a lesson, presses the button to check, and waits for the verdict.
func (p *tab) checkNow(step string) {
	p.Helper()
	p.visit("/learn/"+step, ".verdict button")
	before := get[string](p, `document.querySelector(".verdict").textContent`)
	get[any](p, `[...document.querySelectorAll(".verdict button")].find(b => b.textContent.startsWith("Check")).click()`)
	limit := time.Now().Add(3 * time.Minute) // the first time, much is compiled
	for get[bool](p, `document.querySelector(".verdict").textContent === `+strconv.Quote(before)+` || ![...document.querySelectorAll(".verdict button")].some(b => b.textContent === "Check now")`) {
		if time.Now().After(limit) {
			p.Fatalf("there is no verdict: %s", get[string](p, "document.body.innerText"))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func rootOf(t testing.TB) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// copyOf copies the workshop, so that nobody's own work is touched.
func copyOf(t testing.TB, root string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "tracing-workshop")
	if err := lessons.CopyTree(folder, root); err != nil {
		t.Fatal(err)
	}
	return folder
}

// solve puts the solution of a step, with mistakes, in the place of the learner's
// files.
func solve(t *testing.T, root, step string, mistakes []mistake) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "solutions", step, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no solution of %s (%v)", step, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(content)
		for _, m := range mistakes {
			if m.file == filepath.Base(file) {
				text = m.in(t, text)
			}
		}
		if err := os.WriteFile(filepath.Join(root, step, filepath.Base(file)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// in makes the mistake in a text.
func (m mistake) in(t *testing.T, text string) string {
	t.Helper()
	before, rest, begins := strings.Cut(text, m.from)
	_, after, ends := strings.Cut(rest, m.until)
	if !begins || !ends {
		t.Fatalf("%s has no %q that ends with %q", m.file, m.from, m.until)
	}
	return before + m.by + after
}

// servePage serves the page of a copy. It gives its address, and where it receives
// spans.
func servePage(t testing.TB, root, jaeger string) (address, spans string) {
	t.Helper()
	t.Setenv(progress.Folder, t.TempDir())
	r, err := repository.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, over := make(chan page.Status, 1), make(chan error, 1)
	go func() {
		over <- page.Serve(ctx, listener, page.Options{
			Repository: r, Jaeger: jaeger, Listen: "127.0.0.1:0",
			Ready: func(s page.Status) { ready <- s },
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-over; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String(), (<-ready).Live.Endpoint
}
