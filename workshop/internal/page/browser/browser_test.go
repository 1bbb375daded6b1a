package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// chromium gives the path of a Chromium, and skips the test where there is none.
func chromium(t testing.TB) string {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium is on the PATH: install chromium or google-chrome, or set CHROMIUM to its path")
	return ""
}

var (
	browserOnce sync.Once
	browserCtx  context.Context
	browserEnd  = func() {}
)

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	browserEnd()
	os.Exit(code)
}

// tab is a page in the browser.
type tab struct {
	testing.TB
	ctx     context.Context
	address string

	mu         sync.Mutex
	complaints []string // errors on the console, exceptions, violations of the policy
}

// open opens a page of its own before the server at the address.
func open(t testing.TB, address string) *tab {
	t.Helper()
	path := chromium(t)
	browserOnce.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WindowSize(1280, 720))
		if os.Geteuid() == 0 { // which Chromium does not sandbox
			options = append(options, chromedp.NoSandbox)
		}
		allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, end := chromedp.NewContext(allocator)
		if err := chromedp.Do(ctx); err != nil {
			t.Fatalf("%s does not start: %v", path, err)
		}
		browserCtx, browserEnd = ctx, func() { end(); endAllocator() }
	})
	ctx, end := chromedp.NewContext(browserCtx, chromedp.WithNewBrowserContext())
	ctx, endTime := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(func() { endTime(); end() })
	p := &tab{TB: t, ctx: ctx, address: address}
	p.run()
	p.must(chromedp.Listen(ctx, p.listen))
	call(p, log.Enable, cdp.Empty{})
	call(p, runtime.Enable, cdp.Empty{})
	p.size(1280, 720)
	return p
}

func (p *tab) listen(event any) {
	complaint := ""
	switch event := event.(type) {
	case *runtime.EventExceptionThrown:
		complaint = event.ExceptionDetails.Text
		if thrown := event.ExceptionDetails.Exception; thrown != nil {
			complaint += " " + thrown.Description
		}
	case *runtime.EventConsoleAPICalled:
		if event.Type == runtime.ConsoleAPICalledTypeError {
			complaint = fmt.Sprint("console.error: ", event.Args[0].Description, string(event.Args[0].Value))
		}
	case *log.EventEntryAdded:
		// A request that fails is told to the reader by the page itself.
		if event.Entry.Level == log.EntryLevelError && event.Entry.Source != log.EntrySourceNetwork {
			complaint = event.Entry.Text
		}
	}
	if complaint != "" {
		p.mu.Lock()
		p.complaints = append(p.complaints, complaint)
		p.mu.Unlock()
	}
}

// clean fails the test if the browser has complained of something.
func (p *tab) clean() {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, complaint := range p.complaints {
		p.Errorf("the browser complains: %s", complaint)
	}
}

func (p *tab) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	p.must(chromedp.Do(p.ctx, actions...))
}

// call gives the browser a command of its protocol.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.Helper()
	result, err := chromedp.Call(p.ctx, command, params)
	p.must(err)
	return result
}

func (p *tab) size(width, height int64) {
	p.Helper()
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
}

func (p *tab) media(medium, theme string) {
	p.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: medium, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}},
	})
}

// visit loads the view from the beginning, and waits until the page shows the selector.
func (p *tab) visit(view, selector string) {
	p.Helper()
	p.run(chromedp.Navigate("about:blank"), chromedp.Navigate("http://"+p.address+"/#"+view))
	p.wait(selector)
}

// wait waits until the selector is there.
func (p *tab) wait(selector string) {
	p.Helper()
	p.until(fmt.Sprintf("document.querySelector(%q) !== null", selector))
}

// until waits until the expression is true.
func (p *tab) until(expression string) {
	p.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		if p.is(expression) {
			return
		}
		if time.Now().After(deadline) {
			p.clean()
			p.Fatalf("it did not come to be: %s\nthe page shows: %.1500s", expression, get[string](p, "document.body.innerText"))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (p *tab) is(expression string) bool {
	p.Helper()
	return get[bool](p, expression)
}

// get gives what an expression of JavaScript has for its value.
func get[T any](p *tab, expression string) T {
	p.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	p.must(err)
	return value
}

// check fails the test if the expression is false.
func (p *tab) check(says, expression string) {
	p.Helper()
	if !p.is(expression) {
		p.Errorf("%s: not so, by %s", says, expression)
	}
}

// press presses keys, one after the other.
func (p *tab) press(keys ...string) {
	p.Helper()
	for _, key := range keys {
		p.run(chromedp.KeyEvent(key))
	}
}

func pressShift(key string) chromedp.Action[chromedp.Void] {
	return chromedp.KeyEvent(key, chromedp.KeyModifiers(kb.ModifierShift))
}

// dragging moves the pointer along a line with its button down.
func dragging(from, to, y float64) chromedp.Action[chromedp.Void] {
	return chromedp.DragAndDropXY(from, y, to, y)
}

// views are all that the page can show, with what is there when it is.
var views = []struct{ name, view, shows string }{
	{"learn", "/learn/" + step, ".verdict .says"},
	{"live", "/live", ".traces li"},
	{"jaeger", "/jaeger?since=10m", ".traces li"},
	{"trace", "/trace/live/" + newSample(20).trace.ID + "?span=0000000000000001&critical=1", ".details"},
	{"ghost", "/trace/live/" + newSample(40).trace.ID, ".bar.ghost"},
	{"failed", "/trace/live/" + newSample(21).trace.ID, ".skew"},
	{"span", "/trace/jaeger/" + newSample(22).trace.ID + "?span=0000000000000001", ".details"},
	{"big", "/trace/live/" + newSample(60).trace.ID, ".row"},
	{"compare", "/compare/live/" + newSample(20).trace.ID + "/" + newSample(21).trace.ID, ".differs"},
	{"calls", "/calls/live", ".graph svg"},
	{"spans", "/spans/live?service=joke-service&errors=1", "table"},
}
