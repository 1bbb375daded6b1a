package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/shipped"
	"example.com/tracing-workshop/workshop/internal/terminal"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
	"example.com/tracing-workshop/workshop/steptest"
)

func TestMain(m *testing.M) {
	os.Setenv(progress.Folder, os.DevNull)
	goleak.VerifyTestMain(m)
}

// bench is a watcher whose keys, saves and checks are those of a test.
type bench struct {
	*Watcher
	*workshoptest.Screen
	keys    chan rune
	saved   chan time.Time
	checks  chan chan *steptest.Outcome // each waits for what it finds
	stopped chan struct{}               // gets one for each check that is stopped
	ended   chan error
	left    bool   // the terminal is given back
	at      string // what is watched first
}

func failing() *steptest.Outcome {
	return &steptest.Outcome{Checks: map[string]string{"plan": "fail"}, Section: "1", Gap: "a.go:3", Verdict: "There is no span.\n"}
}

func passing() *steptest.Outcome {
	return &steptest.Outcome{Passed: true, Checks: map[string]string{"plan": "pass"}, Verdict: "1 of 1 checks\n"}
}

const lessonOfStep = "# A step\n\n## 1. First things\n\n**Write** with `Tracer`:\n\n<details>\n<summary>One way to write it</summary>\n\n" +
	"```go a.go\nfunc a() { Tracer() }\n```\n\n</details>\n"

// onTerminal starts a watcher on a terminal of that many rows.
func onTerminal(t *testing.T, rows int, change func(*bench)) *bench {
	t.Helper()
	b := newBench(t)
	b.Watcher.keys, b.Guide.Keys = b.keys, true
	b.screen = &terminal.Screen{Out: b.Screen, Size: func() (int, int) { return 80, rows }}
	if change != nil {
		change(b)
	}
	b.start(t)
	return b
}

func newBench(t *testing.T) *bench {
	t.Helper()
	workshoptest.Repository(t, map[string]string{"step01-one": "package main\n", "step02-two": "package main\n"})
	for _, step := range []string{"step01-one", "step02-two"} {
		write(t, filepath.Join(step, "a.go"), "package main\n\n// edited\nfunc a() {}\n")
		write(t, filepath.Join(step, "README.md"), lessonOfStep)
		if err := os.MkdirAll(filepath.Join("solutions", step), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join("solutions", step, "a.go"), "package main\n\nfunc a() { Tracer() }\n")
	}
	b := &bench{
		Screen: workshoptest.NewScreen(), keys: make(chan rune), saved: make(chan time.Time),
		checks: make(chan chan *steptest.Outcome), stopped: make(chan struct{}, 10), ended: make(chan error, 1), at: "step01-one",
	}
	g := guide.New(workshoptest.Here(t), []string{"step01-one", "step02-two"}, true)
	g.Shipped = shipped.Parse([]byte("-- step01-one/a.go --\npackage main\n\nfunc a() {} // TODO(1)\n-- step02-two/a.go --\npackage main\n"))
	g.Vet = func(context.Context, string, ...string) (string, error) { return "", nil }
	g.Test = b.test
	b.Watcher = New(g, console.New(b.Screen))
	b.watch = func(context.Context, string) (<-chan time.Time, error) { return b.saved, nil }
	b.restore = func() { b.left = true }
	return b
}

func (b *bench) start(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	go func() { b.ended <- b.Run(ctx, b.at) }()
	t.Cleanup(func() {
		stop()
		if err := <-b.ended; err != nil || !b.left {
			t.Errorf("it ends with %v, and gives the terminal back: %v", err, b.left)
		}
	})
}

// test waits for what it shall find, or for its end.
func (b *bench) test(ctx context.Context, _ string, _ []string, _ ...string) (*steptest.Outcome, error) {
	found := make(chan *steptest.Outcome)
	select {
	case b.checks <- found:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case o := <-found:
		if o == nil {
			return nil, errors.New("go.work is broken")
		}
		return o, nil
	case <-ctx.Done():
		b.stopped <- struct{}{}
		return nil, ctx.Err()
	}
}

func (b *bench) press(keys string) {
	for _, key := range keys {
		b.keys <- key
	}
}

// page waits until the page that is shown last has a text, and gives it.
func (b *bench) page(t *testing.T, text string) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		more := b.More()
		all := b.String()
		page := all[strings.LastIndex(all, "\x1b[2J")+1:]
		if strings.Contains(page, text) {
			return page
		}
		select {
		case <-more:
		case <-time.After(time.Until(deadline)):
			t.Fatalf("%q is not on the page:\n%s", text, page)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestVerdictOnEachSave(t *testing.T) {
	b := onTerminal(t, 24, nil)
	<-b.checks <- failing()
	page := b.page(t, "save, and it is checked again")
	workshoptest.Contains(t, page, "→ step01-one", "There is no span.", "Next\r\n  Read  step01-one/README.md:3", "  Edit  step01-one/a.go:3", "✗ step01-one · ", "q quit")
	workshoptest.Lacks(t, page, "Run ", "after the save", "n next", "v view", "p page")
	b.saved <- time.Now()
	b.page(t, "checking …")
	<-b.checks <- passing()
	page = b.page(t, "after the save")
	workshoptest.Contains(t, page, "✓ step01-one", "1 of 1 checks", "Next\r\n  Read  step02-two/README.md", "  Type  n", "✓ step01-one is solved", "n next")
}

// TestOvertaken has a save while a check is at work, and one more.
func TestOvertaken(t *testing.T) {
	b := onTerminal(t, 24, nil)
	for range 3 {
		<-b.checks
		b.saved <- time.Now()
		<-b.stopped
	}
	<-b.checks <- passing()
	workshoptest.Lacks(t, b.page(t, "is solved"), "cannot be checked")
}

func TestEndStopsTheCheck(t *testing.T) {
	for name, end := range map[string]string{"q": "q", "Ctrl-C": "\x03", "Ctrl-D": "\x04"} {
		t.Run(name, func(t *testing.T) {
			b := onTerminal(t, 24, nil)
			<-b.checks
			b.press(end)
			<-b.stopped
		})
	}
	t.Run("the terminal is gone", func(t *testing.T) {
		b := onTerminal(t, 24, nil)
		<-b.checks
		close(b.keys)
		<-b.stopped
	})
}

func TestKeyHint(t *testing.T) {
	b := onTerminal(t, 24, nil)
	<-b.checks <- failing()
	b.page(t, "✗ step01-one · ")
	b.press("h")
	workshoptest.Contains(t, b.page(t, "Hint 1 of 3"), "First things", "Read  step01-one/README.md:3", "Press h again")
	b.press("h")
	workshoptest.Contains(t, b.page(t, "Hint 2 of 3"), "Write with `Tracer`:")
	b.press("h")
	workshoptest.Contains(t, b.page(t, "Hint 3 of 3"), "One way to write it", "-func a() {} // TODO(1)", "+func a() { Tracer() }")
	b.press("h")
	b.page(t, "Hint 1 of 3")
	b.press("\r")
	b.page(t, "There is no span.")
}

// TestHintStays is read while a check is at work, and the verdict waits.
func TestHintStays(t *testing.T) {
	b := onTerminal(t, 24, nil)
	<-b.checks <- failing()
	b.page(t, "✗ step01-one · ")
	b.saved <- time.Now()
	found := <-b.checks
	b.press("h")
	b.page(t, "Hint 1 of 3")
	found <- passing()
	workshoptest.Contains(t, b.page(t, "is solved"), "Hint 1 of 3", "Enter verdict")
	b.press("\x1b")
	b.page(t, "1 of 1 checks")
}

func TestKeyList(t *testing.T) {
	b := onTerminal(t, 24, nil)
	<-b.checks <- failing()
	b.page(t, "✗ step01-one · ")
	b.press("l")
	workshoptest.Contains(t, b.page(t, "step02-two"), "→ step01-one  0 of 1 checks: ✗ plan", "  step02-two")
}

func TestKeyNext(t *testing.T) {
	b := onTerminal(t, 24, nil)
	<-b.checks <- failing()
	b.page(t, "✗ step01-one · ")
	b.press("nc") // the first does nothing
	<-b.checks <- passing()
	b.page(t, "n next")
	b.press("n")
	<-b.checks <- passing()
	page := b.page(t, "✓ step02-two is solved")
	workshoptest.Contains(t, page, "All steps are solved.")
	workshoptest.Lacks(t, page, "n next")
}

func TestKeyDiff(t *testing.T) {
	b := onTerminal(t, 24, nil)
	<-b.checks <- failing()
	b.page(t, "✗ step01-one · ")
	b.press("d")
	workshoptest.Lacks(t, b.page(t, "step01-one is not solved yet. Show a solution all the same? y/n"), "Tracer()")
	b.press("n")
	b.page(t, "There is no span.")
	b.press("dy")
	workshoptest.Contains(t, b.page(t, "+func a() { Tracer() }"), "-// edited")
	b.press("c")
	<-b.checks <- passing()
	b.page(t, "is solved")
	b.press("d")
	b.page(t, "+func a() { Tracer() }")
}

// TestResized makes the terminal smaller and larger again.
func TestResized(t *testing.T) {
	var rows atomic.Int32
	rows.Store(24)
	resized := make(chan os.Signal)
	b := onTerminal(t, 24, func(b *bench) {
		b.resized = resized
		b.screen.Size = func() (int, int) { return 80, int(rows.Load()) }
	})
	<-b.checks <- failing()
	b.page(t, "✗ step01-one · ")
	rows.Store(8)
	resized <- os.Interrupt
	b.page(t, "left out: v shows all")
	rows.Store(24)
	resized <- os.Interrupt
	workshoptest.Lacks(t, b.page(t, "There is no span."), "left out")
}

func TestKeyReset(t *testing.T) {
	t.Setenv(progress.Folder, t.TempDir())
	b := onTerminal(t, 24, nil)
	<-b.checks <- failing()
	b.page(t, "✗ step01-one · ")
	b.press("r")
	b.page(t, "Which one shall come back?")
	b.press("x")
	b.page(t, "There is no span.")
	b.press("r1")
	page := b.page(t, "is as it was shipped")
	workshoptest.Contains(t, page, "Yours is kept.", "There is no span.")
	kept, _ := filepath.Glob(filepath.Join(os.Getenv(progress.Folder), "kept", "step01-one-*", "a.go"))
	if len(kept) != 1 {
		t.Fatalf("kept are %q", kept)
	}
	if text, _ := os.ReadFile(kept[0]); !strings.Contains(string(text), "// edited") {
		t.Errorf("kept is %q", text)
	}
	b.saved <- time.Now() // as the file that came back is
	<-b.checks <- failing()
	workshoptest.Contains(t, b.page(t, "after the save"), "Yours is kept.")
	b.press("r")
	workshoptest.Lacks(t, b.page(t, "there is nothing to bring back"), "Yours is kept.")
}

// TestResetCannotRead has a folder in the place of a file.
func TestResetCannotRead(t *testing.T) {
	b := onTerminal(t, 24, func(*bench) {
		if err := errors.Join(os.Remove("step01-one/a.go"), os.Mkdir("step01-one/a.go", 0o700)); err != nil {
			t.Fatal(err)
		}
	})
	<-b.checks <- failing()
	b.page(t, "✗ step01-one · ")
	b.press("r")
	b.page(t, "step01-one/a.go: is a directory")
}

func TestKeyPage(t *testing.T) {
	answers := []string{"http://127.0.0.1:1", ""}
	b := onTerminal(t, 24, func(b *bench) {
		b.Page = func(context.Context) (string, error) {
			address := answers[0]
			answers = answers[1:]
			if address == "" {
				return "", errors.New("no port is free")
			}
			return address, nil
		}
	})
	<-b.checks <- failing()
	b.page(t, "p page")
	b.press("p")
	b.page(t, "The page is at http://127.0.0.1:1")
	b.press("p")
	b.page(t, "no port is free")
}

// TestLongVerdict shows what to do on a terminal of 80x24, and all on a key.
func TestLongVerdict(t *testing.T) {
	b := onTerminal(t, 24, nil)
	long := failing()
	long.Verdict = strings.Repeat("a line of the trace\n", 40) + "the end\n"
	<-b.checks <- long
	page := b.page(t, "v view all")
	workshoptest.Contains(t, page, "→ step01-one", "a line of the trace", " lines left out: v shows all", "Next\r\n", "Read ", "Edit ", "✗ step01-one · ")
	page, _, _ = strings.Cut(page, "\x1b[1A") // the bar alone may be shown once more
	if rows := strings.Count(page, "\n") + 1; rows > 24 {
		t.Errorf("it takes %d rows:\n%s", rows, page)
	}
	b.press("v")
	workshoptest.Contains(t, b.page(t, "the end"), "Next")
}

// TestCannotBeChecked tells why, and goes on.
func TestCannotBeChecked(t *testing.T) {
	b := onTerminal(t, 24, nil)
	<-b.checks <- nil
	workshoptest.Contains(t, b.page(t, "step01-one cannot be checked"), "go.work is broken")
	b.press("h")
	b.page(t, "as soon as there is a verdict")
	b.saved <- time.Now()
	<-b.checks <- passing()
	b.page(t, "is solved")
}

func TestCompilerErrors(t *testing.T) {
	b := onTerminal(t, 24, nil)
	<-b.checks <- &steptest.Outcome{Output: "./a.go:4:2: undefined: strings\n"}
	workshoptest.Contains(t, b.page(t, "✗ step01-one · "), "cannot compile", "step01-one/a.go:4: undefined: strings", `Import it: "strings"`, "Edit  step01-one/a.go:4")
	b.press("h")
	b.page(t, "No section of the lesson is about this")
}

// TestPanicGivesTheTerminalBack has a check that panics.
func TestPanicGivesTheTerminalBack(t *testing.T) {
	b := newBench(t)
	b.Watcher.keys = b.keys
	b.Test = func(context.Context, string, []string, ...string) (*steptest.Outcome, error) { panic("a bug") }
	defer func() {
		if r := recover(); r != "a bug" || !b.left {
			t.Errorf("it panics with %v, and gives the terminal back: %v", r, b.left)
		}
	}()
	_ = b.Run(t.Context(), "step01-one")
}

// TestPlain gives one verdict after the other where there is no terminal.
func TestPlain(t *testing.T) {
	b := newBench(t)
	b.Notice = "Jaeger is being built.\n"
	b.start(t)
	<-b.checks <- failing()
	b.Await(t, "Edit  step01-one/a.go:3")
	b.saved <- time.Now()
	<-b.checks <- passing()
	b.Await(t, "after the save)\n")
	workshoptest.Contains(t, b.String(), "Watching step01-one: save a file of it", "Jaeger is being built.\n", "There is no span.", "1 of 1 checks", "step02-two/README.md")
	workshoptest.Lacks(t, b.String(), "\x1b", "\r", "quit", "Type  n")
}

func TestCannotWatch(t *testing.T) {
	b := newBench(t)
	b.watch = func(context.Context, string) (<-chan time.Time, error) {
		return nil, errors.New("too many files are watched")
	}
	err := b.Run(t.Context(), "step01-one")
	if err == nil || !strings.Contains(err.Error(), "too many files are watched") || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error is %v; want one line", err)
	}
}

// TestSection watches a section of a part: it has its own title, hint and
// solution, and n goes on to the next one.
func TestSection(t *testing.T) {
	b := onTerminal(t, 30, func(b *bench) {
		const part = "step01-one/production"
		for _, folder := range []string{part, "solutions/" + part} {
			if err := os.MkdirAll(folder, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		write(t, part+"/a.yaml", "a: 1 # TODO(1)\n")
		write(t, "solutions/"+part+"/a.yaml", "a: 2\n")
		write(t, part+"/README.md", "# Beyond\n\n## 1. First things\n\n```console\n$ go test ./x -run TestOne\n```\n\n**Write** the key `a: 2`:\n\n"+
			"<details>\n<summary>One way to write it</summary>\n\n```yaml a.yaml\na: 2\n```\n\n</details>\n\n## 2. Then\n\n```console\n$ go test ./x -run TestTwo\n```\n")
		b.Shipped = shipped.Parse([]byte("-- " + part + "/a.yaml --\na: 1 # TODO(1)\n"))
		sections, err := b.Sections(part)
		if err != nil || len(sections) != 2 {
			t.Fatalf("sections: %+v, %v", sections, err)
		}
		b.Only = &sections[0]
		b.at = part
	})
	(<-b.checks) <- failing()
	b.page(t, "✗ step01-one/production, section 1 ·")
	b.press("h")
	b.page(t, "Hint 1 of 3 · step01-one/production, section 1: First things")
	b.press("hh")
	b.page(t, "+a: 2")
	b.press("d")
	b.page(t, "step01-one/production, section 1 is not solved yet.")
	b.press("y")
	b.page(t, "step01-one/production/a.yaml")
	b.press("c")
	(<-b.checks) <- passing()
	b.page(t, "✓ step01-one/production, section 1 is solved")
	b.press("c")
	(<-b.checks) <- &steptest.Outcome{Passed: true, Skipped: "a_test.go:9: Kafka is not fetched yet"}
	b.page(t, "· step01-one/production, section 1 cannot be checked on this machine")
	b.press("n")
	found := <-b.checks
	b.page(t, "→ step01-one/production, section 2")
	found <- failing()
	b.page(t, "✗ step01-one/production, section 2 ·")
	b.press("d")
	b.page(t, "There is nothing to write in this section")
	b.press("h")
	b.page(t, "No section of the lesson is about this")
}
