//go:build pictures

package browser

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/port"
	"example.com/tracing-workshop/workshop/internal/proc"
)

// TestPictures makes the pictures of the page in docs/images from real runs, light
// and dark: of the check of a program without a propagator, of a request to the
// services of step 4, and of the traffic of step 5 in a real Jaeger. It needs
// Chromium and a Jaeger:
//
//	go test -tags pictures ./workshop/internal/page/browser -run TestPictures
func TestPictures(t *testing.T) {
	root := rootOf(t)
	images := filepath.Join(root, "docs", "images", "page")
	if err := os.MkdirAll(images, 0o755); err != nil {
		t.Fatal(err)
	}
	copied := copyOf(t, root)
	solve(t, copied, "step03-autoinstrument", noPropagator)
	held := startJaeger(t, copied)
	address, spans := servePage(t, copied, "http://"+held.Endpoints.Query)

	p := open(t, address)
	p.size(1280, 1140)
	p.checkNow("step03-autoinstrument")
	takePictures(p, images, "learn", "/learn/step03-autoinstrument", ".bar.ghost")

	program := build(t, copied, "step04-manual-spans")
	user := startService(t, program, spans, "user-service")
	ask(t, user+"/compute?n=2000000&workers=6")
	p.size(1280, 720)
	p.visit("/live?service=user-service&operation=GET+%2Fcompute", ".traces li")
	newest := get[string](p, `fetch("/api/live/traces?service=user-service&operation=GET%20/compute").then(r => r.json()).then(l => l.traces[0].id)`)
	takePictures(p, images, "trace", "/trace/live/"+newest, ".row")
	span := get[string](p, `fetch("/api/live/traces/`+newest+`").then(r => r.json()).then(t => t.rows.find(r => r.name === "heavy-computation").id)`)
	takePictures(p, images, "details", "/trace/live/"+newest+"?span="+span+"&critical=1", ".details")

	traffic := exec.Command(build(t, copied, "step05-jaeger"), "traffic", "-seed", "11")
	traffic.Env = append(os.Environ(), "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+held.Endpoints.OTLPGRPC)
	if out, err := traffic.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p.size(1280, 900)
	takePictures(p, images, "search", "/jaeger?service=zurich&since=1h&limit=100", ".traces li")
	takePictures(p, images, "calls", "/calls/jaeger?since=1h", ".graph svg")
	p.clean()
}

// takePictures takes a picture of a view, light and dark.
func takePictures(p *tab, folder, name, view, shows string) {
	p.Helper()
	for _, theme := range []string{"light", "dark"} {
		p.media("", theme)
		p.visit(view, shows)
		time.Sleep(500 * time.Millisecond) // what moves comes to rest
		picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		p.must(err)
		p.must(os.WriteFile(filepath.Join(folder, name+"-"+theme+".png"), picture, 0o644))
	}
}

func startJaeger(t *testing.T, root string) *jaeger.Process {
	t.Helper()
	module, err := jaeger.FindModule(root)
	if err != nil {
		t.Fatal(err)
	}
	binary, err := jaeger.Find(module)
	if err != nil {
		t.Fatal(err)
	}
	p, err := jaeger.Start(t.Context(), binary, jaeger.Options{
		Config: filepath.Join(root, "solutions", "step05-jaeger", "jaeger.yaml"), OverlayDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop() })
	return p
}

func build(t *testing.T, root, step string) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), step)
	cmd := exec.Command("go", "build", "-o", program, "./solutions/"+step)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// startService starts a service that sends its spans to an endpoint, and gives
// its address.
func startService(t *testing.T, program, endpoint, name string) string {
	t.Helper()
	at, err := port.Reserve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(at.Release)
	cmd := proc.Command(t.Context(), program, name, "-addr", at.Address)
	cmd.Env = append(os.Environ(), "OTEL_EXPORTER_OTLP_ENDPOINT="+endpoint, "OTEL_BSP_SCHEDULE_DELAY=100")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return "http://" + at.Address
}

// ask asks until a service that has just been started answers.
func ask(t *testing.T, address string) {
	t.Helper()
	for late := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		response, err := http.Get(address)
		if err == nil {
			response.Body.Close()
			return
		}
		if time.Now().After(late) {
			t.Fatal(err)
		}
	}
}
