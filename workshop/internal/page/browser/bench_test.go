package browser

import (
	"context"
	"testing"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/trace"
)

// watch counts the tasks that keep the page from answering, for 50 ms and more.
const watch = `(window.long = [], new PerformanceObserver(list => window.long.push(...list.getEntries().map(e => e.duration))).observe({ type: 'longtask' }), true)`

// BenchmarkOpen opens a trace of ten thousand spans: from the click to the frame that shows its rows.
func BenchmarkOpen(b *testing.B) {
	address, end := newFake().listen(b, "127.0.0.1:0")
	defer end()
	p := open(b, address)
	total := 0.0
	for range b.N {
		p.visit("/live", ".traces li")
		total += get[float64](p, `(async () => {
			const frame = () => new Promise(done => requestAnimationFrame(done));
			const begin = performance.now();
			location.hash = '#/trace/live/`+newSample(60).trace.ID+`';
			while (!document.querySelector('.row')) await frame();
			await frame();
			return performance.now() - begin;
		})()`)
		p.check("it has all spans", `document.querySelector('.sheet').getAttribute('aria-rowcount') === '10001'`)
	}
	b.ReportMetric(total/float64(b.N), "ms/open")
}

// BenchmarkScroll scrolls through it, as far in a frame as a fast hand does.
func BenchmarkScroll(b *testing.B) {
	address, end := newFake().listen(b, "127.0.0.1:0")
	defer end()
	p := open(b, address)
	p.visit("/trace/live/"+newSample(60).trace.ID, ".row")
	worst, mean := 0.0, 0.0
	for range b.N {
		frames := get[[]float64](p, `(async () => {
			const sheet = document.querySelector('.sheet'), times = [];
			sheet.scrollTop = 0;
			let last = await new Promise(requestAnimationFrame);
			for (let i = 0; i < 200; i++) {
				sheet.scrollTop += 300;
				const now = await new Promise(requestAnimationFrame);
				times.push(now - last);
				last = now;
			}
			return [Math.max(...times), times.reduce((a, b) => a + b) / times.length];
		})()`)
		worst, mean = max(worst, frames[0]), mean+frames[1]/float64(b.N)
	}
	b.ReportMetric(mean, "ms/frame")
	b.ReportMetric(worst, "ms/worst-frame")
}

// BenchmarkStream looks at the list of the real server for a minute, in which 2,000
// spans arrive every second.
func BenchmarkStream(b *testing.B) {
	const spansOfTrace, perSecond, tellings = 8, 2000, 10 // tellings are in a second
	address, endpoint := servePage(b, copyOf(b, rootOf(b)), "http://127.0.0.1:1")
	exporter, err := otlptracegrpc.New(b.Context(), otlptracegrpc.WithEndpointURL(endpoint))
	if err != nil {
		b.Fatal(err)
	}
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter, trace.WithMaxQueueSize(4*perSecond)))
	defer func() { _ = provider.Shutdown(context.Background()) }()
	tracer := provider.Tracer("bench")
	p := open(b, address)
	p.visit("/live", "h1")
	get[bool](p, watch)
	for range b.N {
		tick := time.NewTicker(time.Second / tellings)
		for range 60 * tellings {
			<-tick.C
			for range perSecond / spansOfTrace / tellings {
				ctx, root := tracer.Start(b.Context(), "GET /compute")
				for range spansOfTrace - 1 {
					_, child := tracer.Start(ctx, "compute-chunk")
					child.End()
				}
				root.End()
			}
		}
		tick.Stop()
	}
	b.ReportMetric(get[float64](p, `fetch("/api/state").then(r => r.json()).then(s => s.live.arrived)`)/float64(b.N), "spans/op")
	b.ReportMetric(get[float64](p, `window.long.length`), "long-tasks")
	b.ReportMetric(get[float64](p, `Math.max(0, ...window.long)`), "ms/longest-task")
	b.ReportMetric(get[float64](p, `document.querySelectorAll('body *').length`), "elements")
}
